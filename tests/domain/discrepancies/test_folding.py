"""Handoffs become scopes in one pass; looking at what a message reaches is as good as at all."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.domain.discrepancies.finding import Finding, Found, find
from exchange.domain.discrepancies.folding import Reach, gather, reach, reach_of, united
from exchange.domain.discrepancies.scopes import Record, Scope, Subject
from exchange.domain.discrepancies.standing import Changes, Discrepancy, settle
from exchange.domain.handoff import HandoffId, SharedHandoff, advance
from exchange.domain.messages.body import Body
from exchange.domain.messages.return_notice import ReturnNotice
from exchange.domain.parties import CaseId
from tests.builders import (
    CASE,
    HANDOFF,
    NOW,
    a_cancellation,
    a_case_closure,
    a_departure,
    a_hearing_delivery,
    a_hearing_notice,
    a_notice,
    a_presentation,
    a_reception,
    a_visa_change,
    a_visa_issuance,
    an_acknowledgment,
    an_exit,
    places,
    said,
)
from tests.domain.discrepancies.scenes import a_record, tell, terms

GROUPS = ("7d0c9a55-2f0e-4f57-9a43-5d2c1be7b001", "7d0c9a55-2f0e-4f57-9a43-5d2c1be7b002")
CASES = tuple(CaseId(f"5b1f6f0e-93a7-4c55-8a5e-2f6f0a1d7c{number:02}") for number in range(2))
HANDOFFS = tuple(HandoffId(f"0f9b3a52-6d0e-4f57-9a43-5d2c1be7a{number:03}") for number in range(4))
DAY_OF_PORT = ("2504", date(2031, 3, 18))


def in_family(notice: ReturnNotice, group: str | None) -> ReturnNotice:
    """Return the notice of somebody of a family of two."""
    family = {"group": group, "size": 2, "role": "ADULT"} if group else None
    return type(notice).model_validate(notice.model_dump(mode="json") | {"family": family})


def test_the_cycles_of_a_case_stand_beside_each_other() -> None:
    """Each handoff knows the others of its case by cycle; without a notice it is alone."""
    later = a_record(a_notice(cycle=2), handoff=HANDOFFS[0])
    first = a_record(a_notice(), handoff=HANDOFFS[1])
    silent = a_record(a_reception(), handoff=HANDOFFS[2])
    scopes = gather([later, first, silent], places())
    by_id = {one.shared.handoff: one for one in scopes.handoffs}
    assert by_id[HANDOFFS[0]].case == by_id[HANDOFFS[1]].case == (first.shared, later.shared)
    assert by_id[HANDOFFS[0]].others == (first.shared,)
    assert by_id[HANDOFFS[2]].case == (silent.shared,)
    assert scopes.whole == {Scope.HANDOFF, Scope.FAMILY, Scope.PORT_DAY}


def test_who_stands_beside_is_counted_on_the_day_of_the_port_alone() -> None:
    """Of further handoffs no case and no family is made, and of other days nothing at all."""
    one = a_record(in_family(a_notice(), GROUPS[0]), handoff=HANDOFFS[0])
    beside = [
        tell(in_family(a_notice(), GROUPS[0]), handoff=HANDOFFS[1]),
        tell(a_reception(), handoff=HANDOFFS[2]),
        tell(a_notice(return__port="2402"), handoff=HANDOFFS[3]),
    ]
    scopes = gather([one], places(), reach(one.shared, places()), beside)
    assert [record.shared.handoff for record in scopes.handoffs] == [HANDOFFS[0]]
    (family,) = scopes.families
    assert [member.shared.handoff for member in family.members] == [HANDOFFS[0]]
    (day,) = scopes.port_days
    assert [shared.handoff for shared in day.members] == [HANDOFFS[0], HANDOFFS[1]]
    assert len(gather([one], places(), None, beside).port_days) == 2


def test_what_a_handoff_bears_on_is_named() -> None:
    """Its case, family and day of its port; without a notice itself."""
    notice = in_family(a_notice(), GROUPS[0])
    assert reach(tell(notice), places()) == Reach(
        cases=frozenset({CASE}),
        families=frozenset({GROUPS[0]}),
        port_days=frozenset({DAY_OF_PORT}),
    )
    assert reach(tell(a_notice()), places()).families == frozenset()
    assert reach(tell(a_reception()), places()) == Reach(alone=frozenset({HANDOFF}))


def test_a_day_at_a_port_that_we_do_not_know_is_that_of_greenwich() -> None:
    """A partner may name a port that is not in our file: it is counted all the same."""
    notice = a_notice()
    there = notice.model_copy(
        update={"return_": notice.return_.model_copy(update={"port": "9999"})}
    )
    (day,) = gather([a_record(there)], places()).port_days
    assert (day.port, day.on) == ("9999", date(2031, 3, 18))
    assert day.ends_at == datetime.fromisoformat("2031-03-19T00:00:00Z")


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        (Subject(Scope.FAMILY, GROUPS[0]), Reach(families=frozenset({GROUPS[0]}))),
        (Subject(Scope.PORT_DAY, "2504 2031-03-18"), Reach(port_days=frozenset({DAY_OF_PORT}))),
        (Subject(Scope.HANDOFF, HANDOFF), Reach(cases=frozenset({CASE}))),
        (Subject(Scope.HANDOFF, HANDOFFS[0]), Reach(alone=frozenset({HANDOFFS[0]}))),
        (Subject(Scope.CHANNEL, "mx"), Reach()),
    ],
)
def test_what_to_look_at_when_its_time_has_come(subject: Subject, expected: Reach) -> None:
    """A subject that time alone may change leads to all that it is made of."""
    assert reach_of(subject, {HANDOFF: CASE}) == expected


def test_a_family_that_nobody_names_any_more_is_looked_at() -> None:
    """Where the last member went to another group, nothing is wrong with the old one."""
    gone = Reach(families=frozenset({GROUPS[0]}), port_days=frozenset({DAY_OF_PORT}))
    scopes = gather([], places(), gone)
    assert [(one.group, one.members) for one in scopes.families] == [(GROUPS[0], ())]
    assert [one.members for one in scopes.port_days] == [()]
    assert find(scopes, terms(), NOW).findings == ()


class World:
    """
    What both sides know, judged twice: what each message reaches, and everything.

    The one looks at what a message or the time has touched, and at nothing else.
    """

    def __init__(self) -> None:
        self.now = NOW
        self.seq = 0
        self.records: dict[HandoffId, Record] = {}
        self.wakes: dict[Subject, datetime] = {}
        self.history: tuple[Discrepancy, ...] = ()

    def say(self, handoff: HandoffId, body: Body) -> Reach:
        """Take a message in, and return what it reached before and after."""
        self.seq += 1
        record = self.records.get(handoff)
        before, announced = (None, None) if record is None else (record.shared, record.announced)
        spoken = said(body, seq=self.seq, at=self.now)
        shared = advance(before, handoff, spoken).shared
        if isinstance(body, ReturnNotice) and body.revision == shared.revision:
            announced = body
        self.records[handoff] = Record(shared, announced)
        reached = reach(shared, places())
        return reached if before is None else united([reached, reach(before, places())])

    def judge(self, reached: Reach) -> None:
        """Look at what was reached and at what its time has come for."""
        cases: dict[str, str] = {
            one.shared.handoff: one.shared.case
            for one in self.records.values()
            if one.shared.case is not None
        }
        for subject, at in self.wakes.items():
            if at <= self.now:
                reached = united([reached, reach_of(subject, cases)])
        found = find(self.scopes(reached), terms(), self.now)
        self.wakes = {
            subject: at for subject, at in self.wakes.items() if subject not in found.looked_at
        } | dict(found.wakes)
        self.history = kept(self.history, settle(self.history, found, self.now))

    def scopes(self, only: Reach | None = None) -> Any:
        """Return the scopes of all, or of what was reached."""
        return gather(self.records.values(), places(), only)

    def everything(self) -> Found:
        """Return what is found where everything is looked at."""
        return find(self.scopes(), terms(), self.now)


def kept(history: tuple[Discrepancy, ...], changes: Changes) -> tuple[Discrepancy, ...]:
    """Return the history with what has changed: an entry is known by its key and its opening."""
    entries = {(one.key, one.opened_at): one for one in history}
    for one in (*changes.updated, *changes.closed, *changes.opened):
        entries[one.key, one.opened_at] = one
    return tuple(entries.values())


def standing(history: tuple[Discrepancy, ...]) -> Mapping[tuple[str, Subject], Finding]:
    """Return what is open, by rule and subject."""
    return {one.key: one.finding for one in history if one.ending is None}


BODIES = st.sampled_from(
    (
        an_acknowledgment(),
        an_acknowledgment(answer="refused"),
        a_cancellation(),
        a_departure(),
        a_reception(),
        a_reception(identity="doubt"),
        a_reception(outcome="not-received", code="TURNED_BACK"),
        a_visa_issuance(),
        a_visa_issuance(valid_until="2031-05-10"),
        a_visa_change(),
        a_hearing_notice(),
        a_hearing_notice(version=3, status="none-scheduled"),
        a_hearing_delivery(version=2),
        a_presentation(),
        a_presentation(outcome="not-presented"),
        an_exit(),
        a_case_closure(),
    )
)
NOTICES = st.builds(
    lambda case, cycle, revision, group, hour: in_family(
        a_notice(
            case=case,
            cycle=cycle,
            revision=revision,
            return__window={
                "from": f"2031-03-{hour}T16:00:00Z",
                "to": f"2031-03-{hour}T20:00:00Z",
            },
        ),
        group,
    ),
    case=st.sampled_from(CASES),
    cycle=st.sampled_from((1, 2)),
    revision=st.sampled_from((1, 2, 3)),
    group=st.sampled_from((None, *GROUPS)),
    hour=st.sampled_from((18, 19)),
)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(HANDOFFS),
        st.one_of(st.none(), NOTICES, BODIES),
        st.sampled_from((0, 60, 1_200, 7_200, 90_000, 700_000, 8_000_000)),
    ),
    min_size=1,
    max_size=20,
)


@settings(max_examples=150, deadline=None)
@given(STEPS)
def test_one_by_one_and_all_at_once_find_the_same(
    steps: list[tuple[HandoffId, Body | None, int]],
) -> None:
    """After every message and every while, what is open is exactly what a full look finds."""
    world = World()
    for handoff, body, seconds in steps:
        world.now += timedelta(seconds=seconds)
        world.judge(Reach() if body is None else world.say(handoff, body))
        everything = world.everything()
        assert standing(world.history) == {
            (one.rule, one.subject): one for one in everything.findings
        }
        assert settle(world.history, everything, world.now) == Changes((), (), ())
        assert world.wakes == dict(everything.wakes)


@settings(max_examples=50, deadline=None)
@given(STEPS)
def test_the_order_of_arrival_changes_nothing(
    steps: list[tuple[HandoffId, Body | None, int]],
) -> None:
    """Both sides hear the same messages in different orders, and find the same in the end."""
    said_here = [
        (handoff, said(body, seq=seq, at=NOW))
        for seq, (handoff, body, _) in enumerate(steps, start=1)
        if body is not None
    ]
    found = []
    for order in (said_here, said_here[::-1]):
        known: dict[HandoffId, SharedHandoff] = {}
        for handoff, spoken in order:
            known[handoff] = advance(known.get(handoff), handoff, spoken).shared
        scopes = gather((Record(one) for one in known.values()), places())
        findings = find(scopes, terms(), NOW + timedelta(days=100)).findings
        found.append({(one.rule, one.subject): one for one in findings})
    assert found[0] == found[1]
