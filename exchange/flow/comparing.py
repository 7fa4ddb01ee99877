"""
(10) The two sides find the exact messages by which what they stated of a day differs.

Who heard the messages begins. Each step is computed from the messages that we had when we
stated the day; in the end each side says what was found, and what the hearer lacks is sent
again as it was sealed (docs/protocol.md 10.11).
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from exchange.domain.messages.catalogue import MessageType
from exchange.domain.messages.comparison import Comparison as Said
from exchange.domain.messages.comparison import Result
from exchange.domain.parties import Side
from exchange.flow.clock import Entropy, fresh_salt
from exchange.flow.counting import Days
from exchange.flow.speaking import Spoken
from exchange.proof import comparing
from exchange.proof.bounds import End
from exchange.proof.comparing import Comparison, Outcome, Turn
from exchange.proof.encoding import b64u, unb64u
from exchange.proof.envelope import MessageId
from exchange.proof.ranges import Step, read_step, write_step
from exchange.proof.sets import Item, MessageSet
from exchange.store.columns import Direction
from exchange.store.comparisons import Compared, find_comparison
from exchange.store.days import OfDay
from exchange.store.engine import Connection
from exchange.store.stated import Stated, find_stated_as

NAMED_MAX = 256
CONFLICTS_MAX = 64
HELD_MAX = 2


@dataclass(frozen=True, slots=True)
class Moved:
    """
    A comparison that moved on: as it was stored, as it is, and what we say.

    *repaired* are the messages of ours that the other side lacks, once that is known.
    """

    before: Compared | None
    after: Compared
    said: tuple[Spoken, ...] = ()
    repaired: tuple[Item, ...] = ()


class Comparing:
    """Moves comparisons on, one step at a time; nothing is stored here."""

    def __init__(self, *, side: Side, kind: MessageType, days: Days, entropy: Entropy) -> None:
        self._side = side
        self._kind = kind
        self._days = days
        self._entropy = entropy

    def begin(self, connection: Connection, ours: Stated, theirs: bytes, now: datetime) -> Moved:
        """Return the comparison of what both stated, begun with its first step."""
        messages = self._days.read(connection, ours.of, as_of=ours.as_of)
        begun = _new(ours.of, ours.fingerprint, theirs, ours.as_of, now)
        return self._turned(None, begun, messages, comparing.begin(messages, theirs), now)

    def hear(
        self, connection: Connection, moved: Moved | None, said: Said, now: datetime
    ) -> Moved | None:
        """
        Return how the comparison stands once *said* was heard; None where that changes nothing.

        *moved* is how it stands by what was heard of it before, not stored yet.
        """
        ours, theirs = unb64u(said.theirs), unb64u(said.ours)
        of = self._of(said)
        if moved is None:
            before = stored = find_comparison(connection, of, ours=ours, theirs=theirs)
        else:
            before, stored = moved.before, moved.after
        if said.result is not None:
            heard = self._concluded(before, stored, said.result, now)
        elif said.step is not None:
            heard = self._answered(connection, before, stored, said, now)
        else:
            heard = None
        if heard is None or moved is None:
            return heard
        return replace(
            heard, said=moved.said + heard.said, repaired=moved.repaired + heard.repaired
        )

    def give_up(self, silent: Compared, now: datetime) -> Moved:
        """Return a comparison that the other side does not go on with, as it ends."""
        return self._ended(silent, silent, End.UNANSWERED, now)

    def _of(self, said: Said) -> OfDay:
        direction = Direction.SENT if said.speaker == self._side else Direction.RECEIVED
        return OfDay(datetime.fromisoformat(said.day).date(), direction)

    def _concluded(
        self, before: Compared | None, stored: Compared | None, result: Result, now: datetime
    ) -> Moved | None:
        """Keep what the other side says was found; why it has nothing ends it here too."""
        if stored is None or stored.their_result is not None:
            return None
        kept = replace(stored, their_result=result.model_dump_json(), moved_at=now)
        if stored.ended_at is not None or result.end is None:
            return Moved(before, kept)
        return self._ended(before, kept, End(result.end), now)

    def _answered(
        self,
        connection: Connection,
        before: Compared | None,
        stored: Compared | None,
        said: Said,
        now: datetime,
    ) -> Moved | None:
        """Answer a step; one that was answered before changes nothing."""
        asked = self._asked(connection, said, now) if stored is None else stored
        if isinstance(asked, Moved):
            return asked
        return self._moved_on(connection, before, asked, said, now)

    def _moved_on(
        self,
        connection: Connection,
        before: Compared | None,
        stored: Compared,
        said: Said,
        now: datetime,
    ) -> Moved | None:
        comparison = read_state(stored.state)
        if stored.ended_at is not None or said.number <= comparison.steps:
            return None
        if said.number != comparison.steps + 1 or said.step is None:
            return self._ended(before, stored, End.OUT_OF_ORDER, now)
        messages = self._days.read(connection, stored.of, as_of=stored.as_of)
        step = read_step(said.step.model_dump(mode="json"))
        return self._turned(
            before, stored, messages, comparing.answer(messages, comparison, step), now
        )

    def _asked(self, connection: Connection, said: Said, now: datetime) -> Compared | Moved:
        """Return a comparison that the other side begins, or its end where it may not."""
        ours, theirs, of = unb64u(said.theirs), unb64u(said.ours), self._of(said)
        stated = find_stated_as(connection, of, ours)
        if of.direction is Direction.RECEIVED or stated is None:
            end = End.NOT_ASKED if of.direction is Direction.RECEIVED else End.UNKNOWN_STATEMENT
            return self._ended(None, _new(of, ours, theirs, 0, now), end, now)
        return _new(of, ours, theirs, stated.as_of, now)

    def _turned(
        self,
        before: Compared | None,
        stored: Compared,
        messages: MessageSet,
        turn: Turn,
        now: datetime,
    ) -> Moved:
        comparison = turn.comparison
        after = replace(stored, state=write_state(comparison), moved_at=now)
        said: tuple[Spoken, ...] = ()
        if turn.step is not None:
            said = (self._say(after, comparison.steps, step=turn.step),)
        if not comparison.done:
            return Moved(before, after, said)
        found = comparing.outcome(messages, comparison)
        result = result_of(found)
        after = replace(after, ended_at=now, result=result.model_dump_json())
        said += (self._say(after, comparison.steps, result=result),)
        lacks = found.end is None and stored.direction is Direction.SENT
        return Moved(before, after, said, found.missing_there if lacks else ())

    def _ended(self, before: Compared | None, stored: Compared, end: End, now: datetime) -> Moved:
        result = result_of(Outcome(None, (), (), (), end))
        after = replace(stored, ended_at=now, moved_at=now, result=result.model_dump_json())
        said = self._say(after, read_state(stored.state).steps, result=result)
        return Moved(before, after, (said,))

    def _say(
        self, stands: Compared, number: int, step: Step | None = None, result: Result | None = None
    ) -> Spoken:
        speaker = self._side if stands.direction is Direction.SENT else self._side.other
        body = Said.model_validate(
            {
                "salt": fresh_salt(self._entropy),
                "day": stands.day.isoformat(),
                "speaker": speaker.value,
                "ours": b64u(stands.ours),
                "theirs": b64u(stands.theirs),
                "number": number,
                "says": "result" if step is None else "step",
                "step": None if step is None else write_step(step),
                "result": result,
            }
        )
        return Spoken.of(self._kind, body)


def _new(of: OfDay, ours: bytes, theirs: bytes, as_of: int, now: datetime) -> Compared:
    state = write_state(Comparison(theirs))
    return Compared(None, of.day, of.direction, ours, theirs, as_of, state, now, now)


def result_of(found: Outcome) -> Result:
    """Return what was found as it is said: of too many the first are named, all are counted."""
    conflicts = [
        {
            "jti": one.jti,
            "ours": [b64u(pld) for pld in one.ours[:HELD_MAX]],
            "theirs": [b64u(pld) for pld in one.theirs[:HELD_MAX]],
        }
        for one in found.conflicts[:CONFLICTS_MAX]
    ]
    return Result.model_validate(
        {
            "matched": found.matched,
            "missing_here": _named(found.missing_here[:NAMED_MAX]),
            "missing_here_count": len(found.missing_here),
            "missing_there": _named(found.missing_there[:NAMED_MAX]),
            "missing_there_count": len(found.missing_there),
            "conflicts": conflicts,
            "conflicts_count": len(found.conflicts),
            "end": found.end and found.end.value,
        }
    )


def mirrors(ours: Result, theirs: Result) -> bool:
    """Say whether the two results are what one comparison looks like from its two sides."""
    swapped = {
        "missing_here": theirs.missing_there,
        "missing_here_count": theirs.missing_there_count,
        "missing_there": theirs.missing_here,
        "missing_there_count": theirs.missing_here_count,
        "conflicts": tuple(
            one.model_copy(update={"ours": one.theirs, "theirs": one.ours})
            for one in theirs.conflicts
        ),
    }
    return theirs.model_copy(update=swapped) == ours


def write_state(comparison: Comparison) -> str:
    """Return where a comparison stands as JSON, from which it goes on."""
    return json.dumps(
        {
            "declared": b64u(comparison.declared),
            "sent": comparison.sent and write_step(comparison.sent),
            "steps": comparison.steps,
            "missing_here": _named(comparison.missing_here),
            "missing_there": _named(comparison.missing_there),
            "rest": comparison.rest,
            "done": comparison.done,
            "end": comparison.end,
        }
    )


def read_state(state: str) -> Comparison:
    """Return where a comparison stood."""
    kept = json.loads(state)
    return Comparison(
        declared=unb64u(kept["declared"]),
        sent=kept["sent"] and read_step(kept["sent"]),
        steps=kept["steps"],
        missing_here=_items(kept["missing_here"]),
        missing_there=_items(kept["missing_there"]),
        rest=kept["rest"],
        done=kept["done"],
        end=kept["end"] and End(kept["end"]),
    )


def _named(items: Sequence[Item]) -> list[dict[str, str]]:
    return [{"pld": b64u(item.pld), "jti": item.jti} for item in items]


def _items(named: Sequence[dict[str, Any]]) -> tuple[Item, ...]:
    return tuple(Item(unb64u(one["pld"]), MessageId(one["jti"])) for one in named)
