"""What a court's file says of one hearing, and what a rule by which it closes makes of that."""

import json

from pydantic import ValidationError

from exchange.domain.decision import ScheduledHearing
from exchange.domain.faults import fault_at
from exchange.domain.hearings import HearingChange, MoveRule, moved_hearing
from exchange.domain.wire import UuidText
from exchange.errors import Fault, Invalid


class CourtLine(ScheduledHearing):
    """One hearing as the court's schedule has it before the move, and whose it is."""

    handoff: UuidText


def read_hearing(octets: bytes) -> CourtLine:
    """
    Return the hearing that a line says.

    Raises:
        Invalid: It does not fit; every fault is named.
    """
    try:
        return CourtLine.model_validate(json.loads(octets))
    except ValidationError as refused:
        faults = [fault_at(error["type"], error["loc"]) for error in refused.errors()]
        raise Invalid(tuple(dict.fromkeys(faults))) from None
    except ValueError:
        raise Invalid([Fault("", "not-json")]) from None


def moved_by(hearing: CourtLine, rule: MoveRule) -> HearingChange | None:
    """
    Return the hearing's next version at its new date; None where the rule leaves it.

    Raises:
        Invalid: A local time does not exist once on its new day: a person must choose another.
    """
    if not rule.applies_to(hearing.hearing_at):
        return None
    moved = moved_hearing(hearing.hearing_at, hearing.present_at, rule)
    return HearingChange(
        status="scheduled",
        hearing=hearing.hearing,
        version=hearing.version + 1,
        hearing_at=moved.hearing_at,
        present_at=moved.present_at,
        presentation_port=hearing.presentation_port,
        source_as_of=hearing.source_as_of,
    )
