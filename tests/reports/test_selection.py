"""Which days and places a report is of, and what is wrong with asking for others."""

from datetime import UTC, date, datetime, timedelta

import pytest

from exchange.domain.parties import Side
from exchange.reports.selection import UNKNOWN_ZONE, Selection, faults_of, zone_at
from tests.builders import NOW, TODAY, places

TOMORROW = TODAY + timedelta(days=1)
CODES = tuple(port.code for port in places())


def codes(selection: Selection) -> list[tuple[str, str]]:
    """Return where something is wrong with what is asked for, and what."""
    found = faults_of(selection, Side.US, places(), now=NOW)
    return [(fault.pointer, fault.code) for fault in found]


def test_without_anything_asked_everything_is_meant() -> None:
    """All days and every place are the default, and nothing is wrong with that."""
    everything = Selection()
    assert (everything.days, everything.named, everything.around()) == (None, None, None)
    assert everything.is_of_every_place
    assert everything.has(Side.MX, port=None, point=None)
    assert everything.has_time(NOW, UNKNOWN_ZONE)
    assert codes(everything) == []


@pytest.mark.parametrize(
    ("selection", "wrong"),
    [
        (Selection(first=TODAY, last=TOMORROW), [("/to", "not-begun")]),
        (Selection(first=TOMORROW, last=TOMORROW), [("/day", "not-begun")]),
        (Selection(first=TODAY, last=TODAY - timedelta(days=1)), [("/to", "ends-first")]),
        (Selection(first=TODAY), [("/to", "day-or-days")]),
        (Selection(last=TODAY), [("/from", "day-or-days")]),
        (Selection(port="9999"), [("/port", "unknown-port")]),
        (Selection(point="MX-NOWHERE"), [("/point", "unknown-receiving-point")]),
        (Selection(port="2402", point="MX-CHAPARRAL"), [("/point", "not-a-pair")]),
        (
            Selection(port="9999", point="MX-CHAPARRAL", first=TOMORROW, last=TOMORROW),
            [("/day", "not-begun"), ("/port", "unknown-port")],
        ),
        (Selection(first=TODAY, last=TODAY, port="2504", point="MX-CHAPARRAL"), []),
    ],
)
def test_a_day_to_come_and_an_unknown_place_are_faults(
    selection: Selection, wrong: list[tuple[str, str]]
) -> None:
    """Each fault is named by what was asked for, all of them at once."""
    assert codes(selection) == wrong


def test_a_fault_says_what_is_known() -> None:
    """Of ports their codes, of points their ids, of a pair its points, of days today."""

    def known(selection: Selection) -> tuple[str, ...]:
        (fault,) = faults_of(selection, Side.US, places(), now=NOW)
        return fault.known

    assert known(Selection(port="9999")) == CODES
    assert "MX-CHAPARRAL" in known(Selection(point="MX-NOWHERE"))
    juarez = {point.id for point in places().find_port("2402").receiving_points}  # type: ignore[union-attr]  # it is shipped
    assert set(known(Selection(port="2402", point="MX-CHAPARRAL"))) == juarez
    assert known(Selection(first=TOMORROW, last=TOMORROW)) == (TODAY.isoformat(),)


def test_a_handoff_is_of_the_places_of_whoever_asks() -> None:
    """Ports on the US side, receiving points in Mexico; what is asked for narrows them."""
    ours = Selection(only_at=frozenset({"2504"}))
    assert ours.has(Side.US, port="2504", point="MX-CHAPARRAL")
    assert not ours.has(Side.US, port="2402", point="2504")
    theirs = Selection(only_at=frozenset({"MX-CHAPARRAL"}), port="2504")
    assert theirs.has(Side.MX, port="2504", point="MX-CHAPARRAL")
    assert not theirs.has(Side.MX, port="2503", point="MX-CHAPARRAL")
    assert not Selection(point="MX-CHAPARRAL").has(Side.US, port="2504", point=None)
    assert ours.named == frozenset({"2504"})
    assert theirs.named == frozenset({"2504"})


def test_a_day_is_that_of_the_place() -> None:
    """Nine in the evening in Tijuana is the day before it is in UTC."""
    evening = datetime(2031, 3, 18, 4, 0, tzinfo=UTC)
    selection = Selection(first=date(2031, 3, 17), last=date(2031, 3, 17))
    assert selection.has_time(evening, "America/Tijuana")
    assert not selection.has_time(evening, "Etc/UTC")
    around = selection.around()
    assert around is not None
    assert around[0] < evening < around[1]


def test_a_place_has_the_zone_of_its_side() -> None:
    """El Paso and Juárez may differ; a place that nobody knows has UTC."""
    us = zone_at(Side.US, places(), port="2402", point="MX-JUAREZ")
    mx = zone_at(Side.MX, places(), port="2402", point="MX-JUAREZ")
    assert us == places().find_port("2402").zone  # type: ignore[union-attr]  # it is shipped
    assert mx == places().find_receiving_point("MX-JUAREZ").zone  # type: ignore[union-attr]  # it is shipped
    assert zone_at(Side.MX, places(), port="2402", point=None) == UNKNOWN_ZONE
