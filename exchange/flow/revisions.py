"""
A port says anew what it announced: where and when, how the person is named, which hearing.

The whole decision is entered again, by two people, and screened again: the rules of another port
or day may withhold whom those of the first let pass. While the notice is unsealed it is replaced;
after that the next revision waits to be said, and Mexico is asked anew. Nobody who is withheld
now stays announced: unless it is the port alone that is not open, the handoff is taken back.

A family moves together: a revision that moves one of it moves all, in one transaction, or none.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import NamedTuple

from exchange.domain.decision import ReturnDecision, decided_on, read_decision
from exchange.domain.handoff import Act, HandoffId, Stage, is_in_place
from exchange.domain.hearings import HearingChange, faults_of_change
from exchange.domain.messages.catalogue import RETURN_NOTICE
from exchange.domain.messages.return_notice import ReturnNotice, draft_notice
from exchange.domain.parties import CaseId
from exchange.domain.revisions import changed, faults_of_moving, faults_of_revision, with_return
from exchange.domain.screening import NOT_IN_FORCE, PORT_NOT_OPEN, Cleared, Withheld, screen
from exchange.errors import Fault, Forbidden, Held, Invalid, NotPossible
from exchange.flow.acts import Decided, Effect, Keep, Message, Seen
from exchange.flow.ahead import Ahead, LookingAhead
from exchange.flow.answering import Answered
from exchange.flow.clock import fresh_salt
from exchange.flow.families import Kin, crossing_by, faults_of_joining, has_crossed, see_kin
from exchange.flow.holds import is_held
from exchange.flow.intake import faults_of_time
from exchange.flow.rooms import Asked, asked_anew, asked_by, has_room
from exchange.flow.taking_back import can_be_taken_back, is_drafted
from exchange.flow.versions import version_of
from exchange.store.engine import Connection
from exchange.store.handoffs import Handoff

_OF_THE_PLACE = frozenset({NOT_IN_FORCE, PORT_NOT_OPEN})


class Companion(NamedTuple):
    """One of the family who is announced with the person, as they will have been announced."""

    seen: Seen
    ahead: Ahead

    @property
    def notice(self) -> ReturnNotice:
        """The newest notice."""
        return announced(self.seen, self.ahead)


class Revising(LookingAhead):
    """Acts by which a notice may be said anew."""

    def _revised(
        self,
        seen: Seen,
        notice: ReturnNotice,
        now: datetime,
        *,
        data: Mapping[str, object],
        event: str = "notice.revised",
    ) -> Effect:
        """
        Return a handoff whose *notice* replaces the draft, or waits to be the next revision.

        Raises:
            SchemaNotTaken: The partner takes no version of the notice.
        """
        kind = version_of(RETURN_NOTICE, self._partner)
        drafted, after = is_drafted(seen.row), placed(seen.row, notice)
        if not drafted:
            after = replace(after, intent=Stage.NOTICED)
        return Effect(
            seen=seen,
            row=after,
            event=event,
            data=data,
            message=Message(kind=kind, body=notice, due_at=now),
            retracts=drafted,
        )


class Revisions(Revising):
    """Revises notices, for the ports."""

    async def revise(
        self,
        handoff: str,
        document: object,
        *,
        actor: str,
        ports: frozenset[str] | None = None,
        keep: Keep[Answered | Withheld] | None = None,
    ) -> Answered | Withheld:
        """
        Announce what the decision now says; only what a revision may change differs in it.

        Raises:
            Invalid: The document does not fit, or changes nothing, or what no revision may.
            Forbidden: It moves the return to a port that is not the caller's.
            NotFound: We know no such handoff, or it is not of the caller's ports.
            Held: A hold stands: it is lifted first.
            WindowFull: It moves the return to a window for which Mexico has no room.
            NotPossible: The person is at the line, or was never to cross.
            SchemaNotTaken: The partner takes no version of the notice.
        """
        decision = read_decision(document, self._agreement.places)
        if ports is not None and decision.return_.port not in ports:
            raise Forbidden(decision.return_.port)
        decide = partial(self._revise, decision)
        return await self._do(handoff, decide, actor=actor, places=ports, keep=keep)

    async def _revise(
        self, decision: ReturnDecision, seen: Seen, now: datetime
    ) -> Decided[Answered | Withheld]:
        if is_held(seen.row):
            raise Held
        ahead = await self._look_ahead(seen, now)
        before = announced(seen, ahead)
        on = decided_on(decision, self._agreement.places)
        screened = screen(decision, self._agreement.rules, on=on)
        if isinstance(screened, Withheld):
            effect = self._withheld(seen, decision, screened, now)
            return Decided(result=screened, effects=[effect])
        after = draft_notice(
            screened,
            case=CaseId(before.case),
            cycle=before.cycle,
            salt=fresh_salt(self._keyring.entropy),
        )
        family = await self._store.read(partial(see_kin, _group(after)))
        kin = family.joined_by(seen)
        company = await self._company(seen, after, kin, now)
        faults = [
            *self._faults(screened, before, after, ahead, now),
            *_faults_of_family(seen, before, after, kin, company),
        ]
        if faults:
            raise Invalid(tuple(dict.fromkeys(faults)))
        data = {
            "decision": decision.decision_id,
            "rule_set": screened.rule_set,
            "changed": list(changed(before, after)),
        }
        along = [] if before.return_ == after.return_ else self._along(seen, after, company, now)
        asked = asked_by(after, self._agreement.places, self._agreement.limits, now)
        asked = replace(asked, people=1 + len(along))
        return Decided(
            result=Answered(HandoffId(seen.row.handoff), RETURN_NOTICE.name, Stage.NOTICED),
            effects=[self._revised(seen, after, now, data=data), *along],
            still=partial(is_still_so, kin, asked_anew(asked, before)),
        )

    async def _company(
        self, seen: Seen, after: ReturnNotice, kin: Kin, now: datetime
    ) -> Sequence[Companion]:
        """
        Return those who are announced with the person, each as they will have been announced.

        Raises:
            Held: One of them is held: nothing of the family is revised meanwhile.
        """
        company = kin.company(seen.row)
        if any(is_held(one.row) for one in company):
            raise Held
        known = [Companion(one, await self._look_ahead(one, now)) for one in company]
        return [one for one in known if one.notice.return_ != after.return_]

    def _along(
        self, seen: Seen, after: ReturnNotice, company: Sequence[Companion], now: datetime
    ) -> list[Effect]:
        """Return the effects on the rest of a family that moves to where *after* says."""
        effects = []
        for one in company:
            salt = fresh_salt(self._keyring.entropy)
            notice = with_return(one.notice, after.return_, salt=salt)
            data = {"with": seen.row.handoff, "changed": list(changed(one.notice, notice))}
            effects.append(self._revised(one.seen, notice, now, data=data))
        return effects

    def _faults(
        self,
        cleared: Cleared,
        before: ReturnNotice,
        after: ReturnNotice,
        ahead: Ahead,
        now: datetime,
    ) -> Iterator[Fault]:
        """Give why *after* may not follow *before*."""
        decision, places = cleared.decision, self._agreement.places
        yield from faults_of_time(decision, now)
        yield from faults_of_revision(before, after, now=now, limits=self._agreement.limits)
        if decision.case not in (None, before.case):
            yield Fault("/case", "not-revisable")
        change = HearingChange(status="scheduled", **dict(decision.hearing))
        for fault in faults_of_change(change, ahead.shared, places=places, now=now):
            yield Fault(f"/hearing{fault.pointer}", fault.code)

    def _withheld(
        self, seen: Seen, decision: ReturnDecision, withheld: Withheld, now: datetime
    ) -> Effect:
        """Return what a decision that is withheld now does to a handoff announced before."""
        data = {
            "decision": decision.decision_id,
            "rule_set": withheld.rule_set,
            "codes": list(withheld.reasons),
        }
        if not _OF_THE_PLACE.issuperset(withheld.reasons) and can_be_taken_back(seen.row):
            return self._taken_back(seen, now, event="revision.withheld", data=data)
        return Effect(seen=seen, row=seen.row, event="revision.withheld", data=data)


def _faults_of_family(
    seen: Seen, before: ReturnNotice, after: ReturnNotice, kin: Kin, company: Sequence[Companion]
) -> Iterator[Fault]:
    """Give why the person may not be announced so with the family that the notice now names."""
    if after.family is not None and before.family is None:
        rows = [one.row for one in kin.others(seen.row)]
        yield from faults_of_joining(after.family, crossing_by(after), rows)
    elif before.return_ != after.return_:
        if any(has_crossed(one.row) for one in kin.newest):
            yield Fault("/return/window", "family-crossed")
        yield from faults_of_moving(
            after, [(one.notice, one.ahead.shared.present_at) for one in company]
        )


def _group(notice: ReturnNotice) -> str | None:
    return notice.family.group if notice.family else None


def is_still_so(kin: Kin, asked: Asked | None, connection: Connection) -> bool:
    """
    Say whether the family is the one that was seen.

    Raises:
        WindowFull: There is no room where it moves to.
    """
    return kin.is_whole(connection) and has_room(asked, connection)


def announced(seen: Seen, ahead: Ahead) -> ReturnNotice:
    """
    Return the notice that stands or waits, where another may follow it.

    Raises:
        NotPossible: Nothing was to be announced, or the person is past that.
    """
    if ahead.notice is None:
        raise NotPossible(seen.row.local_stage or ahead.shared.stage)
    if not is_in_place(ahead.shared.stage, Act.NOTICE):
        raise NotPossible(ahead.shared.stage)
    return ahead.notice


def placed(row: Handoff, notice: ReturnNotice) -> Handoff:
    """Return the row of a handoff where, when and with whom its newest notice announces it."""
    return replace(
        row,
        port=notice.return_.port,
        receiving_point=notice.return_.receiving_point,
        window_from=notice.return_.window.from_at,
        window_to=notice.return_.window.to_at,
        family_group=notice.family.group if notice.family else None,
    )
