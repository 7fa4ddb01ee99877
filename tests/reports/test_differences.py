"""The open discrepancies of a report: counted by severity and age, listed, each with its story."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection

from exchange.domain.discrepancies import CAUSES, OUR_RULES, RULES
from exchange.domain.discrepancies.finding import Finding
from exchange.domain.discrepancies.scopes import Scope, Subject
from exchange.domain.discrepancies.standing import Changes, Discrepancy, Ending
from exchange.domain.limits import Limits
from exchange.domain.messages.catalogue import MESSAGE_TYPES
from exchange.domain.parties import HandoffId, Side
from exchange.domain.severity import Severity
from exchange.reports import differences
from exchange.reports.differences import Differences, read_differences
from exchange.reports.folding import Asked
from exchange.reports.selection import Selection
from exchange.reports.texts import LANGUAGES, Language, has_words
from exchange.store import Store
from exchange.store.discrepancies import record_changes
from exchange.store.handoffs import Handoff
from exchange.store.journal import Event, record_events
from tests.builders import NOW, places
from tests.reports.test_account import heard, noticed

HOUR = timedelta(hours=1)


def found(handoff: Handoff | None = None, **members: Any) -> Discrepancy:
    """Return a discrepancy that has stood for two hours, of a handoff or of the channel."""
    ids = () if handoff is None else (HandoffId(handoff.handoff),)
    subject = Subject(Scope.HANDOFF, ids[0]) if ids else Subject(Scope.CHANNEL, "us")
    given: dict[str, Any] = {
        "rule": "R06",
        "subject": subject,
        "severity": Severity.HIGH,
        "owner": Side.MX,
        "since": NOW - 2 * HOUR,
        "due_at": NOW + HOUR,
        "because": (),
        "handoffs": ids,
    }
    return Discrepancy(Finding(**{**given, **members}), NOW, NOW)


def opened(connection: Connection, *discrepancies: Discrepancy) -> None:
    """Store discrepancies as they stand."""
    record_changes(connection, Changes(discrepancies, (), ()))


async def read(store: Store, side: Side = Side.US, **asked: Any) -> Differences:
    """Return the discrepancies of a report on everything."""
    given = {"selection": Selection(), "now": NOW, **asked}
    wanted = Asked(side=side, places=places(), limits=Limits(), **given)
    return await store.read(partial(read_differences, asked=wanted))


async def test_without_a_discrepancy_the_report_says_so(store: Store) -> None:
    """There is a row of nothing for each severity, and neither list nor timeline."""
    (section,) = (await read(store)).sections()
    assert [row[0] for row in section.rows] == list(Severity)
    assert all(cell == 0 for row in section.rows for cell in row[1:])


async def test_they_are_counted_by_age_and_listed_gravest_first(store: Store) -> None:
    """Each is counted under how long it has stood; what is past due is counted beside."""

    def fill(connection: Connection) -> None:
        one, other = noticed(connection), noticed(connection)
        opened(
            connection,
            found(one),
            found(one, rule="R07", since=NOW - 9 * 24 * HOUR, due_at=NOW - HOUR, owner=None),
            found(other, rule="R18", severity=Severity.CRITICAL, because=("gap", "clock")),
        )

    await store.write(fill)
    made = await read(store)
    assert (made.count, made.has_critical()) == (3, True)
    by_age, each, timelines = made.sections()
    assert by_age.rows == (
        (Severity.CRITICAL, 0, 1, 0, 0, 0),
        (Severity.HIGH, 0, 1, 0, 1, 1),
        (Severity.NORMAL, 0, 0, 0, 0, 0),
    )
    assert each.cells("rule") == ("R18", "R07", "R06")
    assert each.cells("owner") == (Side.MX, "both", Side.MX)
    assert each.cells("because")[0] == "gap clock"
    assert each.cells("age")[2] == 2 * HOUR
    assert len(set(timelines.cells("handoff"))) == 2


async def test_what_has_ended_is_not_among_them(store: Store) -> None:
    """A report has those that stand."""

    def fill(connection: Connection) -> None:
        one = found(noticed(connection))
        opened(connection, one)
        record_changes(connection, Changes((), (), (one._replace(ending=Ending(NOW)),)))

    await store.write(fill)
    assert (await read(store)).count == 0


async def test_a_place_has_its_own(store: Store) -> None:
    """Of a port or a point: its handoffs and its days; the channel is for who has every place."""

    def fill(connection: Connection) -> None:
        one, other = noticed(connection, port="2504"), noticed(connection, port="2402")
        day = Subject(Scope.PORT_DAY, "2402 2031-03-17")
        opened(connection, found(one), found(other), found())
        opened(connection, found(rule="R30", subject=day))

    await store.write(fill)
    assert (await read(store)).count == 4
    for selection, count in (
        (Selection(only_at=frozenset({"2504"})), 1),
        (Selection(port="2402"), 2),
        (Selection(point="MX-CHAPARRAL"), 2),
        (Selection(port="2503"), 0),
    ):
        assert (await read(store, selection=selection)).count == count


async def test_a_port_day_is_of_the_points_that_receive_from_it(store: Store) -> None:
    """In Mexico the day of a port is of every point that takes people from there."""

    def fill(connection: Connection) -> None:
        heard(connection)
        opened(connection, found(rule="R30", subject=Subject(Scope.PORT_DAY, "2504 2031-03-17")))
        opened(connection, found(rule="R30", subject=Subject(Scope.PORT_DAY, "0000 2031-03-17")))

    await store.write(fill)
    for point, count in (("MX-CHAPARRAL", 1), ("MX-JUAREZ", 0)):
        selection = Selection(only_at=frozenset({point}))
        assert (await read(store, Side.MX, selection=selection)).count == count


async def test_a_reader_learns_of_no_hold(store: Store) -> None:
    """Whoever may not know of holds sees no rule of ours, and without the journal no event."""

    def fill(connection: Connection) -> None:
        one = noticed(connection)
        opened(connection, found(one), found(one, rule="L1", severity=Severity.CRITICAL))
        held = Event(at=NOW, kind="handoff.held", actor="maria", handoff=one.number)
        record_events(connection, [held])

    await store.write(fill)
    whole = await read(store)
    assert whole.count == 2
    assert "handoff.held" in [one.what for _, events in whole.timelines for one in events]
    liaison = await read(store, knows_holds=False, reads_journal=False)
    assert (liaison.count, liaison.has_critical()) == (1, False)
    assert [one.what for _, events in liaison.timelines for one in events] == ["return-notice"]


async def test_of_more_than_are_listed_the_rest_is_counted(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The gravest and oldest are listed, and how many are not is said."""
    monkeypatch.setattr(differences, "LISTED_MAX", 2)

    def fill(connection: Connection) -> None:
        for hours in (1, 3, 2):
            opened(connection, found(noticed(connection), since=NOW - hours * HOUR))

    await store.write(fill)
    made = await read(store)
    _, each, _ = made.sections()
    assert (each.cells("age"), each.left_out) == ((3 * HOUR, 2 * HOUR), 1)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_rule_cause_and_message_has_words(language: Language) -> None:
    """A report says no code of the rules or of the catalogue of messages without words."""
    keys = [
        *(f"discrepancy.{rule.id}" for rule in (*RULES, *OUR_RULES)),
        *(f"because.{cause}" for cause in CAUSES),
        *(f"severity.{severity}" for severity in Severity),
        *(f"message.{kind.name}" for kind in MESSAGE_TYPES),
        *(f"outcome.{code}" for code in ("accepted", "rejected", "no-receipt", "waits", "parked")),
        *(f"who.{who}" for who in ("sent", "received", "outbox")),
        "side.both",
    ]
    assert [key for key in keys if not has_words(key, language)] == []
