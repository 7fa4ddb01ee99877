"""The notice that announces a handoff to Mexico; a later revision replaces it (3)."""

from typing import Annotated

from pydantic import Field, field_validator

from exchange.domain.messages.body import Body
from exchange.domain.parties import CaseId
from exchange.domain.person import Family, Person, TravelDocument
from exchange.domain.places import Appointment, Return
from exchange.domain.screening import Cleared
from exchange.domain.wire import (
    Closed,
    HearingVersion,
    PortCode,
    Revision,
    RuleSetName,
    UtcText,
    UuidText,
)

Cycle = Annotated[
    int,
    Field(ge=1, le=9_999, description="One more than the receptions recorded for the case."),
]


class Hearing(Closed):
    """The hearing for which the person waits, and when and where to present themselves."""

    hearing: UuidText
    version: HearingVersion
    hearing_at: Appointment
    present_at: Appointment
    presentation_port: PortCode
    source_as_of: UtcText = Field(description="When the court's schedule was read.")


class ScreeningCompleted(Closed):
    """That the person was screened and under which rules; never what was found."""

    rule_set: RuleSetName
    completed: bool = Field(json_schema_extra={"const": True})

    @field_validator("completed")
    @classmethod
    def _is_completed(cls, completed: bool) -> bool:  # noqa: FBT001 - as pydantic calls it
        # Not Literal[True]: to Python the number 1 equals it.
        if not completed:
            message = "a notice follows a completed screening"
            raise ValueError(message)
        return completed


class ReturnNotice(Body):
    """One person is to be handed over: who, where, when, and for which hearing."""

    case: UuidText
    cycle: Cycle
    revision: Revision
    person: Person
    family: Family | None
    travel_document: TravelDocument | None
    return_: Return = Field(alias="return")
    hearing: Hearing
    screening: ScreeningCompleted


def draft_notice(cleared: Cleared, *, case: CaseId, cycle: int, salt: str) -> ReturnNotice:
    """
    Return the notice of a cleared decision: only what Mexico may see.

    The revision is the first; at sealing ``handoff.complete`` writes the one then due.
    """
    decision = cleared.decision
    hearing = decision.hearing
    return ReturnNotice.model_validate(
        {
            "salt": salt,
            "case": case,
            "cycle": cycle,
            "revision": 1,
            "person": decision.person,
            "family": decision.family,
            "travel_document": decision.travel_document,
            "return": decision.return_,
            "hearing": Hearing(
                hearing=hearing.hearing,
                version=hearing.version,
                hearing_at=Appointment.made_from(hearing.hearing_at),
                present_at=Appointment.made_from(hearing.present_at),
                presentation_port=hearing.presentation_port,
                source_as_of=hearing.source_as_of,
            ),
            "screening": ScreeningCompleted(rule_set=cleared.rule_set, completed=True),
        },
    )
