"""What there is to do on a day: each thing once, for as long as it waits."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from exchange.domain.handoff import SharedHandoff, Stage
from exchange.domain.limits import Limits
from exchange.domain.messages.body import Body
from exchange.domain.worklist import TASKS, Day, TaskKind, latest_due, tasks_of
from exchange.errors import Language
from tests.builders import (
    a_departure,
    a_hearing_delivery,
    a_hearing_notice,
    a_notice,
    a_reception,
    a_shared,
    a_visa_change,
    a_visa_issuance,
    an_acknowledgment,
)

DOCUMENT = Path(__file__).parents[2] / "docs/receiving.md"
LIMITS = Limits()
DAY = timedelta(days=1)
WINDOW_DAY = Day(datetime(2031, 3, 18, 7, tzinfo=UTC), datetime(2031, 3, 19, 7, tzinfo=UTC))
DAY_BEFORE = Day(WINDOW_DAY.begins - DAY, WINDOW_DAY.begins)
DAY_AFTER = Day(WINDOW_DAY.ends, WINDOW_DAY.ends + DAY)
WEEKS_BEFORE_HEARING = Day(
    datetime(2031, 4, 22, 7, tzinfo=UTC), datetime(2031, 4, 23, 7, tzinfo=UTC)
)

ACCEPTED = (a_notice(), an_acknowledgment())
RECEIVED = (*ACCEPTED, a_reception())
DOCUMENTED = (*RECEIVED, a_visa_issuance(valid_until="2031-07-16"))


def kinds(shared: SharedHandoff, on: Day, ahead: Stage | None = None) -> list[str]:
    """Return the tasks of a handoff on a day, by name."""
    return [task.kind.value for task in tasks_of(shared, ahead or shared.stage, on, LIMITS)]


@pytest.mark.parametrize(
    ("bodies", "task"),
    [
        ((a_notice(),), ["to-answer"]),
        (ACCEPTED, ["expected"]),
        ((*ACCEPTED, a_departure()), ["at-the-line"]),
        (RECEIVED, ["document-to-issue"]),
        (DOCUMENTED, []),
        ((*DOCUMENTED, a_hearing_notice()), ["date-to-deliver"]),
        ((*RECEIVED, a_hearing_notice()), ["document-to-issue", "date-to-deliver"]),
        ((*DOCUMENTED, a_hearing_notice(), a_hearing_delivery(version=2)), []),
        ((a_notice(), an_acknowledgment(answer="refused")), []),
        ((a_notice(), an_acknowledgment(answer="deferred")), []),
        ((*ACCEPTED, a_reception(outcome="not-received")), []),
    ],
)
def test_each_stage_has_its_tasks(bodies: tuple[Body, ...], task: list[str]) -> None:
    """On the day of the window there is to do what the handoff then waits for, and no more."""
    assert kinds(a_shared(*bodies), WINDOW_DAY) == task


@pytest.mark.parametrize(
    ("bodies", "before", "after"),
    [
        ((a_notice(),), ["to-answer"], ["to-answer"]),
        (ACCEPTED, [], ["expected"]),
        ((*ACCEPTED, a_departure()), [], ["at-the-line"]),
        (RECEIVED, ["document-to-issue"], ["document-to-issue"]),
    ],
)
def test_what_is_undone_goes_on(
    bodies: tuple[Body, ...], before: list[str], after: list[str]
) -> None:
    """An answer is due the day that the notice came; what a day leaves undone is the next day's."""
    shared = a_shared(*bodies)
    assert kinds(shared, DAY_BEFORE) == before
    assert kinds(shared, DAY_AFTER) == after


def test_a_document_that_ends_too_soon_is_extended_in_time() -> None:
    """Two weeks before the presentation the document must outlast it, and not before that."""
    short = a_shared(*RECEIVED, a_visa_issuance(valid_until="2031-05-10"))
    assert kinds(short, WINDOW_DAY) == []
    assert kinds(short, WEEKS_BEFORE_HEARING) == ["document-to-extend"]
    extended = a_shared(*RECEIVED, a_visa_issuance(valid_until="2031-05-10"), a_visa_change())
    assert kinds(extended, WEEKS_BEFORE_HEARING) == []


def test_nobody_is_asked_for_what_waits_to_be_sent() -> None:
    """An answer that is stored counts as given before the partner has it."""
    assert kinds(a_shared(a_notice()), WINDOW_DAY, Stage.ACCEPTED) == []
    assert kinds(a_shared(*RECEIVED), WINDOW_DAY, Stage.DOCUMENTED) == []


def test_a_handoff_of_which_no_notice_came_asks_nothing() -> None:
    """What was seen at the line without a notice is for others to look into, but for the paper."""
    assert kinds(a_shared(a_reception()), WINDOW_DAY) == ["document-to-issue"]


@pytest.mark.parametrize(
    ("opens", "closes", "days"),
    [
        ("2031-03-19T05:00:00Z", "2031-03-19T06:30:00Z", [WINDOW_DAY, DAY_AFTER]),
        ("2031-03-18T07:00:00Z", "2031-03-19T06:00:00Z", [WINDOW_DAY, DAY_AFTER]),
        ("2031-03-18T06:59:59Z", "2031-03-19T05:00:00Z", [DAY_BEFORE, DAY_AFTER]),
        ("2031-03-18T06:59:59Z", "2031-03-19T04:59:59Z", [DAY_BEFORE, WINDOW_DAY, DAY_AFTER]),
    ],
)
def test_a_window_belongs_to_the_day_on_which_it_opens(
    opens: str, closes: str, days: list[Day]
) -> None:
    """From its first second until just before its end; a task past its time, to every day after."""
    notice = a_notice(return__window={"from": opens, "to": closes})
    shared = a_shared(notice, an_acknowledgment())
    asked = [one for one in (DAY_BEFORE, WINDOW_DAY, DAY_AFTER) if kinds(shared, one)]
    assert asked == days


@pytest.mark.parametrize("limit", ["visa_seconds", "delivery_seconds", "reception_seconds"])
def test_a_day_looks_ahead_by_the_longest_limit_and_a_window(limit: str) -> None:
    """Whichever of the three is the longest, and a day more for the window itself."""
    longest = Limits.model_validate({limit: 30 * 86_400})
    assert latest_due(WINDOW_DAY, longest) == WINDOW_DAY.ends + 31 * DAY


def test_a_day_looks_ahead_far_enough() -> None:
    """Every deadline of a task of the day lies before the time up to which is looked."""
    for bodies in (RECEIVED, (*DOCUMENTED, a_hearing_notice()), ACCEPTED):
        (task,) = tasks_of(a_shared(*bodies), a_shared(*bodies).stage, WINDOW_DAY, LIMITS)
        assert task.due_at < latest_due(WINDOW_DAY, LIMITS)


def test_every_task_says_in_words_what_is_to_be_done() -> None:
    """Each kind has its sentence in both languages, in the order of a day."""
    assert list(TASKS) == list(TaskKind)
    assert all(says.es and says.en != says.es for says in TASKS.values())


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_document_shows_every_task(language: Language) -> None:
    """docs/receiving.md has each task with its words, in the order of a day."""
    rows = (f"| `{kind}` | {says.spoken(language)} |" for kind, says in TASKS.items())
    assert "\n".join(rows) in DOCUMENT.read_text(encoding="utf-8")
