"""What a later notice may change, when it goes out, and what a deferral becomes."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from exchange.domain.handoff import SharedHandoff
from exchange.domain.limits import Limits
from exchange.domain.messages.return_notice import ReturnNotice
from exchange.domain.revisions import (
    TakenBack,
    TakenOver,
    after_deferral,
    changed,
    faults_of_lead,
    faults_of_moving,
    faults_of_revision,
    with_family,
    with_hearing,
    with_return,
)
from tests.builders import (
    NOW,
    a_cancellation,
    a_hearing_notice,
    a_notice,
    a_reception,
    a_shared,
    an_acknowledgment,
)

LIMITS = Limits()
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
GROUP = "6a4a1f6e-6c1b-4f0e-8a77-5d0c3b2a1f01"
FAMILY = {"group": GROUP, "size": 3, "role": "PARENT"}
LATER = {"from": "2031-03-19T16:00:00Z", "to": "2031-03-19T20:00:00Z"}


def faults(after: ReturnNotice, before: ReturnNotice | None = None) -> list[tuple[str, str]]:
    """Return what is wrong with a revision of the default notice."""
    found = faults_of_revision(before or a_notice(), after, now=NOW, limits=LIMITS)
    return [(fault.pointer, fault.code) for fault in found]


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        (
            {"return__port": "2503", "return__receiving_point": "MX-MEXICALI"},
            ("/return/port", "/return/receiving_point"),
        ),
        ({"return__window": LATER}, ("/return/window/from", "/return/window/to")),
        ({"person__given_names": "María"}, ("/person/given_names",)),
        ({"person__second_surname": None}, ("/person/second_surname",)),
        ({"hearing__version": 2}, ("/hearing/version",)),
        ({"family": FAMILY}, ("/family",)),
    ],
)
def test_port_window_name_hearing_and_family_are_revised(
    changes: dict[str, Any], where: tuple[str, ...]
) -> None:
    """Each is seen where it differs, and may be said anew."""
    after = a_notice(revision=2, **changes)
    assert changed(a_notice(), after) == where
    assert faults(after) == []


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"person__birth_date": "1994-02-27"}, "/person/birth_date"),
        ({"person__sex": "X"}, "/person/sex"),
        ({"person__nationality": "SLV"}, "/person/nationality"),
        ({"travel_document": None}, "/travel_document"),
        ({"cycle": 2}, "/cycle"),
    ],
)
def test_who_the_person_is_cannot_be_revised(changes: dict[str, Any], pointer: str) -> None:
    """Another birth, nationality or cycle is another handoff."""
    assert faults(a_notice(revision=2, **changes)) == [(pointer, "not-revisable")]


def test_what_goes_along_is_no_change() -> None:
    """A fresh salt, the next number and a newer reading of the schedule change nothing."""
    after = a_notice(
        revision=2, salt="BBECAwQFBgcICQoLDA0ODw", hearing__source_as_of="2031-03-17T16:00:00Z"
    )
    assert changed(a_notice(), after) == ()
    assert faults(after) == [("", "unchanged")]


def test_a_revision_takes_nobody_out_of_a_family() -> None:
    """A split does; a smaller size under the old name is refused, and a role may be mended."""
    before = a_notice(family=FAMILY)
    smaller = a_notice(revision=2, family=FAMILY | {"size": 2})
    assert faults(smaller, before) == [("/family/size", "reduced-group")]
    other = a_notice(revision=2, family={"group": GROUP[:-1] + "2", "size": 2, "role": "PARENT"})
    for family in (other, a_notice(revision=2, family=None)):
        assert faults(family, before) == [("/family", "split-instead")]
    mended = a_notice(revision=2, family=FAMILY | {"role": "OTHER"})
    moved = a_notice(revision=2, family=FAMILY, return__window=LATER)
    for after in (mended, moved):
        assert faults(after, before) == []


def test_who_cannot_move_along_keeps_the_family_where_it_is() -> None:
    """Cleared under other rules they go to no other port, and nobody crosses after presenting."""
    moved, here = a_notice(return__port="2402"), a_notice()
    screening = here.screening.model_copy(update={"rule_set": "us-2019-01"})
    other = here.model_copy(update={"screening": screening})
    late = moved.return_.window.to_at - timedelta(seconds=1)
    assert [fault.code for fault in faults_of_moving(moved, [(other, late)])] == [
        "other-rules",
        "out-of-order",
    ]
    assert list(faults_of_moving(here, [(other, None)])) == []
    assert list(faults_of_moving(moved, [(here, moved.return_.window.to_at)])) == []


def test_a_notice_is_said_anew_for_another_window_or_family() -> None:
    """All else stays but the salt: the person, the hearing and the rules it was cleared under."""
    before, salt = a_notice(family=FAMILY), "BBECAwQFBgcICQoLDA0ODw"
    moved = a_notice(return__window=LATER).return_
    assert changed(before, with_return(before, moved, salt=salt)) == (
        "/return/window/from",
        "/return/window/to",
    )
    alone = with_family(before, None, salt=salt)
    assert (changed(before, alone), alone.salt) == (("/family",), salt)


@pytest.mark.parametrize(
    ("ahead", "codes"),
    [
        (4 * HOUR - SECOND, ["too-soon"]),
        (4 * HOUR, []),
        (72 * HOUR, []),
        (72 * HOUR + SECOND, ["too-early"]),
        (-HOUR, ["too-soon"]),
    ],
)
def test_a_notice_goes_out_hours_before_its_window(ahead: timedelta, codes: list[str]) -> None:
    """Not later than four hours before, not earlier than seventy-two; the pointer says where."""
    found = faults_of_lead(NOW + ahead, now=NOW, limits=LIMITS)
    assert [fault.code for fault in found] == codes
    assert all(fault.pointer == "/return/window/from" for fault in found)


def test_a_revision_too_close_to_its_window_is_refused() -> None:
    """Every notice asks for an answer in time, the second too."""
    soon = {"from": "2031-03-17T20:00:00Z", "to": "2031-03-17T22:00:00Z"}
    assert faults(a_notice(revision=2, return__window=soon)) == [
        ("/return/window/from", "too-soon")
    ]


def deferred(opens: datetime, closes: datetime, *more: Any) -> SharedHandoff:
    """Return a handoff deferred to a window."""
    window = {"from": f"{opens:%Y-%m-%dT%H:%M:%SZ}", "to": f"{closes:%Y-%m-%dT%H:%M:%SZ}"}
    return a_shared(a_notice(), an_acknowledgment(answer="deferred", window=window), *more)


def test_the_window_offered_is_taken_over() -> None:
    """It becomes a revision, at once or once it is not too early."""
    opens = NOW + 22 * HOUR
    shared = deferred(opens, opens + 2 * HOUR)
    assert after_deferral(shared, now=NOW, limits=LIMITS) == TakenOver(opens, opens + 2 * HOUR, NOW)
    far = NOW + 100 * HOUR
    assert after_deferral(deferred(far, far + HOUR), now=NOW, limits=LIMITS) == TakenOver(
        far, far + HOUR, NOW + 28 * HOUR
    )


@pytest.mark.parametrize(
    ("opens", "closes", "codes"),
    [
        (NOW + 4 * HOUR, NOW + 5 * HOUR, None),
        (NOW + 3 * HOUR, NOW + 5 * HOUR, ("too-soon",)),
        (NOW + 8 * HOUR, NOW + 8 * HOUR, ("out-of-order",)),
        (
            datetime(2031, 5, 6, 8, 0, tzinfo=UTC),
            datetime(2031, 5, 6, 11, 0, tzinfo=UTC),
            None,
        ),
        (
            datetime(2031, 5, 6, 8, 0, tzinfo=UTC),
            datetime(2031, 5, 6, 11, 0, 1, tzinfo=UTC),
            ("out-of-order",),
        ),
        (NOW - HOUR, NOW - 2 * HOUR, ("too-soon", "out-of-order")),
    ],
)
def test_a_window_that_cannot_be_kept_takes_the_handoff_back(
    opens: datetime, closes: datetime, codes: tuple[str, ...] | None
) -> None:
    """Too soon for a notice, upside down, or ending after the person must present."""
    proposed = after_deferral(deferred(opens, closes), now=NOW, limits=LIMITS)
    if codes is None:
        assert isinstance(proposed, TakenOver)
    else:
        assert proposed == TakenBack(codes)


def test_without_a_hearing_nobody_is_sent_later() -> None:
    """Once none is scheduled a deferral ends in a cancellation."""
    off = deferred(NOW + 22 * HOUR, NOW + 24 * HOUR, a_hearing_notice(status="none-scheduled"))
    assert after_deferral(off, now=NOW, limits=LIMITS) == TakenBack(("none-scheduled",))


def test_only_a_deferral_that_stands_proposes() -> None:
    """Unanswered, accepted, revised, received or taken back: there is nothing to take over."""
    opens = NOW + 22 * HOUR
    for shared in (
        a_shared(),
        a_shared(a_notice(), an_acknowledgment()),
        deferred(opens, opens + HOUR, a_notice(revision=2)),
        deferred(opens, opens + HOUR, a_reception()),
        deferred(opens, opens + HOUR, a_cancellation()),
    ):
        assert after_deferral(shared, now=NOW, limits=LIMITS) is None


def test_a_moved_hearing_changes_the_hearing_alone() -> None:
    """The notice says the new date as the court has it, and whatever else it said before."""
    before, said = a_notice(), a_hearing_notice(salt="AAECAwQFBgcICQoLDA0OEA")
    after = with_hearing(before, said)
    assert {one.split("/")[1] for one in changed(before, after)} == {"hearing"}
    assert after.salt == said.salt
    assert a_shared(after).current_hearing == a_shared(before, said).current_hearing
