"""What ports and officials were told must stay true: one function each, with its sentence."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from exchange.domain.alarms import AlarmKind
from exchange.domain.causes import OVER_THE_LINE
from exchange.domain.handoff import Stage
from exchange.domain.messages.catalogue import by_schema
from exchange.errors import Departed
from exchange.store.columns import Direction
from tests.sim.evidence import Finished
from tests.sim.history import Operation, Outcome
from tests.sim.ports import CANCELLATION, DECISION, HOLD

CONFLICT = 409


def nothing_is_lost(run: Finished) -> Iterator[str]:
    """Every decision that a port was told is taken was noticed to the partner, or withdrawn."""
    noticed = {row["handoff"] for row in run.mx.rows("handoffs")}
    rows = {row["handoff"]: row for row in run.us.rows("handoffs")}
    for decision, operation in run.history.accepted(DECISION).items():
        handoff = operation.answer["handoff"]
        if handoff not in rows:
            yield f"decision {decision} was taken as {handoff}, of which nothing is stored"
        elif handoff not in noticed and rows[handoff]["local_stage"] != "withdrawn":
            yield f"handoff {handoff} never came to the partner"


def every_answer_is_said_once(run: Finished) -> Iterator[str]:
    """What an official was told is recorded came to the other side, once, and nothing else did."""
    told: dict[tuple[str, str], set[str | None]] = defaultdict(set)
    for one in run.history.operations:
        if one.kind in (DECISION, CANCELLATION, HOLD):
            continue
        if one.outcome is Outcome.OK:
            told[one.subject, one.kind].add(one.key)
    came: Counter[tuple[str, str]] = Counter()
    for entry in run.us.messages(Direction.RECEIVED):
        if entry.handoff is None:  # what a side says by itself no official was told
            continue
        kind = by_schema(entry.schema or "")
        came[run.us.name_of(entry.handoff), kind.name if kind else ""] += 1
    for act in told.keys() | came.keys():
        if len(told[act]) != came[act]:
            yield f"{act}: told {len(told[act])} times, came {came[act]} times"


def intake_is_whole(run: Finished) -> Iterator[str]:
    """A decision, its handoff, its key, its journal entry and what is said of it: all or none."""
    held = run.us
    keys = {row["handoff"] for row in held.rows("data_keys")}
    journaled = {row["handoff"] for row in held.rows("journal")}
    spoken = {one.handoff for one in held.messages(Direction.SENT)}
    waiting = {row["handoff"] for row in held.rows("outbox")}
    decided = {row["handoff"] for row in held.rows("decisions") if row["outcome"] == "cleared"}
    for row in held.rows("handoffs"):
        number = row["number"]
        parts = {
            "a decision": number in decided,
            "a key": number in keys,
            "a journal entry": number in journaled,
            "a message": number in spoken | waiting or row["local_stage"] == "withdrawn",
        }
        for part, is_there in parts.items():
            if not is_there:
                yield f"handoff {row['handoff']} has not {part}"


def the_same_key_gets_the_same_answer(run: Finished) -> Iterator[str]:
    """One ``Idempotency-Key`` with one body has one answer; with another body it is a 409."""
    by_key: dict[tuple[str, str | None], list[Operation]] = defaultdict(list)
    for one in run.history.operations:
        if one.is_definite and one.key is not None:
            by_key[one.actor, one.key].append(one)
    for (_, key), operations in by_key.items():
        first = operations[0]
        for one in operations[1:]:
            if one.document == first.document and _told(one) != _told(first):
                yield f"{key}: {_told(first)}, then {_told(one)}"
            elif one.document != first.document and one.status != CONFLICT:
                yield f"{key} with another body was answered {one.status}"


def _told(operation: Operation) -> tuple[int | None, dict[str, Any]]:
    return operation.status, operation.answer


def one_decision_has_one_answer(run: Finished) -> Iterator[str]:
    """A ``decision_id`` is one decision: the same again is answered the same, another is a 409."""
    by_decision: dict[str, list[Operation]] = defaultdict(list)
    for one in run.history.of(DECISION):
        if one.is_definite:
            by_decision[one.subject].append(one)
    for decision, operations in by_decision.items():
        taken = [one for one in operations if one.outcome is Outcome.OK]
        if len({one.answer["handoff"] for one in taken}) > 1:
            yield f"{decision} became several handoffs"
        if len({repr(one.document) for one in taken}) > 1:
            yield f"{decision} was taken with two contents"


def withheld_is_answered_so(run: Finished) -> Iterator[str]:
    """Whoever is to be withheld is withheld, each time, and nobody else is."""
    withheld = {one.decision_id for one in run.errands if one.kind == "withheld"}
    for one in run.history.of(DECISION):
        is_withheld = one.answer.get("code") == "withheld"
        if one.is_definite and is_withheld is not (one.subject in withheld):
            yield f"{one.subject} was answered {one.status} {one.answer.get('code')}"


def what_was_taken_back_stays_back(run: Finished) -> Iterator[str]:
    """A cancellation that a port was told of is told to the partner, or nobody ever knew."""
    known = {row["handoff"]: row["stage"] for row in run.mx.rows("handoffs")}
    for handoff, operation in run.history.accepted(CANCELLATION).items():
        if not operation.answer["told"] and handoff in known:
            yield f"{handoff} was withdrawn before notice, and the partner knows of it"
        if operation.answer["told"] and known.get(handoff) not in AFTER_CANCELLATION:
            yield f"{handoff} was cancelled and is {known.get(handoff)}"


def who_is_held_goes_nowhere(run: Finished) -> Iterator[str]:
    """
    Who is held stays held, is taken back or was over the line, and the cause is said to nobody.

    Where it came too late the port was told so and the alarm stands.
    """
    rows = {row["handoff"]: row for row in run.us.rows("handoffs")}
    known = {row["handoff"]: row["stage"] for row in run.mx.rows("handoffs")}
    recalled = {row["subject"] for row in run.us.rows("alarms") if row["kind"] == AlarmKind.RECALL}
    for one in run.history.of(HOLD):
        if one.outcome is Outcome.UNKNOWN:
            continue  # nobody was told anything: it is asked again
        row, said = rows[one.subject], one.answer.get("code")
        if one.outcome is not Outcome.OK and said != Departed.code:
            yield f"{one.subject} was to be held: {one.status} {said}"
            continue
        if row["holds"] != (one.document["cause"],):
            yield f"{one.subject} is held for {row['holds']}"
        if known.get(one.subject, Stage.CANCELLED) not in AFTER_CANCELLATION:
            yield f"{one.subject} is held and {known[one.subject]}"
        over = row["stage"] in OVER_THE_LINE
        if over != (one.subject in recalled):
            yield f"{one.subject} is held and {row['stage']}, recalled: {not over}"


AFTER_CANCELLATION = {"cancelled", "received", "not-received", "documented"}
