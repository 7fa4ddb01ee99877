"""The table of alarms: every kind has its row, and docs/alarms.md shows it as it is."""

from pathlib import Path
from string import Template

import pytest

from exchange.domain.alarms import (
    ACTORS,
    ALARMS,
    CRITICAL,
    SEVERITIES,
    TOLD,
    Actor,
    AlarmKind,
    Severity,
)
from exchange.domain.deadlines import DEADLINES
from exchange.errors import Language

DOCUMENT = Path(__file__).parents[2] / "docs/alarms.md"
_ROW = Template("| `$kind` | $severity | $acts | $about | $means | $ends |")


def drawn(language: Language) -> str:
    """Return the rows of the table as the document has them in one language."""
    return "\n".join(
        _ROW.substitute(
            kind=kind.value,
            severity=SEVERITIES[rule.severity].spoken(language),
            acts=ACTORS[rule.acts].spoken(language),
            about=rule.about.spoken(language),
            means=rule.means.spoken(language),
            ends=rule.ends.spoken(language),
        )
        for kind, rule in ALARMS.items()
    )


def test_every_kind_has_its_row() -> None:
    """No alarm is without severity, who acts, and what ends it; words are there for each."""
    assert set(ALARMS) == set(AlarmKind)
    assert set(SEVERITIES) == set(Severity)
    assert set(ACTORS) == set(Actor)


def test_the_gravest_stand_first() -> None:
    """The table reads in the order in which somebody must act."""
    order = list(Severity)
    weights = [order.index(rule.severity) for rule in ALARMS.values()]
    assert weights == sorted(weights)
    assert {kind for kind in ALARMS if ALARMS[kind].severity is Severity.CRITICAL} == CRITICAL


def test_every_deadline_has_its_alarm() -> None:
    """What may be overdue is alarmed under the deadline's own name."""
    for deadline in DEADLINES:
        assert ALARMS[AlarmKind(f"{deadline.name}-overdue")].acts is Actor.OFFICIAL


def test_what_an_official_acts_on_is_about_a_handoff() -> None:
    """Whoever sees the handoff sees its alarms; what is about no handoff is the operator's."""
    for rule in ALARMS.values():
        assert rule.of_a_handoff == (rule.acts is Actor.OFFICIAL)


def test_somebody_is_told_of_every_alarm_but_that_nobody_can_be() -> None:
    """Each kind stands under its severity, once; the webhook's own trouble under none."""
    told = [kind for severity in Severity for kind in TOLD[severity]]
    assert sorted(told) == sorted(set(AlarmKind) - {AlarmKind.DUTY_NOT_TOLD})
    assert all(
        ALARMS[kind].severity is severity for severity in Severity for kind in TOLD[severity]
    )


def test_only_a_call_for_help_is_over_once_somebody_has_it() -> None:
    """Of what a person ends; whatever has a cause that lasts stays open, taken up or not."""
    over = [kind for kind, rule in ALARMS.items() if rule.ends_acknowledged]
    assert over == [AlarmKind.WELFARE_ALERT]
    assert ALARMS[AlarmKind.WELFARE_ALERT].closed_by_person


def test_every_sentence_is_in_both_languages() -> None:
    """No row says in Spanish what it says in English."""
    for rule in ALARMS.values():
        assert rule.means.es != rule.means.en
        assert rule.ends.es != rule.ends.en


def test_what_a_person_ends_says_so() -> None:
    """Where a person may close an alarm its row tells them."""
    for rule in ALARMS.values():
        assert rule.closed_by_person == ("person" in rule.ends.en)
        assert rule.closed_by_person == ("persona" in rule.ends.es)


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_document_shows_the_table(language: Language) -> None:
    """docs/alarms.md has every row as the program has it."""
    assert drawn(language) in DOCUMENT.read_text(encoding="utf-8")
