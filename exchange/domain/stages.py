"""
The stages of a handoff, and the one table of moves between them.

A stage is never stored: it is what the facts of a handoff amount to (``domain.handoff``). This
table says which stage each thing said may lead to from each stage, and the code with which a
receiver answers. A test holds every move that the facts make against it, and
``draw_stages`` draws it for the manual.
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


_TABLE = """\
             | notice | cancellation | answer   | reception  | non-reception  | visa
-------------+--------+--------------+----------+------------+----------------+-------------
unannounced  | open   | cancelled ?  | = ?      | received ? | not-received ? | documented ?
noticed      | open   | cancelled    | answered | received ! | not-received   | documented !
accepted     | open   | cancelled    | answered | received   | not-received   | documented !
refused      | open   | cancelled    | answered | received ! | not-received   | documented !
deferred     | open   | cancelled    | answered | received ! | not-received   | documented !
cancelled    | = ~    | = ~          | = ~      | received ! | not-received ! | documented !
received     | = !    | = !          | = ~      | = !        | not-received ! | documented
not-received | = !    | = ~          | = ~      | received   | = !            | documented !
documented   | = !    | = !          | = ~      | =          | = !            | = !
"""

_LEGEND = """\
Notice and cancellation are said by the United States, the rest by Mexico.

=         the stage stays as it is
open      noticed; or what an answer says that came before the revision it answers
answered  accepted, refused or deferred, as the answer to the current revision says; an answer
          to an earlier revision changes nothing (superseded), one to a revision not yet
          announced leads back to noticed (out-of-place)

?  unknown-subject: the notice has not come
~  superseded: something newer or stronger stands
!  out-of-place: it counts, and a person must look
   The same thing said again is answered with repeat and changes nothing.

On the US side only, before anything is said: drafted, which sealing makes noticed, and which
a withdrawal makes withdrawn; of that nothing is ever sent.
"""

_CODE_OF_MARK = {"": None, "?": UNKNOWN_SUBJECT, "~": SUPERSEDED, "!": OUT_OF_PLACE}

_ANSWERED = {
    Act.ACCEPTANCE: Stage.ACCEPTED,
    Act.REFUSAL: Stage.REFUSED,
    Act.DEFERRAL: Stage.DEFERRED,
}

_COLUMNS: tuple[tuple[Act, ...], ...] = (
    (Act.NOTICE,),
    (Act.CANCELLATION,),
    tuple(_ANSWERED),
    (Act.RECEPTION,),
    (Act.NON_RECEPTION,),
    (Act.VISA,),
)


def _moves() -> Iterator[Move]:
    for line in _TABLE.splitlines()[2:]:
        name, *cells = (cell.strip() for cell in line.split("|"))
        for acts, cell in zip(_COLUMNS, cells, strict=True):
            word, _, mark = cell.partition(" ")
            for act in acts:
                for to in _targets(word, Stage(name), act):
                    yield Move(Stage(name), act, to, _CODE_OF_MARK[mark])
                if word == "answered" and name != Stage.NOTICED:
                    yield Move(Stage(name), act, Stage.NOTICED, OUT_OF_PLACE)


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


def draw_stages() -> str:
    """Return the table of moves as it stands above, with its legend, for the manual."""
    return f"{_TABLE}\n{_LEGEND}"
