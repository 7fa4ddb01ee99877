"""A family crosses whole or not at all."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.domain.families import (
    GAPS,
    Group,
    Member,
    gaps,
    is_child_alone,
    split,
    taken_back_together,
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


def test_who_is_held_takes_the_family_back() -> None:
    """Everybody who can still be taken back is, in the order of the family; else nobody."""
    assert taken_back_together(three()) == ()
    held = three(member(3, held=True))
    assert taken_back_together(held) == (handoff(1), handoff(2), handoff(3))
    gone = Group((member(1, held=True), member(2, a_cancellation())))
    assert taken_back_together(gone) == (handoff(1),)
    crossed = Group((member(1, held=True), member(2, an_acknowledgment(), a_departure())))
    assert taken_back_together(crossed) == (handoff(1),)


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
    ],
)
def test_a_child_is_not_sent_without_an_adult(birth_dates: list[str], *, alone: bool) -> None:
    """Doubt protects: whoever may be a child is one, and only who surely is an adult is one."""
    assert is_child_alone(birth_dates, ON) is alone


def test_a_split_makes_two_new_groups() -> None:
    """Neither part is the old group, and a person alone is no family."""
    family = {handoff(n): ADULT for n in (1, 2, 3)}
    leaves, stays = split(family, [handoff(3)], group=GROUP, fresh=FRESH, on=ON)
    assert leaves == (None, 1, frozenset({handoff(3)}))
    assert stays == (FRESH[1], 2, frozenset({handoff(1), handoff(2)}))


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
    family = {handoff(1): ADULT, handoff(2): ADULT, handoff(3): CHILD}
    with pytest.raises(Invalid) as refused:
        split(family, [handoff(n) for n in leaving], group=GROUP, fresh=FRESH, on=ON)
    assert [(fault.pointer, fault.code) for fault in refused.value.faults] == [("/members", code)]


def test_the_old_group_is_never_used_again() -> None:
    """An id that is the old group's, or twice the same, is our own mistake."""
    family = {handoff(1): ADULT, handoff(2): ADULT}
    for fresh in ((GROUP, FRESH[0]), (FRESH[0], FRESH[0])):
        with pytest.raises(ValueError, match="never was"):
            split(family, [handoff(1)], group=GROUP, fresh=fresh, on=ON)


@given(
    st.lists(st.sampled_from([ADULT, CHILD, "2013", "1990"]), min_size=2, max_size=8),
    st.sets(st.integers(0, 7)),
)
def test_a_split_loses_nobody(births: list[str], leaving: set[int]) -> None:
    """Where it is made, everybody is in one part, each size is true, and no child is alone."""
    family = {handoff(n): born for n, born in enumerate(births)}
    going = [handoff(n) for n in leaving if n < len(births)]
    try:
        parts = split(family, going, group=GROUP, fresh=FRESH, on=ON)
    except Invalid:
        return
    assert sum(part.size for part in parts) == len(family)
    assert parts[0].members | parts[1].members == family.keys()
    for part in parts:
        assert part.size == len(part.members)
        assert part.group != GROUP
        assert not is_child_alone([family[one] for one in part.members], ON)
