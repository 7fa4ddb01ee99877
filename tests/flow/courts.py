"""What a court does to the hearing of somebody who waits."""

from typing import Any

from tests.builders import HEARING

RECEIVED = {
    "outcome": "received",
    "at": "2031-03-17T18:00:00Z",
    "receiving_point": "MX-CHAPARRAL",
    "identity": "match",
}


def moved(version: int = 2, day: str = "2031-06-10", **changes: Any) -> dict[str, Any]:
    """Return the hearing as the court now has it: moved to another day."""
    return {
        "status": "scheduled",
        "hearing": HEARING,
        "version": version,
        "hearing_at": {"local": f"{day}T08:00", "zone": "America/Los_Angeles"},
        "present_at": {"local": f"{day}T04:00", "zone": "America/Los_Angeles"},
        "presentation_port": "2504",
        "source_as_of": "2031-03-17T17:30:00Z",
    } | changes


def gone(version: int = 2) -> dict[str, Any]:
    """Return that the hearing is on no calendar any more."""
    nothing = dict.fromkeys(("hearing_at", "present_at", "presentation_port"))
    return moved(version, status="none-scheduled") | nothing
