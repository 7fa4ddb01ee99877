"""Every line of an account, on stores made by hand: what is counted, and what does not add up."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection, update

from exchange.domain.alarms import AlarmKind
from exchange.domain.deadlines import Limits
from exchange.domain.handoff import HandoffId, SharedHandoff
from exchange.domain.messages.body import Body
from exchange.domain.messages.catalogue import ACKNOWLEDGMENT, RETURN_NOTICE
from exchange.domain.parties import Side
from exchange.reports.account import Account, make_account
from exchange.reports.folding import Asked
from exchange.reports.selection import Selection
from exchange.reports.steps import STEPS
from exchange.store import Store
from exchange.store.alarms import close_alarms, raise_alarm
from exchange.store.columns import Status
from exchange.store.decisions import Decision, Outcome, record_decisions
from exchange.store.handoffs import Handoff
from exchange.store.heads import Head, get_log
from exchange.store.ledger import record_entries
from exchange.store.tables import handoffs
from exchange.store.verdicts import Verdict, record_verdicts
from tests.builders import (
    NOW,
    TODAY,
    a_cancellation,
    a_case_closure,
    a_departure,
    a_hearing_delivery,
    a_hearing_notice,
    a_notice,
    a_presentation,
    a_reception,
    a_shared,
    a_visa_issuance,
    an_acknowledgment,
    places,
)
from tests.store.rows import entry, receipt, sent, stored_draft, stored_handoff, uuid_text

SOON = NOW + timedelta(minutes=10)
LATER = NOW + timedelta(days=40)
"""After every deadline of the default notice."""


def decided(connection: Connection, handoff: Handoff | None = None, **members: Any) -> None:
    """Store a decision of today: cleared with its handoff, withheld without."""
    given: dict[str, Any] = {
        "decision_id": uuid_text(),
        "digest": bytes(32),
        "port": "2504",
        "decided_on": TODAY,
        "outcome": Outcome.CLEARED if handoff else Outcome.WITHHELD,
        "rule_set": "as-announced-2019",
        "recorded_at": NOW,
        "codes": () if handoff else ("minor",),
        "handoff": handoff.number if handoff else None,
    }
    record_decisions(connection, [Decision(**{**given, **members})])


def known(connection: Connection, *bodies: Body, **members: Any) -> Handoff:
    """Store a handoff that both sides know after *bodies*."""
    shared = a_shared(*bodies, handoff=HandoffId(uuid_text()))
    given: dict[str, Any] = {
        "handoff": shared.handoff,
        "stage": shared.stage,
        "local_stage": None,
        "shared": shared.model_dump_json(),
        "receiving_point": "MX-CHAPARRAL",
        "created_at": NOW,
    }
    return stored_handoff(connection, **{**given, **members})


def said(
    connection: Connection,
    handoff: Handoff,
    *,
    make: Callable[..., Any] = sent,
    schema: str = RETURN_NOTICE.schema,
    **verdict: Any,
) -> None:
    """Store a message about a handoff, and the receipt with what it says of it."""
    numbers = record_entries(connection, [make(handoff=handoff.number, schema=schema), receipt()])
    given: dict[str, Any] = {"status": Status.ACCEPTED, "attempts": 1, **verdict}
    record_verdicts(connection, [Verdict(message=numbers[0], receipt=numbers[1], **given)])


def noticed(connection: Connection, *bodies: Body, **members: Any) -> Handoff:
    """Store a handoff of the US side with its decision and the notice that was sent."""
    handoff = known(connection, *bodies, **members)
    decided(connection, handoff)
    said(connection, handoff)
    return handoff


def heard(connection: Connection, *bodies: Body, **members: Any) -> Handoff:
    """Store a handoff of the Mexican side with the notice that was received."""
    handoff = known(connection, *bodies, **members)
    said(connection, handoff, make=entry)
    return handoff


async def account(store: Store, side: Side = Side.US, **asked: Any) -> Account:
    """Return the account of everything there is, a moment after the last message."""
    now, knows_holds = asked.pop("now", SOON), asked.pop("knows_holds", True)
    day = asked.pop("day", None)
    selection = Selection(**{"first": day, "last": day, **asked})
    wanted = Asked(
        side=side,
        places=places(),
        limits=Limits(),
        selection=selection,
        now=now,
        knows_holds=knows_holds,
    )
    return await store.read(partial(make_account, asked=wanted))


async def test_an_empty_store_adds_up(store: Store) -> None:
    """Where nothing was decided nothing is missing."""
    made = await account(store)
    assert made.adds_up
    assert (made.places, made.total.terms["decided"], made.ledger.entries) == ((), 0, 0)


async def test_decided_is_withheld_withdrawn_waiting_and_noticed(store: Store) -> None:
    """Each decision is counted under what became of it, by port and in all."""

    def fill(connection: Connection) -> None:
        decided(connection)
        decided(connection, port="2402", codes=("fear", "health"))
        decided(connection, stored_handoff(connection, local_stage="withdrawn"))
        decided(connection, stored_handoff(connection, local_stage="drafted"))
        noticed(connection)
        noticed(connection, a_notice(), an_acknowledgment())

    await store.write(fill)
    made = await account(store)
    assert made.adds_up
    assert made.total.terms == {
        "decided": 6,
        "withheld": 2,
        "withdrawn": 1,
        "waiting": 1,
        "noticed": 2,
    }
    assert [line.place for line in made.places] == ["2402", "2504"]
    assert made.withheld_reasons == {"fear": 1, "health": 1, "minor": 1}
    assert (made.total.stages["noticed"], made.total.stages["accepted"]) == (1, 1)


async def test_heard_of_is_unannounced_and_noticed(store: Store) -> None:
    """The Mexican side counts whom it heard of, also where the notice has not come."""

    def fill(connection: Connection) -> None:
        heard(connection)
        early = known(connection, a_reception())
        said(connection, early, schema="urn:handoff:schema:reception:1")

    await store.write(fill)
    made = await account(store, Side.MX)
    assert made.adds_up
    assert made.total.terms == {"heard_of": 2, "unannounced": 1, "noticed": 1}
    assert made.found("without-notice") == 1


async def test_a_day_is_the_ports_own(store: Store) -> None:
    """The account of a day has what was decided on that day of the port's calendar."""

    def fill(connection: Connection) -> None:
        decided(connection)
        decided(connection, decided_on=TODAY - timedelta(days=1))

    await store.write(fill)
    assert (await account(store, day=TODAY)).total.terms["decided"] == 1
    assert (await account(store, day=TODAY + timedelta(days=1))).total.terms["decided"] == 0


async def test_a_day_is_the_receiving_points_own(store: Store) -> None:
    """Heard of at 02:00 UTC is the day before in Tijuana."""
    two_in_the_morning = NOW.replace(hour=2)
    await store.write(partial(heard, created_at=two_in_the_morning))
    yesterday: date = TODAY - timedelta(days=1)
    assert (await account(store, Side.MX, day=yesterday)).total.terms["heard_of"] == 1
    assert (await account(store, Side.MX, day=TODAY)).total.terms["heard_of"] == 0


async def test_an_account_for_some_places_has_no_others(store: Store) -> None:
    """What belongs to other places is not counted."""

    def fill(connection: Connection) -> None:
        decided(connection)
        heard(connection)

    await store.write(fill)
    elsewhere = frozenset({"2402", "MX-JUAREZ"})
    assert (await account(store, only_at=elsewhere)).total.terms["decided"] == 0
    mexico = await account(store, Side.MX, only_at=elsewhere)
    assert mexico.total.terms["heard_of"] == 0


JOURNEY = (a_notice(), an_acknowledgment(), a_departure(), a_reception(), a_visa_issuance())
MOVED = (a_hearing_notice(), a_hearing_delivery(version=2))


@pytest.mark.parametrize(
    ("bodies", "steps"),
    [
        ((a_notice(),), set()),
        ((a_notice(cycle=2),), {"returned-again"}),
        (JOURNEY, {"departed", "received"}),
        ((*JOURNEY, a_hearing_delivery()), {"departed", "received"}),
        ((*JOURNEY, MOVED[0]), {"departed", "received", "hearing-changed"}),
        ((*JOURNEY, *MOVED), {"departed", "received", "hearing-changed", "change-told"}),
        ((a_notice(), a_presentation()), {"presented"}),
        ((a_notice(), a_presentation(outcome="not-presented")), {"not-presented"}),
        ((a_notice(), a_presentation(), a_case_closure()), {"presented", "case-closed"}),
        ((a_reception(outcome="not-received", identity=None, code="NOT_SEEN"),), set()),
    ],
)
async def test_each_step_of_a_case_is_counted(
    store: Store, bodies: tuple[Body, ...], steps: set[str]
) -> None:
    """A step is counted once it was made, also where the present stage says nothing of it."""
    await store.write(lambda connection: heard(connection, *bodies))
    made = (await account(store, Side.MX)).steps
    assert made.keys() == STEPS.keys()
    assert {step for step, count in made.items() if count} == {f"step-{one}" for one in steps}


async def test_who_is_held_is_counted_for_those_who_may_know(store: Store) -> None:
    """Our side counts the handoffs with a hold; others, and the other side, see no figure."""

    def fill(connection: Connection) -> None:
        noticed(connection, holds=("fear", "medical"))
        noticed(connection)

    await store.write(fill)
    assert (await account(store)).held == 1
    assert (await account(store, knows_holds=False)).held is None
    assert (await account(store, Side.MX)).held is None


@pytest.mark.parametrize("waits_for", ["acknowledgment", "reception", "visa"])
async def test_what_never_came_is_overdue(store: Store, waits_for: str) -> None:
    """Each deadline that passed is found, with who must act and since when."""
    bodies = {
        "acknowledgment": (a_notice(),),
        "reception": (a_notice(), an_acknowledgment()),
        "visa": (a_notice(), an_acknowledgment(), a_reception()),
    }
    handoff = await store.write(lambda connection: noticed(connection, *bodies[waits_for]))
    assert (await account(store)).findings == ()
    found = {one.kind: one for one in (await account(store, now=LATER)).findings}
    finding = found.pop(f"overdue-{waits_for}")
    assert (finding.handoff, finding.owner) == (handoff.handoff, Side.MX)
    assert finding.due_at is not None
    assert finding.due_at < LATER
    assert set(found) == (set() if waits_for == "visa" else {"overdue-window"})


async def test_what_came_late_is_found(store: Store) -> None:
    """An acknowledgment after its time is late for ever, and not overdue."""
    on_time = a_shared(a_notice(), an_acknowledgment(), handoff=HandoffId(uuid_text()))
    answer = on_time.acknowledgment
    assert answer is not None
    after = "2031-03-18T15:30:00Z"
    late = answer.model_copy(update={"said_at": after, "first_said_at": after})
    shared: SharedHandoff = on_time.model_copy(update={"acknowledgment": late})
    await store.write(
        partial(
            noticed, handoff=shared.handoff, shared=shared.model_dump_json(), stage=shared.stage
        )
    )
    (finding,) = (await account(store)).findings
    assert (finding.kind, finding.owner) == ("late-acknowledgment", Side.MX)
    assert finding.due_at is not None
    assert finding.met_at is not None
    assert finding.met_at > finding.due_at


async def test_a_visa_that_ends_too_early_is_found(store: Store) -> None:
    """A document whose last day is before the hearing's is a finding; one of that day is none."""
    steps = (a_notice(), an_acknowledgment(), a_reception())

    def fill(connection: Connection) -> str:
        noticed(connection, *steps, a_visa_issuance(valid_until="2031-05-06"))
        return noticed(connection, *steps, a_visa_issuance(valid_until="2031-05-05")).handoff

    too_short = await store.write(fill)
    found = [one for one in (await account(store)).findings if one.kind.startswith("visa")]
    assert [(one.kind, one.handoff) for one in found] == [("visa-ends-before-hearing", too_short)]


async def test_what_was_entered_from_paper_is_found(store: Store) -> None:
    """Whoever crossed on the sheet of an outage is named, also once somebody has looked at it."""

    def fill(connection: Connection) -> str:
        noticed(connection, a_notice(), an_acknowledgment())
        crossed = noticed(connection, a_notice(), an_acknowledgment(), a_departure()).handoff
        raise_alarm(connection, AlarmKind.OUTAGE_OVERRIDE, crossed, at=NOW)
        close_alarms(connection, AlarmKind.OUTAGE_OVERRIDE, [crossed], at=NOW)
        return crossed

    crossed = await store.write(fill)
    found = [one for one in (await account(store)).findings if one.kind == "on-paper"]
    assert [one.handoff for one in found] == [crossed]


@pytest.mark.parametrize("code", ["out-of-place", "unknown-subject"])
async def test_what_was_out_of_place_is_found(store: Store, code: str) -> None:
    """A message that was answered with such a code is a finding of its handoff."""

    def fill(connection: Connection) -> None:
        handoff = noticed(connection, a_notice(), a_cancellation(), a_reception())
        said(connection, handoff, make=entry, schema="urn:handoff:schema:reception:1", code=code)

    await store.write(fill)
    assert (await account(store)).found(code) == 1


async def test_what_is_usual_is_no_finding(store: Store) -> None:
    """Codes that say that a message had no effect are none of the account's business."""

    def fill(connection: Connection) -> None:
        handoff = noticed(connection)
        for code in ("superseded", "repeat"):
            said(connection, handoff, make=entry, schema=ACKNOWLEDGMENT.schema, code=code)

    await store.write(fill)
    assert (await account(store)).findings == ()


async def test_what_was_sent_again_is_counted(store: Store) -> None:
    """A message that took more than one delivery is counted once."""

    def fill(connection: Connection) -> None:
        handoff = noticed(connection)
        said(connection, handoff, schema="urn:handoff:schema:return-cancellation:1", attempts=3)

    await store.write(fill)
    assert (await account(store)).sent_again == 1


async def test_the_ledger_is_measured(store: Store) -> None:
    """Size, root, what waits, what was rejected, gaps and alarms are those of the moment."""

    def fill(connection: Connection) -> None:
        record_entries(connection, [entry(seq=1), entry(seq=4), entry(seq=4)])
        record_entries(connection, [entry(status=Status.REJECTED, seq=5), sent(seq=1)])
        stored_draft(connection, None)
        raise_alarm(connection, AlarmKind.SEQUENCE_GAP, "2-3", at=NOW)

    await store.write(fill)
    figures = (await account(store)).ledger
    head = await store.read(lambda connection: get_log(connection, Head.LEDGER))
    assert (figures.entries, len(figures.root)) == (head.size, 43)
    assert (figures.sent, figures.received, figures.rejected_by_us) == (1, 4, 1)
    assert (figures.waiting, figures.without_receipt, figures.parked) == (1, 0, 0)
    assert (figures.sequence_gaps, figures.sequence_repeated) == (("2-3",), (4,))
    assert figures.alarms == {"sequence-gap": 1}


async def test_a_rejected_notice_announces_nobody(store: Store) -> None:
    """A notice that Mexico rejected is found, and the sum says that somebody is missing."""

    def fill(connection: Connection) -> None:
        handoff = known(connection)
        decided(connection, handoff)
        said(connection, handoff, status=Status.REJECTED, code="breaks-schema")

    await store.write(fill)
    made = await account(store)
    assert (made.found("rejected"), made.ledger.rejected_by_partner) == (1, 1)
    assert {one.rule for one in made.unbalanced} == {"sum-of-terms", "sum-of-stages"}


async def test_a_decision_that_led_nowhere_does_not_add_up(store: Store) -> None:
    """Somebody decided on, without a notice or a draft, is missing at their port and in all."""
    await store.write(lambda connection: decided(connection, known(connection, local_stage=None)))
    made = await account(store)
    assert not made.adds_up
    assert {(one.rule, one.subject) for one in made.unbalanced} >= {
        ("sum-of-terms", "2504"),
        ("sum-of-terms", "total"),
    }


async def test_a_handoff_in_two_stages_does_not_add_up(store: Store) -> None:
    """A row that says another stage than its facts is named, whichever of them is right."""
    handoff = await store.write(noticed)
    await store.write(
        lambda connection: connection.execute(update(handoffs).values(stage="received"))
    )
    made = await account(store)
    assert ("one-stage", handoff.handoff) in {(one.rule, one.subject) for one in made.unbalanced}


async def test_a_notice_that_left_no_trace_does_not_add_up(store: Store) -> None:
    """A handoff whose row knows of no notice, though the ledger does, stands nowhere."""

    def fill(connection: Connection) -> None:
        handoff = stored_handoff(connection, local_stage=None)
        decided(connection, handoff)
        said(connection, handoff)

    await store.write(fill)
    assert [(one.rule, one.expected, one.found) for one in (await account(store)).unbalanced] == [
        ("sum-of-stages", 1, 0),
        ("sum-of-stages", 1, 0),
    ]


async def test_a_day_that_still_runs_is_not_closed(store: Store) -> None:
    """An account says whether its figures may still move: today's and that of all days do."""
    assert not (await account(store, day=TODAY)).closed
    assert not (await account(store)).closed
    assert (await account(store, day=TODAY, now=NOW + timedelta(days=2))).closed
