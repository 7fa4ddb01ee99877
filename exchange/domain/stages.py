"""
The stages of a handoff, and the one table of moves between them.

A stage is never stored: it is what the facts of a handoff amount to (``domain.shared``). This
table says which stage each thing said may lead to from each stage, and the code with which a
receiver answers. It is drawn in three parts, by who speaks; a test holds every move that the
facts make against it, and ``domain.drawing`` draws it for the manual.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum
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
    DEPARTED = "departed"  # the person crossed the line; Mexico has not said what it saw there
    RECEIVED = "received"  # the person is with the Mexican authority
    NOT_RECEIVED = "not-received"
    DOCUMENTED = "documented"  # Mexico gave the person a temporary document
    PRESENTED = "presented"  # the person came to the port for the hearing
    NOT_PRESENTED = "not-presented"  # the person had not come when the grace period ended
    CLOSED = "closed"  # the case has ended; nobody says why


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
    DEPARTURE = "departure"
    RECEPTION = "reception"
    NON_RECEPTION = "non-reception"
    VISA = "visa"
    VISA_CHANGE = "visa-change"
    HEARING = "hearing"
    DELIVERY = "delivery"
    VERIFICATION = "verification"
    CONFIRMATION = "confirmation"
    EXIT = "exit"
    PRESENTATION = "presentation"
    NON_PRESENTATION = "non-presentation"
    CLOSURE = "closure"
    CORRECTION = "correction"
    ALERT = "alert"

    @property
    def speaker(self) -> Side | None:
        """Who alone can do it; None where either can."""
        if self in _SAID_BY_EITHER:
            return None
        return Side.US if self in _SAID_BY_US else Side.MX


_SAID_BY_EITHER = frozenset({Act.CORRECTION, Act.ALERT})
_SAID_BY_US = frozenset(
    {
        Act.NOTICE,
        Act.CANCELLATION,
        Act.DEPARTURE,
        Act.HEARING,
        Act.CONFIRMATION,
        Act.PRESENTATION,
        Act.NON_PRESENTATION,
        Act.CLOSURE,
    },
)

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


BY_US = """\
              | notice | cancellation | departure  | presentation | non-presentation | closure
--------------+--------+--------------+------------+--------------+------------------+---------
unannounced   | open   | cancelled ?  | departed ? | presented ?  | not-presented ?  | closed ?
noticed       | open   | cancelled    | departed ! | presented !  | not-presented !  | closed
accepted      | open   | cancelled    | departed   | presented !  | not-presented !  | closed !
refused       | open   | cancelled    | departed ! | presented !  | not-presented !  | closed
deferred      | open   | cancelled    | departed ! | presented !  | not-presented !  | closed
cancelled     | = ~    | = ~          | departed ! | presented !  | not-presented !  | closed
departed      | = !    | = !          | = !        | presented !  | not-presented !  | closed !
received      | = !    | = !          | = ~        | presented    | not-presented    | closed
not-received  | = !    | = ~          | = ~        | presented !  | not-presented !  | closed
documented    | = !    | = !          | = ~        | presented    | not-presented    | closed
presented     | = !    | = !          | = !        | = !          | not-presented !  | closed
not-presented | = !    | = !          | = !        | presented    | = !              | closed
closed        | = !    | = !          | = !        | = !          | = !              | = !
"""

BY_MX = """\
              | answer   | reception  | non-reception  | visa
--------------+----------+------------+----------------+-------------
unannounced   | = ?      | received ? | not-received ? | documented ?
noticed       | answered | received ! | not-received   | documented !
accepted      | answered | received   | not-received   | documented !
refused       | answered | received ! | not-received   | documented !
deferred      | answered | received ! | not-received   | documented !
cancelled     | = ~      | received ! | not-received ! | documented !
departed      | = ~      | received   | not-received   | documented !
received      | = ~      | = !        | not-received ! | documented
not-received  | = ~      | received   | = !            | documented !
documented    | = ~      | =          | = !            | = !
presented     | = ~      | = ~        | = !            | = ~
not-presented | = ~      | = ~        | = !            | =
closed        | = ~      | = !        | = !            | = !
"""

NO_MOVE = """\
              | hearing | visa change | exit | said
--------------+---------+-------------+------+-----
unannounced   | = ?     | = ?         | = ?  | = ?
noticed       | =       | = !         | = !  | =
accepted      | =       | = !         | = !  | =
refused       | =       | = !         | = !  | =
deferred      | =       | = !         | = !  | =
cancelled     | = ~     | = !         | = !  | =
departed      | =       | = !         | = !  | =
received      | =       | = !         | =    | =
not-received  | =       | = !         | = !  | =
documented    | =       | =           | =    | =
presented     | =       | =           | =    | =
not-presented | =       | =           | =    | =
closed        | = !     | =           | =    | =
"""

_CODE_OF_MARK = {"": None, "?": UNKNOWN_SUBJECT, "~": SUPERSEDED, "!": OUT_OF_PLACE}

_ANSWERED = {
    Act.ACCEPTANCE: Stage.ACCEPTED,
    Act.REFUSAL: Stage.REFUSED,
    Act.DEFERRAL: Stage.DEFERRED,
}

_ACTS: Mapping[str, tuple[Act, ...]] = MappingProxyType(
    {
        "answer": tuple(_ANSWERED),
        "visa change": (Act.VISA_CHANGE,),
        "said": (Act.DELIVERY, Act.VERIFICATION, Act.CONFIRMATION, Act.CORRECTION, Act.ALERT),
    },
)
"""The acts of a column; that of any other column is the one it names."""


def _moves() -> Iterator[Move]:
    for table in (BY_US, BY_MX, NO_MOVE):
        head, _, *lines = table.splitlines()
        columns = [column.strip() for column in head.split("|")[1:]]
        for line in lines:
            name, *cells = (cell.strip() for cell in line.split("|"))
            for column, cell in zip(columns, cells, strict=True):
                for act in _ACTS.get(column) or (Act(column),):
                    yield from _moves_of(cell, Stage(name), act)


def _moves_of(cell: str, stage: Stage, act: Act) -> Iterator[Move]:
    word, _, mark = cell.partition(" ")
    for to in _targets(word, stage, act):
        yield Move(stage, act, to, _CODE_OF_MARK[mark])
    if word == "answered" and stage is not Stage.NOTICED:
        yield Move(stage, act, Stage.NOTICED, OUT_OF_PLACE)


def _targets(word: str, stage: Stage, act: Act) -> tuple[Stage, ...]:
    match word:
        case "=":
            return (stage,)
        case "open":
            return (Stage.NOTICED, *_ANSWERED.values())
        case "answered":
            return (_ANSWERED[act],)
        case _:
            return (Stage(word),)


MOVES: tuple[Move, ...] = tuple(_moves())
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
