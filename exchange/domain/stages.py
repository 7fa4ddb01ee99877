"""
The stages of a handoff, and the one table of moves between them.

A stage is never stored: it is what the facts of a handoff amount to (``domain.handoff``). This
table says which stage each thing said may lead to from each stage, and the code with which a
receiver answers. A test holds every move that the facts make against it, and
``draw_stages`` draws it for the manual.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from itertools import groupby
from types import MappingProxyType
from typing import NamedTuple

from exchange.domain.parties import Side


class Stage(StrEnum):
    """Where a handoff is, as both sides know it."""

    UNANNOUNCED = "unannounced"  # something was said about it, but its notice has not come
    NOTICED = "noticed"  # the US announced it; Mexico has not answered this revision
    ACCEPTED = "accepted"
    REFUSED = "refused"
    DEFERRED = "deferred"
    CANCELLED = "cancelled"  # the US took it back
    RECEIVED = "received"  # the person is with the Mexican authority
    NOT_RECEIVED = "not-received"
    DOCUMENTED = "documented"  # Mexico gave the person a temporary document


class LocalStage(StrEnum):
    """Where a handoff is on the US side before anything was said; never shared."""

    DRAFTED = "drafted"  # its notice waits unsealed in the outbox
    WITHDRAWN = "withdrawn"  # the draft vanished before it was sealed: nobody ever knew


class Act(StrEnum):
    """What one message does to a handoff."""

    NOTICE = "notice"
    CANCELLATION = "cancellation"
    ACCEPTANCE = "acceptance"
    REFUSAL = "refusal"
    DEFERRAL = "deferral"
    RECEPTION = "reception"
    NON_RECEPTION = "non-reception"
    VISA = "visa"

    @property
    def speaker(self) -> Side:
        """Who alone can do it."""
        return Side.US if self in (Act.NOTICE, Act.CANCELLATION) else Side.MX


SUPERSEDED = "superseded"
UNKNOWN_SUBJECT = "unknown-subject"
OUT_OF_PLACE = "out-of-place"
REPEAT = "repeat"


class Move(NamedTuple):
    """One row: in *stage*, *act* leads *to* a stage and is answered with *code*."""

    stage: Stage
    act: Act
    to: Stage
    code: str | None


_ANSWERS = {
    Act.ACCEPTANCE: Stage.ACCEPTED,
    Act.REFUSAL: Stage.REFUSED,
    Act.DEFERRAL: Stage.DEFERRED,
}
_ANSWERED = tuple(_ANSWERS.values())
_OPEN = (Stage.NOTICED, *_ANSWERED)


def _moves() -> Iterator[Move]:
    S, A = Stage, Act  # noqa: N806 - the table reads better with short names
    yield from _notice_moves()
    # The cancellation may overtake its notice, and it is final until a person stands there.
    yield Move(S.UNANNOUNCED, A.CANCELLATION, S.CANCELLED, UNKNOWN_SUBJECT)
    yield from (Move(stage, A.CANCELLATION, S.CANCELLED, None) for stage in _OPEN)
    yield Move(S.CANCELLED, A.CANCELLATION, S.CANCELLED, SUPERSEDED)
    yield Move(S.NOT_RECEIVED, A.CANCELLATION, S.NOT_RECEIVED, SUPERSEDED)
    yield Move(S.RECEIVED, A.CANCELLATION, S.RECEIVED, OUT_OF_PLACE)
    yield Move(S.DOCUMENTED, A.CANCELLATION, S.DOCUMENTED, OUT_OF_PLACE)
    # An answer counts for the current revision, until the handoff is over one way or another.
    for act, answered in _ANSWERS.items():
        yield Move(S.UNANNOUNCED, act, S.UNANNOUNCED, UNKNOWN_SUBJECT)
        yield from (Move(stage, act, answered, None) for stage in _OPEN)
        yield from (
            Move(stage, act, stage, SUPERSEDED)
            for stage in (S.CANCELLED, S.RECEIVED, S.NOT_RECEIVED, S.DOCUMENTED)
        )
        # An answer to a revision not announced yet takes the place of the one that stood.
        yield from (Move(stage, act, S.NOTICED, OUT_OF_PLACE) for stage in _ANSWERED)
    # What was seen at the line wins over what was said before it.
    yield Move(S.UNANNOUNCED, A.RECEPTION, S.RECEIVED, UNKNOWN_SUBJECT)
    yield Move(S.ACCEPTED, A.RECEPTION, S.RECEIVED, None)
    yield Move(S.NOT_RECEIVED, A.RECEPTION, S.RECEIVED, None)
    for stage in (S.NOTICED, S.REFUSED, S.DEFERRED, S.CANCELLED):
        yield Move(stage, A.RECEPTION, S.RECEIVED, OUT_OF_PLACE)
    yield Move(S.RECEIVED, A.RECEPTION, S.RECEIVED, OUT_OF_PLACE)
    yield Move(S.DOCUMENTED, A.RECEPTION, S.DOCUMENTED, None)
    yield Move(S.UNANNOUNCED, A.NON_RECEPTION, S.NOT_RECEIVED, UNKNOWN_SUBJECT)
    yield from (Move(stage, A.NON_RECEPTION, S.NOT_RECEIVED, None) for stage in _OPEN)
    for stage in (S.CANCELLED, S.RECEIVED, S.NOT_RECEIVED):
        yield Move(stage, A.NON_RECEPTION, S.NOT_RECEIVED, OUT_OF_PLACE)
    yield Move(S.DOCUMENTED, A.NON_RECEPTION, S.DOCUMENTED, OUT_OF_PLACE)
    # A document is proof that the person is there.
    yield Move(S.UNANNOUNCED, A.VISA, S.DOCUMENTED, UNKNOWN_SUBJECT)
    yield Move(S.RECEIVED, A.VISA, S.DOCUMENTED, None)
    for stage in (*_OPEN, S.CANCELLED, S.NOT_RECEIVED, S.DOCUMENTED):
        yield Move(stage, A.VISA, S.DOCUMENTED, OUT_OF_PLACE)


def _notice_moves() -> Iterator[Move]:
    # The answer to a revision may have come before it.
    for stage in (Stage.UNANNOUNCED, *_OPEN):
        yield from (Move(stage, Act.NOTICE, to, None) for to in _OPEN)
    yield Move(Stage.CANCELLED, Act.NOTICE, Stage.CANCELLED, SUPERSEDED)
    for stage in (Stage.RECEIVED, Stage.NOT_RECEIVED, Stage.DOCUMENTED):
        yield Move(stage, Act.NOTICE, stage, OUT_OF_PLACE)


MOVES: tuple[Move, ...] = tuple(sorted(_moves(), key=lambda move: list(Stage).index(move.stage)))
"""
Every stage and every act. Where an act has several rows in a stage, the first is what it does
on its own; the others depend on what came before it.
"""

_CODES: Mapping[tuple[Stage, Act], str | None] = MappingProxyType(
    {(move.stage, move.act): move.code for move in reversed(MOVES)},
)


def code_of(stage: Stage, act: Act) -> str | None:
    """Return the code with which *act* is answered in *stage*; None where it is in place."""
    return _CODES[stage, act]


def is_in_place(stage: Stage, act: Act) -> bool:
    """Say whether *act* is foreseen in *stage*: what an official may do, and a port ask for."""
    return code_of(stage, act) is None


def draw_stages() -> str:
    """Return the table of moves as text, for the manual."""
    lines = ["drafted (US only)", "  us seals the notice       -> noticed"]
    lines += ["  us withdraws the draft    -> withdrawn (US only)"]
    for stage, moves in groupby(MOVES, key=lambda move: move.stage):
        lines.append(str(stage))
        for act, rows in groupby(moves, key=lambda move: (move.act, move.code)):
            to = " | ".join(dict.fromkeys(str(row.to) for row in rows))
            code = f"  ({act[1]})" if act[1] else ""
            lines.append(f"  {act[0].speaker} {act[0]:<22} -> {to}{code}")
    return "\n".join(lines) + "\n"
