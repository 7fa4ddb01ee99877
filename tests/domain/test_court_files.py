"""What a court's file says of each hearing, and what becomes of it."""

from typing import Any

import orjson
import pytest

from exchange.domain.court_files import moved_by, read_hearing
from exchange.domain.hearings import MoveRule
from exchange.errors import Invalid
from tests.builders import HANDOFF, a_decision_document

RULE = MoveRule.model_validate(
    {
        "name": "one-month-2031",
        "en": "Hearings of May move by a month.",
        "es": "Las audiencias de mayo se recorren un mes.",
        "hearings_from": "2031-05-01",
        "hearings_before": "2031-06-01",
        "months": 1,
        "days": 0,
        "weekend": "next-monday",
    }
)


def a_line(**changes: Any) -> bytes:
    """Return the default hearing as a court's file has it."""
    hearing: dict[str, Any] = a_decision_document()["hearing"]
    return orjson.dumps({"handoff": HANDOFF, **hearing, **changes})


def test_a_hearing_moves_to_its_next_version() -> None:
    """The same hearing at the same hour a month later, and the presentation with it."""
    hearing = read_hearing(a_line())
    change = moved_by(hearing, RULE)
    assert change is not None
    assert (change.hearing, change.version) == (hearing.hearing, hearing.version + 1)
    assert change.hearing_at is not None
    assert change.present_at is not None
    assert (change.hearing_at.local, change.present_at.local) == (
        "2031-06-06T08:00",
        "2031-06-06T04:00",
    )
    assert change.source_as_of == hearing.source_as_of


def test_what_the_rule_leaves_stays() -> None:
    """A hearing of another month has no next version."""
    june = {"local": "2031-06-01T08:00", "zone": "America/Los_Angeles"}
    assert moved_by(read_hearing(a_line(hearing_at=june)), RULE) is None


@pytest.mark.parametrize(
    ("octets", "fault"),
    [
        (b"{", ("", "not-json")),
        (a_line(version=0), ("/version", "out-of-range")),
        (a_line(judge="x"), ("", "unknown-member")),
    ],
)
def test_a_line_that_does_not_fit_says_where(octets: bytes, fault: tuple[str, str]) -> None:
    """Every fault is named, by its pointer."""
    with pytest.raises(Invalid) as caught:
        read_hearing(octets)
    assert [(one.pointer, one.code) for one in caught.value.faults] == [fault]
