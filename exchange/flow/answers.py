"""
(8, 9) What a Mexican official decides becomes an acknowledgment, a reception, a visa issuance.

What was seen at the line can be recorded in any stage: facts are not refused for being
inconvenient. ``answering`` does what is the same for every message of an official.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import cast

from pydantic import ValidationError

from exchange.domain.alarms import AlarmKind
from exchange.domain.facts import AcknowledgmentFact, VisaChangeFact, VisaFact
from exchange.domain.faults import fault_at
from exchange.domain.handoff import Stage
from exchange.domain.messages.acknowledgment import Acknowledgment
from exchange.domain.messages.body import Body
from exchange.domain.messages.catalogue import (
    ACKNOWLEDGMENT,
    RECEPTION,
    VISA_CHANGE,
    VISA_ISSUANCE,
)
from exchange.domain.messages.visa_issuance import VisaIssuance
from exchange.domain.outages import Manifest
from exchange.domain.wire import utc_text
from exchange.errors import AlreadyAnswered, Invalid
from exchange.flow.acts import Keep, Seen
from exchange.flow.answering import Answered, Answering, Speech
from exchange.flow.taking_back import stage_ahead


class Answers(Answering):
    """Takes what the officials of the Mexican side decide and record."""

    async def acknowledge(
        self,
        handoff: str,
        document: object,
        *,
        actor: str,
        places: frozenset[str] | None = None,
        keep: Keep[Answered] | None = None,
    ) -> Answered:
        """
        Answer the current revision of a notice: *answer*, *officer*, *code* or *window*.

        A deferral may be followed by one that proposes another window; the same window again
        is a repeat.

        Raises:
            Invalid, NotFound, AlreadyAnswered, NotPossible: As `Answering` says.
        """
        speech = Speech(
            ACKNOWLEDGMENT,
            document,
            nullable=("code", "window"),
            complete=_to_the_notice,
            check=self._require_another_window,
        )
        return await self._say(handoff, speech, actor=actor, places=places, keep=keep)

    async def record_reception(
        self,
        handoff: str,
        document: object,
        *,
        actor: str,
        places: frozenset[str] | None = None,
        keep: Keep[Answered] | None = None,
    ) -> Answered:
        """
        Record what was seen at the line: *outcome*, *at*, *receiving_point*, *code* or *identity*.

        A *manifest* is the line of the sheet on which it was written down in an outage: the
        message does not have it, our journal does, and an alarm asks a person to compare them.

        Raises:
            Invalid, NotFound, AlreadyAnswered: As `Answering` says. It is Invalid too where the
                sheet is no evidence.
        """
        given, manifest = _off_paper(document)
        speech = Speech(
            RECEPTION,
            given,
            nullable=("code", "identity"),
            alarm=AlarmKind.OUTAGE_OVERRIDE if manifest else None,
            manifest=manifest,
        )
        return await self._say(handoff, speech, actor=actor, places=places, keep=keep)

    async def record_visa(
        self,
        handoff: str,
        document: object,
        *,
        actor: str,
        places: frozenset[str] | None = None,
        keep: Keep[Answered] | None = None,
    ) -> Answered:
        """
        Record the temporary document that the person was given, as it is printed.

        One document follows another only where the first was recorded as replaced.

        Raises:
            Invalid, NotFound, AlreadyAnswered, NotPossible: As `Answering` says.
        """
        speech = Speech(VISA_ISSUANCE, document, again=self._is_successor)
        return await self._say(handoff, speech, actor=actor, places=places, keep=keep)

    async def _is_successor(self, seen: Seen, body: Body) -> bool:
        """Say whether the document that was given is replaced, and this one has another number."""
        if seen.shared is None or stage_ahead(seen.row) is not Stage.DOCUMENTED:
            return False
        visa = await self._standing(seen, VISA_ISSUANCE, seen.shared.visa)
        change = await self._standing(seen, VISA_CHANGE, seen.shared.visa_change)
        if not isinstance(visa, VisaFact) or not isinstance(change, VisaChangeFact):
            return False
        is_replaced = (change.number, change.status) == (visa.number, "replaced")
        return is_replaced and cast("VisaIssuance", body).number != visa.number

    async def _require_another_window(self, seen: Seen, body: Body) -> None:
        """
        Return where *body* is no deferral, or proposes something else than the one that stands.

        Raises:
            AlreadyAnswered: This window was proposed for this revision before.
        """
        if not isinstance(body, Acknowledgment) or body.window is None:
            return
        said = seen.shared.answer if seen.shared else None
        stands = await self._standing(seen, ACKNOWLEDGMENT, said)
        proposed = (body.revision, body.window.from_, body.window.to)
        if isinstance(stands, AcknowledgmentFact) and proposed == (
            stands.revision,
            stands.window_from,
            stands.window_to,
        ):
            raise AlreadyAnswered(Stage.DEFERRED)


def _off_paper(document: object) -> tuple[object, Manifest | None]:
    """
    Return what is said, and the line of the sheet from which it is entered, if one is.

    Raises:
        Invalid: That is no line of a sheet; every fault is named.
    """
    if not isinstance(document, dict):
        return document, None
    given = {name: value for name, value in document.items() if name != "manifest"}
    if document.get("manifest") is None:
        return given, None
    try:
        return given, Manifest.model_validate(document["manifest"])
    except ValidationError as refused:
        faults = [fault_at(one["type"], ("manifest", *one["loc"])) for one in refused.errors()]
        raise Invalid(tuple(dict.fromkeys(faults))) from None


def _to_the_notice(seen: Seen, now: datetime) -> Mapping[str, object]:
    return {"revision": seen.revision or 1, "answered_at": utc_text(now)}
