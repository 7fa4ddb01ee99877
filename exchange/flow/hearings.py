"""
The court moves a hearing, or takes it from its calendar: the date that stands is said, at once.

Of a person who has yet to cross the notice says it, in its next revision, so that Mexico accepts
the date with the person. Later, or where there is no time left for Mexico to answer anew, a
hearing notice says it. There is one hearing that stands for each cycle: its version is one more
each time, also where the one before waits unsealed.
"""

from datetime import datetime
from functools import partial

from pydantic import ValidationError

from exchange.domain.faults import fault_at
from exchange.domain.handoff import Act, HandoffId, SharedHandoff, Stage, is_in_place
from exchange.domain.hearings import HearingChange, as_hearing_notice, faults_of_change
from exchange.domain.messages.catalogue import HEARING_NOTICE, RETURN_NOTICE
from exchange.domain.messages.hearing_notice import HearingNotice
from exchange.domain.messages.return_notice import ReturnNotice
from exchange.domain.revisions import faults_of_lead, with_hearing
from exchange.errors import Fault, Invalid, NotPossible
from exchange.flow.acts import Decided, Effect, Keep, Message, Seen
from exchange.flow.ahead import Ahead
from exchange.flow.answering import Answered
from exchange.flow.clock import fresh_salt
from exchange.flow.closures import is_open, require_open
from exchange.flow.revisions import Revising
from exchange.flow.taking_back import is_drafted
from exchange.flow.versions import version_of

_ASKED_ANEW = frozenset({Stage.NOTICED, Stage.ACCEPTED, Stage.DEFERRED})
"""Where a notice with the new date may follow: a refusal is not reopened by the court."""


class Hearings(Revising):
    """Says what became of hearings, for the ports and whoever reads the court's schedule."""

    async def change(
        self,
        handoff: str,
        document: object,
        *,
        actor: str,
        places: frozenset[str] | None = None,
        keep: Keep[Answered] | None = None,
    ) -> Answered:
        """
        Say the hearing as the court's schedule now has it, or that it was read again unchanged.

        Raises:
            Invalid: The document does not fit, or does not follow from the hearing that stands.
            NotFound: We know no such handoff, or it is not of the caller's ports.
            CaseClosed: The case has ended: it has no hearing any more.
            NotPossible: The handoff was taken back.
            SchemaNotTaken: The partner takes no version of the message.
        """
        decide = partial(self._change, read_change(document))
        return await self._do(handoff, decide, actor=actor, places=places, keep=keep)

    async def _change(self, change: HearingChange, seen: Seen, now: datetime) -> Decided[Answered]:
        cases = [case for case in (seen.row.case_id,) if case is not None]
        await self._store.read(partial(require_open, cases=cases))
        ahead = await self._look_ahead(seen, now)
        shared = ahead.shared
        if shared.notice is None or not is_in_place(shared.stage, Act.HEARING):
            raise NotPossible(seen.row.local_stage or shared.stage)
        faults = faults_of_change(change, shared, places=self._agreement.places, now=now)
        if faults:
            raise Invalid(faults)
        said = as_hearing_notice(change, salt=fresh_salt(self._keyring.entropy))
        data = {"hearing_version": change.version, "status": change.status}
        notice = self._next_notice(said, seen, ahead, now)
        if notice is None:
            kind = version_of(HEARING_NOTICE, self._partner)
            effect = Effect(
                seen=seen,
                row=seen.row,
                event="hearing.changed",
                data=data,
                message=Message(kind=kind, body=said, due_at=now),
            )
            result = _answered(seen, kind.name, shared.stage)
            return Decided(result=result, effects=[effect], still=partial(is_open, cases))
        effect = self._revised(seen, notice, now, data=data)
        result = _answered(seen, RETURN_NOTICE.name, Stage.NOTICED)
        return Decided(result=result, effects=[effect], still=partial(is_open, cases))

    def _next_notice(
        self, said: HearingNotice, seen: Seen, ahead: Ahead, now: datetime
    ) -> ReturnNotice | None:
        """
        Return the notice with the new date; None where a hearing notice says it.

        Raises:
            Invalid: The person would be returned after presenting, or for no hearing at all.
        """
        before, drafted = ahead.notice, is_drafted(seen.row)
        if before is None or not (drafted or self._is_asked_anew(said, ahead.shared, now)):
            return None
        if said.present_at is None:
            raise Invalid([Fault("/status", "none-scheduled")])
        if before.return_.window.to_at > said.present_at.at:
            raise Invalid([Fault("/present_at/local", "out-of-order")])
        return with_hearing(before, said)

    def _is_asked_anew(self, said: HearingNotice, shared: SharedHandoff, now: datetime) -> bool:
        """Say whether Mexico is asked to accept the person for the new date."""
        stands, opens = shared.current_hearing, shared.window_from
        if stands is None or opens is None or said.status != "scheduled":
            return False
        late = {
            fault.code for fault in faults_of_lead(opens, now=now, limits=self._agreement.limits)
        }
        return (
            shared.stage in _ASKED_ANEW
            and said.version != stands.version
            and "too-soon" not in late
        )


def read_change(document: object) -> HearingChange:
    """
    Return the change that an already parsed JSON document says.

    Raises:
        Invalid: It does not fit; every fault is named.
    """
    try:
        return HearingChange.model_validate(document)
    except ValidationError as refused:
        faults = [fault_at(error["type"], error["loc"]) for error in refused.errors()]
        raise Invalid(tuple(dict.fromkeys(faults))) from None


def _answered(seen: Seen, message: str, stage: Stage) -> Answered:
    return Answered(HandoffId(seen.row.handoff), message, stage)
