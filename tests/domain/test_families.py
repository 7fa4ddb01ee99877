"""A family crosses whole or not at all."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.domain.families import (
    GAPS,
    Crossing,
    Group,
    Member,
    Part,
    Relative,
    faults_of_company,
    gaps,
    is_child_alone,
    split,
)
from exchange.domain.handoff import HandoffId
from exchange.domain.messages.body import Body
from exchange.errors import Invalid
from tests.builders import (
    a_cancellation,
    a_departure,
    a_notice,
    a_reception,
    a_shared,
    an_acknowledgment,
)

ON = date(2031, 3, 18)
GROUP = "6a4a1f6e-6c1b-4f0e-8a77-5d0c3b2a1f01"
FRESH = ("6a4a1f6e-6c1b-4f0e-8a77-5d0c3b2a1f02", "6a4a1f6e-6c1b-4f0e-8a77-5d0c3b2a1f03")
ADULT, CHILD = "1994-02-28", "2020-06-01"


def handoff(number: int) -> HandoffId:
    """Return the handoff of one of the family."""
    return HandoffId(f"0f9b3a52-6d0e-4f57-9a43-5d2c1be7a{number:03}")


def member(
    number: int,
    *after: Body,
    held: bool = False,
    size: int = 3,
    group: str = GROUP,
    **changes: Any,
) -> Member:
    """Return one of a family of three, accepted unless *after* says what came after."""
    family = {"group": group, "size": size, "role": "PARENT"}
    notice = a_notice(family=family, **changes)
    bodies = (notice, *(after or (an_acknowledgment(),)))
    return Member(a_shared(*bodies, handoff=handoff(number)), held)


def three(*third: Member, counted: int | None = None) -> Group:
    """Return a family of three whose third is as given."""
    return Group((member(1), member(2), *(third or (member(3),))), counted)


@pytest.mark.parametrize(
    ("group", "expected"),
    [
        (three(), ()),
        (three(counted=3), ()),
        (Group((Member(a_shared(a_notice(), an_acknowledgment())),)), ()),
        (Group((Member(a_shared(an_acknowledgment())),)), ("member-not-accepted",)),
        (three(member(3, an_acknowledgment(), a_departure())), ()),
        (three(member(3, an_acknowledgment(), a_departure(), a_reception())), ()),
        (Group((member(1), member(2))), ("member-missing",)),
        (three(member(2)), ("member-missing",)),
        (three(member(3), member(4)), ("member-unforeseen",)),
        (Group(()), ("member-missing",)),
        (three(member(3, size=4)), ("size-differs", "member-missing")),
        (three(member(3, size=2)), ("size-differs", "member-unforeseen")),
        (three(member(3, group=FRESH[0])), ("size-differs",)),
        (
            three(member(3, return__port="2503", return__receiving_point="MX-MEXICALI")),
            ("place-differs",),
        ),
        (
            three(
                member(
                    3, return__window={"from": "2031-03-18T17:00:00Z", "to": "2031-03-18T20:00:00Z"}
                )
            ),
            ("window-differs",),
        ),
        (
            three(
                member(
                    3,
                    hearing__hearing_at={
                        "local": "2031-05-07T08:00",
                        "zone": "America/Los_Angeles",
                    },
                )
            ),
            ("hearing-day-differs",),
        ),
        (three(member(3, held=True)), ("member-held",)),
        (three(member(3, an_acknowledgment(answer="refused"))), ("member-not-accepted",)),
        (three(member(3, a_cancellation())), ("member-not-accepted",)),
        (
            three(member(3, an_acknowledgment(), a_reception(outcome="not-received"))),
            ("member-not-accepted",),
        ),
        (
            three(Member(a_shared(an_acknowledgment(), handoff=handoff(3)))),
            ("member-not-accepted",),
        ),
        (three(counted=4), ("person-without-decision",)),
        (three(counted=2), ("person-absent",)),
    ],
)
def test_what_is_missing_is_named(group: Group, expected: tuple[str, ...]) -> None:
    """Complete: as many as declared, one where none are, in one place and time, none held."""
    assert gaps(group) == expected


def test_every_gap_has_its_words() -> None:
    """In English and in Spanish."""
    assert all(words.en != words.es for words in GAPS.values())


def test_a_newborn_blocks_the_family() -> None:
    """A family of three that arrives with a newborn waits for a fourth decision."""
    assert gaps(three(counted=4)) == ("person-without-decision",)


@pytest.mark.parametrize(
    ("birth_dates", "alone"),
    [
        ([], False),
        ([ADULT], False),
        ([CHILD], True),
        ([ADULT, CHILD], False),
        (["2013", "2013-11"], True),
        (["2013", CHILD], True),
        (["2012", CHILD], False),
        (["2013-03-18"], False),
        (["2013-03-19"], True),
        ([None], True),
        ([ADULT, None], False),
    ],
)
def test_a_child_is_not_sent_without_an_adult(
    birth_dates: list[str | None], *, alone: bool
) -> None:
    """Doubt protects: whoever may be a child is one, and only who surely is an adult is one."""
    assert is_child_alone(birth_dates, ON) is alone


def born(*births: str | None) -> dict[HandoffId, Relative]:
    """Return a family of whom everybody is announced."""
    return {handoff(n): Relative(one) for n, one in enumerate(births, 1)}


def refused(family: dict[HandoffId, Relative], leaving: list[int], *crossed: str | None) -> str:
    """Return why a split is refused."""
    with pytest.raises(Invalid) as caught:
        split(family, [handoff(n) for n in leaving], fresh=FRESH, on=ON, crossed=crossed)
    (fault,) = caught.value.faults
    assert fault.pointer == "/members"
    return fault.code


def test_a_split_makes_two_new_groups() -> None:
    """Each has a name that never was and its own size, and a person alone is no family."""
    leaves, stays = split(born(ADULT, ADULT, ADULT), [handoff(3)], fresh=FRESH, on=ON)
    assert leaves == Part(None, 1, frozenset({handoff(3)}))
    assert stays == Part(FRESH[1], 2, frozenset({handoff(1), handoff(2)}))


@pytest.mark.parametrize(
    ("leaving", "code"),
    [
        ([9], "not-a-member"),
        ([], "not-a-part"),
        ([1, 2, 3], "not-a-part"),
        ([3], "child-alone"),
        ([1, 2], "child-alone"),
    ],
)
def test_a_split_that_harms_is_refused(leaving: list[int], code: str) -> None:
    """Only members leave, somebody stays, and no child is left without an adult."""
    assert refused(born(ADULT, ADULT, CHILD), leaving) == code


def test_who_is_announced_no_more_makes_no_group() -> None:
    """Beside those who are announced they stand apart; where nobody is they are the group."""
    family = born(ADULT, ADULT, CHILD, ADULT)
    family |= {handoff(n): Relative(family[handoff(n)].born, announced=False) for n in (2, 4)}
    leaves, stays = split(family, [handoff(4)], fresh=FRESH, on=ON)
    assert leaves == Part(None, 1, frozenset({handoff(4)}))
    assert stays == Part(FRESH[1], 2, frozenset({handoff(1), handoff(3)}), frozenset({handoff(2)}))
    nobody = {one: Relative(known.born, announced=False) for one, known in family.items()}
    _, stays = split(nobody, [handoff(4)], fresh=FRESH, on=ON)
    assert stays == Part(FRESH[1], 3, frozenset({handoff(1), handoff(2), handoff(3)}))


def test_those_over_the_line_are_not_left_alone_either() -> None:
    """The last adult does not leave a child who has crossed, nor a child one who has."""
    pair = born(ADULT, ADULT)
    assert refused(born(ADULT), [1], CHILD) == "child-alone"
    assert refused(born(ADULT, CHILD), [1], ADULT) == "child-alone"
    assert split(pair, [handoff(1)], fresh=FRESH, on=ON, crossed=[CHILD])[1].group is None
    assert split(born(ADULT), [handoff(1)], fresh=FRESH, on=ON, crossed=[ADULT])[1].size == 0


@given(
    st.lists(st.sampled_from([ADULT, CHILD, "2013", "1990", None]), min_size=2, max_size=8),
    st.sets(st.integers(0, 8)),
)
def test_a_split_loses_nobody(births: list[str | None], leaving: set[int]) -> None:
    """Where it is made, everybody is in one part, each size is true, and no child is alone."""
    family = born(*births)
    going = [handoff(n) for n in leaving if handoff(n) in family]
    try:
        parts = split(family, going, fresh=FRESH, on=ON)
    except Invalid:
        return
    assert sum(part.size for part in parts) == len(family)
    assert parts[0].members | parts[1].members == family.keys()
    for part in parts:
        assert part.size == len(part.members)
        assert (part.group in FRESH) is (part.size > 1)
        assert not is_child_alone([family[one].born for one in part.members], ON)


OPENS = datetime(2031, 3, 18, 16, tzinfo=UTC)
HERE = Crossing("2504", "MX-CHAPARRAL", OPENS, OPENS + timedelta(hours=4))


@pytest.mark.parametrize(
    ("mine", "pointers"),
    [
        (HERE, []),
        (HERE._replace(port="2503"), ["/return/port"]),
        (HERE._replace(receiving_point="MX-MEXICALI"), ["/return/receiving_point"]),
        (HERE._replace(opens=OPENS - timedelta(hours=1)), ["/return/window"]),
        (HERE._replace(closes=OPENS + timedelta(hours=5)), ["/return/window"]),
    ],
)
def test_a_family_travels_together(mine: Crossing, pointers: list[str]) -> None:
    """Whoever is to cross elsewhere or at another time than one of the family is told where."""
    faults = faults_of_company(mine, iter([HERE, HERE]))
    assert [(one.pointer, one.code) for one in faults] == [
        (pointer, "other-than-family") for pointer in pointers
    ]
    assert faults_of_company(mine, []) == ()
