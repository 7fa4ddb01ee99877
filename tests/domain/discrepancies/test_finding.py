"""What is found at a time: by which rule, of what, since and until when, and when to look again."""

import pytest

from exchange.domain.discrepancies.finding import Scopes, find, find_ours
from exchange.domain.discrepancies.scopes import (
    Channel,
    Holder,
    OurRecord,
    Pair,
    Refused,
    Scope,
    Subject,
)
from exchange.domain.parties import HandoffId, Side
from exchange.domain.severity import Severity
from tests.builders import HANDOFF, NOW, a_departure, a_notice, an_acknowledgment
from tests.domain.discrepancies.scenes import (
    DAY,
    HOUR,
    MINUTE,
    a_family,
    a_record,
    tell,
    terms,
)

OTHER = HandoffId("0f9b3a52-6d0e-4f57-9a43-5d2c1be7a000")
GROUP = "7d0c9a55-2f0e-4f57-9a43-5d2c1be7b001"


@pytest.mark.parametrize(
    ("scopes", "subject"),
    [
        (Scopes(handoffs=(a_record(a_notice()),)), Subject(Scope.HANDOFF, HANDOFF)),
        (Scopes(families=(a_family(GROUP),)), Subject(Scope.FAMILY, GROUP)),
        (Scopes(channels=(Channel(Side.MX),)), Subject(Scope.CHANNEL, "mx")),
        (
            Scopes(messages=(Refused("m", Side.US, "grammar", None, NOW),)),
            Subject(Scope.MESSAGE, "m"),
        ),
        (
            Scopes(
                pairs=(
                    Pair(
                        Holder(tell(a_notice()), None),
                        Holder(tell(a_notice(), handoff=OTHER), None),
                    ),
                )
            ),
            Subject(Scope.PAIR, f"{OTHER} {HANDOFF}"),
        ),
    ],
)
def test_every_subject_that_was_looked_at_is_named(scopes: Scopes, subject: Subject) -> None:
    """Nothing found of it then means that nothing is wrong with it."""
    found = find(scopes, terms(), NOW)
    assert found.looked_at == {subject}
    assert [one for one in found.findings if one.rule != "R06"] == []
    assert found.whole == frozenset()


def test_a_finding_says_all_that_somebody_needs() -> None:
    """The rule, of what, how grave, whose, since when, by when, and whom it is about."""
    record = a_record(a_notice(), a_departure())
    (finding,) = [
        one for one in find(Scopes((record,)), terms(), NOW).findings if one.rule == "R01"
    ]
    assert finding._asdict() == {
        "rule": "R01",
        "subject": Subject(Scope.HANDOFF, HANDOFF),
        "severity": Severity.CRITICAL,
        "owner": Side.US,
        "since": NOW + MINUTE,
        "due_at": NOW + MINUTE + HOUR,
        "because": (),
        "handoffs": (HANDOFF,),
    }


def test_it_is_known_when_time_alone_changes_what_is_found() -> None:
    """The next moment of all rules, and none once nothing more can come of time."""
    record = a_record(a_notice(), an_acknowledgment(), a_departure())
    subject = Subject(Scope.HANDOFF, HANDOFF)
    seen, at = set(), NOW
    while (wake := find(Scopes((record,)), terms(), at).wakes.get(subject)) is not None:
        assert wake > at
        before = {one.rule for one in find(Scopes((record,)), terms(), at).findings}
        after = {one.rule for one in find(Scopes((record,)), terms(), wake).findings}
        seen |= after - before
        at = wake
    assert "R03" in seen
    assert find(Scopes((record,)), terms(), at + 365 * DAY).wakes == {}


def test_what_is_ours_alone_is_found_apart() -> None:
    """The rules of the United States have a door of their own: no other gives their findings."""
    found = find_ours([OurRecord(tell(a_notice()))], terms(), NOW)
    assert found.looked_at == {Subject(Scope.HANDOFF, HANDOFF)}
    assert found.findings == ()
    shared = find(Scopes((a_record(a_notice(), a_departure()),)), terms(), NOW)
    assert {one.rule[0] for one in shared.findings} == {"R"}
