"""The rules look at what has changed; what they find stands until its cause is gone."""

from functools import partial
from itertools import pairwise
from typing import Any

from exchange.domain.alarms import AlarmKind
from exchange.domain.discrepancies.scopes import Scope, Subject
from exchange.domain.handoff import SharedHandoff
from exchange.flow.alarms import acknowledge_by_person, close_by_person
from exchange.store.alarms import close_alarms, list_open, raise_alarm
from exchange.store.bodies import erase_data_key
from exchange.store.discrepancies import Kept, list_history, stream_open
from exchange.store.partner import record_contact
from tests.builders import HANDOFF, a_decision_document
from tests.flow.courts import moved
from tests.flow.gates import GROUP, IN_WINDOW, accepted, depart, family_of, to
from tests.flow.holding import hold, lift, put
from tests.flow.looks import assert_whole, found_on, found_together, rules_on
from tests.flow.revising import LATER
from tests.flow.standing import noticed, row_of
from tests.flow.test_corrections import a_correction_of, named
from tests.flow.test_journey import VISA, reception
from tests.flow.test_presentations import seen, waiting
from tests.sides import BothSides, SideOfTests

HOUR = 3600
ANOTHER = {"person__given_names": "Otilia", "person__first_surname": "Xec"}


async def open_of(side: SideOfTests, rule: str) -> list[Kept]:
    """Return what is open on a side of a rule, once it has looked."""
    await side.reconciling.look()
    kept = await side.store.read(lambda connection: list(stream_open(connection)))
    return [one for one in kept if one.discrepancy.finding.rule == rule]


async def both_find(both: BothSides, *rules: str) -> None:
    """Assert that both sides find exactly this, now and by looking at everything."""
    for side in (both.us, both.mx):
        assert {rule for rule in await rules_on(side) if rule.startswith("R")} == set(rules)
        await assert_whole(side)
    assert await found_together(both.us) == await found_together(both.mx)


async def test_nothing_is_wrong_with_an_honest_journey(both: BothSides) -> None:
    """A person who is announced, accepted, and crosses is no discrepancy."""
    handoff = await accepted(both)
    to(both, IN_WINDOW)
    await depart(both, handoff)
    await both.us.send()
    await both_find(both)


async def doubted(both: BothSides, number: int = 1, **changes: Any) -> str:
    """Return a handoff of which the official at the line doubted who it is."""
    handoff = await noticed(both, number, **changes)
    await both.mx.answers.record_reception(handoff, reception(both, identity="doubt"), actor="desk")
    await both.settle()
    return handoff


async def test_a_doubt_at_the_line_is_found_at_once_by_both(both: BothSides) -> None:
    """What an official says at the line is a discrepancy on both sides as soon as it is heard."""
    handoff = await doubted(both)
    await both_find(both, "R05")
    (kept,) = await open_of(both.us, "R05")
    assert kept.discrepancy.finding.handoffs == (handoff,)


async def test_time_alone_breaks_a_rule_and_a_message_mends_it(both: BothSides) -> None:
    """A person who crossed and was seen by nobody is looked for when the time has passed."""
    handoff = await accepted(both)
    to(both, IN_WINDOW)
    await depart(both, handoff)
    await both.us.send()
    await both_find(both)
    both.clock.pass_seconds(3 * HOUR)
    await both_find(both, "R03")
    await both.mx.answers.record_reception(
        handoff, reception(both, at="2031-03-18T16:45:00Z"), actor="desk"
    )
    await both.settle()
    await both_find(both)


async def test_what_has_ended_stays_on_record(both: BothSides) -> None:
    """A discrepancy that ends with its cause says when, and that no person resolved it."""
    handoff = await accepted(both)
    to(both, IN_WINDOW)
    await depart(both, handoff)
    await both.us.send()
    both.clock.pass_seconds(3 * HOUR)
    assert await rules_on(both.us) == {"R03"}
    late = reception(both, at="2031-03-18T16:45:00Z")
    await both.mx.answers.record_reception(handoff, late, actor="desk")
    await both.settle()
    assert await rules_on(both.us) == set()
    history = await both.us.store.read(
        partial(list_history, subject=Subject(Scope.HANDOFF, handoff))
    )
    assert [one.discrepancy.finding.rule for one in history] == ["R03"]
    ending = history[0].discrepancy.ending
    assert ending is not None
    assert (ending.resolution, ending.by) == (None, None)


async def test_a_family_that_one_leaves_is_looked_at_too(both: BothSides) -> None:
    """Who moves to another group breaks the one that is left, though nobody else spoke."""
    first = await noticed(both, 1, **family_of(2))
    second = await noticed(both, 2, **family_of(2), **ANOTHER)
    await both_find(both)
    row = await row_of(both.us, first)
    apart = revised(row.shared or "", family_group=HANDOFF, family_size=1)
    for side in (both.us, both.mx):
        await put(side, first, shared=apart)
    both.clock.pass_seconds(HOUR)
    await both_find(both, "R06")
    (kept,) = await open_of(both.us, "R06")
    finding = kept.discrepancy.finding
    assert (finding.subject.name, finding.handoffs) == (GROUP, (second,))


def revised(shared: str, **changes: object) -> str:
    """Return a handoff as both sides know it, with a notice that says something else."""
    known = SharedHandoff.model_validate_json(shared)
    assert known.notice is not None
    return known.model_copy(update={"notice": known.notice.model_copy(update=changes)}).written()


async def test_one_document_in_two_cases_is_found_by_its_mark(both: BothSides) -> None:
    """Two people with one document are laid side by side, and with the error the finding ends."""
    for number in (1, 2):
        handoff = await accepted(both, number, **(ANOTHER if number == 2 else {}))
        await both.mx.answers.record_reception(handoff, reception(both), actor="desk")
        await both.mx.answers.record_visa(handoff, VISA, actor="desk")
    await both.settle()
    (kept,) = await open_of(both.us, "R05")
    finding = kept.discrepancy.finding
    assert (finding.subject.scope, "one-document" in finding.because) == (Scope.PAIR, True)
    await assert_whole(both.us)


async def test_one_person_in_two_cases_is_found_by_birth_date_and_name(both: BothSides) -> None:
    """The same person announced twice is one finding, of both handoffs; erased, it ends."""
    first, second = [await noticed(both, number) for number in (1, 2)]
    (kept,) = await open_of(both.mx, "R05")
    finding = kept.discrepancy.finding
    assert finding.because == ("one-person",)
    assert set(finding.handoffs) == {first, second}
    await assert_whole(both.mx)
    row = await row_of(both.mx, first)
    await both.mx.store.write(partial(erase_data_key, handoff=row.number))
    await both.mx.reconciling.look_at_all()
    assert await found_on(both.mx) == set()


async def pairs_on(side: SideOfTests) -> set[frozenset[str]]:
    """Return which handoffs are found alike."""
    return {frozenset(one.discrepancy.finding.handoffs) for one in await open_of(side, "R05")}


async def test_what_many_have_in_common_is_found_once_of_each(both: BothSides) -> None:
    """Each beside the latest before it; where one turns out to be another, those around it are."""
    handoffs = [await noticed(both, number) for number in range(1, 6)]
    linked = {frozenset(two) for two in pairwise(handoffs)}
    assert await pairs_on(both.mx) == linked
    decision = a_decision_document(
        decision_id="00000000-0000-4000-8000-000000000003", **(LATER | ANOTHER)
    )
    await both.us.revisions.revise(handoffs[2], decision, actor="port")
    await both.settle()
    first, second, _, fourth, fifth = handoffs
    healed = {(first, second), (second, fourth), (fourth, fifth)}
    for side in (both.us, both.mx):
        assert await pairs_on(side) == {frozenset(two) for two in healed}
        await assert_whole(side)
    decision = a_decision_document(decision_id="00000000-0000-4000-8000-000000000003", **LATER)
    await both.us.revisions.revise(handoffs[2], decision, actor="port")
    await both.settle()
    for side in (both.us, both.mx):
        assert await pairs_on(side) == linked
        await assert_whole(side)


async def test_two_people_of_one_birth_date_are_two_people(both: BothSides) -> None:
    """A shared birth date is looked at and is nothing."""
    await noticed(both, 1)
    await noticed(both, 2, **ANOTHER)
    assert await rules_on(both.us) == set()


async def test_fear_after_the_notice_is_ours_alone(both: BothSides) -> None:
    """A hold over the line is the United States' own finding; lifted, it ends."""
    handoff = await accepted(both)
    to(both, IN_WINDOW)
    await depart(both, handoff)
    await both.settle()
    await hold(both.us, handoff)
    assert await rules_on(both.us) == {"L1"}
    await assert_whole(both.us)
    assert await rules_on(both.mx) == set()
    await lift(both.us, handoff)
    assert await rules_on(both.us) == set()


async def test_an_alert_that_nobody_takes_up_is_found_until_somebody_does(both: BothSides) -> None:
    """Taking the alarm up is what ends it, without any message."""
    handoff = await noticed(both)
    await both.us.welfare.alert(handoff, {"code": "call-now"}, actor="port")
    await both.settle()
    both.clock.pass_seconds(HOUR)
    await both_find(both, "R27")
    for side in (both.us, both.mx):
        (alarm,) = [
            one for one in await side.store.read(list_open) if one.kind is AlarmKind.WELFARE_ALERT
        ]
        take = partial(acknowledge_by_person, number=alarm.number, actor="duty", at=both.clock())
        await side.store.write(take)
    await both_find(both)


async def test_a_correction_is_applied_once_somebody_has_taken_it_up(both: BothSides) -> None:
    """Who received it must act; who said it knows that it arrived."""
    handoff = await accepted(both)
    await both.mx.answers.record_reception(handoff, reception(both), actor="desk")
    await both.mx.answers.record_visa(handoff, VISA, actor="desk")
    await both.settle()
    wrong = await named(both.mx, "visa-issuance")
    await both.mx.corrections.correct(handoff, a_correction_of(wrong), actor="desk")
    await both.settle()
    both.clock.pass_seconds(25 * HOUR)
    assert "R28" not in await rules_on(both.mx)
    (kept,) = await open_of(both.us, "R28")
    assert kept.discrepancy.finding.because == ("not-taken-up",)
    await assert_whole(both.us)
    (alarm,) = [
        one
        for one in await both.us.store.read(list_open)
        if one.kind is AlarmKind.CORRECTION_RECEIVED
    ]
    done = partial(close_by_person, number=alarm.number, actor="port", at=both.clock())
    await both.us.store.write(done)
    assert await open_of(both.us, "R28") == []


async def test_missing_numbers_a_repeated_one_and_a_clock_are_the_channels(both: BothSides) -> None:
    """What alarms say of the partner's numbers and clock is found, and ends with them."""
    raised = (
        (AlarmKind.SEQUENCE_GAP, "3-4"),
        (AlarmKind.SEQUENCE_REPEATED, "7"),
        (AlarmKind.CLOCK_SKEW, "partner"),
    )
    for kind, about in raised:
        await both.us.store.write(partial(raise_alarm, kind=kind, subject=about, at=both.clock()))
    assert await rules_on(both.us) == {"R23"}  # a late message is alarmed too: no clock is off
    measured = partial(record_contact, at=both.clock(), skew_milliseconds=121_000)
    await both.us.store.write(measured)
    both.clock.pass_seconds(61)
    assert await rules_on(both.us) == {"R23", "R25"}
    found = {one.rule: one for one in await found_on(both.us)}
    assert set(found["R23"].because) == {"gap", "repeated"}
    assert {one.subject for one in found.values()} == {Subject(Scope.CHANNEL, "mx")}
    await assert_whole(both.us)
    for kind, about in raised:
        close = partial(close_alarms, kind=kind, subjects=[about], at=both.clock())
        await both.us.store.write(close)
    assert await rules_on(both.us) == set()


async def test_an_outage_that_is_found_later_stands_beside_a_no_show(both: BothSides) -> None:
    """That the channel was down in the hours of a hearing is one of the causes, once known."""
    handoff = await waiting(both)
    absent = seen(both, "not-presented")
    await both.us.presentations.present(handoff, absent, actor="port")
    await both.settle()
    assert "outage" not in await causes_of_no_show(both.us)
    present_at = (await both.us.shared(handoff)).present_at
    assert present_at is not None
    down = partial(raise_alarm, kind=AlarmKind.CHANNEL_DOWN, subject="partner", at=present_at)
    await both.us.store.write(down)
    assert "outage" in await causes_of_no_show(both.us)
    await assert_whole(both.us)


async def test_a_date_that_was_read_and_not_said_is_ours_alone(both: BothSides) -> None:
    """The port has the court's new date, and it waits: found after a day, gone once it is said."""
    handoff = await noticed(both)
    await both.us.hearings.change(handoff, moved(), actor="port")
    both.clock.pass_seconds(23 * HOUR)
    assert "L3" not in await rules_on(both.us)
    both.clock.pass_seconds(2 * HOUR)
    assert "L3" in await rules_on(both.us)
    await assert_whole(both.us)
    await both.us.send()
    assert "L3" not in await rules_on(both.us)


async def causes_of_no_show(side: SideOfTests) -> tuple[str, ...]:
    """Return each cause that stands beside the one no-show."""
    (kept,) = await open_of(side, "R17")
    return kept.discrepancy.finding.because
