"""
A family crosses whole or not at all: what is missing, who goes where with whom, what a split is.

The group is what its members' notices say. Nothing here reads more of a person than a birth
date. A child born meanwhile is a person without a decision and without a notice: nobody of the
family crosses before there is one.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import NamedTuple

from exchange.domain.handoff import SharedHandoff, Stage
from exchange.domain.parties import HandoffId
from exchange.domain.person import youngest_age
from exchange.errors import Fault, Invalid, Sentence

ADULT_YEARS = 18
MEMBER_HELD = "member-held"

GAPS: Mapping[str, Sentence] = MappingProxyType(
    {
        "size-differs": Sentence(
            "The notices of the family do not declare one group of one size.",
            "Los avisos de la familia no declaran un mismo grupo de un mismo tamaño.",
        ),
        "member-missing": Sentence(
            "The family has fewer notices than the size that they declare.",
            "La familia tiene menos avisos que el tamaño que declaran.",
        ),
        "member-unforeseen": Sentence(
            "The family has more notices than the size that they declare.",
            "La familia tiene más avisos que el tamaño que declaran.",
        ),
        "place-differs": Sentence(
            "The family is not announced at one port and one receiving point.",
            "La familia no está avisada en un mismo puerto y un mismo punto de recepción.",
        ),
        "window-differs": Sentence(
            "The family is not announced for one window.",
            "La familia no está avisada para una misma ventana.",
        ),
        "hearing-day-differs": Sentence(
            "The family's hearings are not on one day.",
            "Las audiencias de la familia no son en un mismo día.",
        ),
        MEMBER_HELD: Sentence(
            "Somebody of the family is held.",
            "Alguien de la familia está retenido.",
        ),
        "member-not-accepted": Sentence(
            "Mexico has not accepted everybody of the family, or has seen somebody not come.",
            "México no ha aceptado a toda la familia, o no vio llegar a alguien.",
        ),
        "person-without-decision": Sentence(
            "More people stand here than the family has notices: a newborn needs a decision too.",
            "Hay aquí más personas que avisos de la familia: un recién nacido también requiere "
            "una decisión.",
        ),
        "person-absent": Sentence(
            "Fewer people stand here than the family has notices.",
            "Hay aquí menos personas que avisos de la familia.",
        ),
    },
)
"""What may be missing for a family to cross, in the order in which it is looked for."""

_READY = frozenset({Stage.ACCEPTED, Stage.DEPARTED, Stage.RECEIVED, Stage.DOCUMENTED})


class Member(NamedTuple):
    """
    One person's handoff, and whether we hold it: the second is never said.

    *ahead* is the stage to which what we have still to say will lead; None where nothing waits.
    """

    shared: SharedHandoff
    held: bool = False
    ahead: Stage | None = None


class Group(NamedTuple):
    """
    The handoffs whose notices name one family, as many as are known.

    *counted* is how many of the family an officer sees, those who have crossed among them; None
    where nobody has counted.
    """

    members: tuple[Member, ...]
    counted: int | None = None


class Crossing(NamedTuple):
    """Where and when somebody is to cross."""

    port: str | None
    receiving_point: str | None
    opens: datetime | None
    closes: datetime | None


class Relative(NamedTuple):
    """
    One of a family who has not crossed, as a split sees them.

    *born* is None where no notice says it: whoever may be a child is one. *announced* where a
    notice may follow; without, only a new handoff brings them to the line.
    """

    born: str | None
    announced: bool = True


class Part(NamedTuple):
    """
    One side of a split: a new group of its own size, or a person who is no family alone.

    Its *members* are those who are announced, or where nobody is those who need a new handoff;
    *apart* are the others, of whom no group is made.
    """

    group: str | None
    size: int
    members: frozenset[HandoffId]
    apart: frozenset[HandoffId] = frozenset()


def gaps(group: Group) -> tuple[str, ...]:
    """Return everything that is missing for the family to cross; nothing when it is complete."""
    found = set(_gaps(group))
    return tuple(name for name in GAPS if name in found)


def _gaps(group: Group) -> Iterator[str]:
    known = [member.shared for member in group.members]
    distinct = len({shared.handoff for shared in known})
    declared = {
        (notice.family_group, notice.family_size or 1) for one in known if (notice := one.notice)
    }
    if len(declared) > 1:
        yield "size-differs"
    sizes = [size for _, size in declared]
    if distinct < max(sizes, default=1):
        yield "member-missing"
    if distinct > min(sizes, default=distinct):
        yield "member-unforeseen"
    yield from (name for name, values in _shared_values(known) if len(values) > 1)
    if any(member.held for member in group.members):
        yield MEMBER_HELD
    if any((member.ahead or member.shared.stage) not in _READY for member in group.members):
        yield "member-not-accepted"
    if group.counted is not None and group.counted != distinct:
        yield "person-without-decision" if group.counted > distinct else "person-absent"


def _shared_values(known: list[SharedHandoff]) -> Iterator[tuple[str, set[object]]]:
    noticed = [(one, one.notice) for one in known if one.notice is not None]
    yield "place-differs", {(notice.port, notice.receiving_point) for _, notice in noticed}
    yield "window-differs", {(notice.window_from, notice.window_to) for _, notice in noticed}
    yield (
        "hearing-day-differs",
        {stands.hearing_on for one, _ in noticed if (stands := one.current_hearing)},
    )


def faults_of_company(mine: Crossing, others: Iterable[Crossing]) -> tuple[Fault, ...]:
    """Return why somebody who crosses so does not travel with the *others* of the family."""
    theirs = tuple(others)
    return tuple(
        Fault(pointer, "other-than-family")
        for pointer, differs in (
            ("/return/port", any(one.port != mine.port for one in theirs)),
            (
                "/return/receiving_point",
                any(one.receiving_point != mine.receiving_point for one in theirs),
            ),
            (
                "/return/window",
                any((one.opens, one.closes) != (mine.opens, mine.closes) for one in theirs),
            ),
        )
        if differs
    )


def is_child_alone(birth_dates: Iterable[str | None], on: date) -> bool:
    """
    Say whether somebody who is or may be a child is without anybody who surely is an adult.

    *birth_dates* are those of all who cross together, reduced ones too; None where nothing is
    known. Doubt protects the child.
    """
    ages = [0 if born is None else youngest_age(born, on) for born in birth_dates]
    return bool(ages) and max(ages) < ADULT_YEARS


def split(
    family: Mapping[HandoffId, Relative],
    leaving: Collection[HandoffId],
    *,
    fresh: tuple[str, str],
    on: date,
    crossed: Collection[str | None] = (),
) -> tuple[Part, Part]:
    """
    Return those who leave the family and those who stay: two new groups, each of its own size.

    *fresh* are two unused ids; *crossed* are the birth dates of those of the family who are over
    the line, with whom those who stay are expected. The old group's name ends with it, so that
    no group ever becomes smaller and no counter of one can be trusted less.

    Raises:
        Invalid: Somebody who leaves is no member, nobody leaves or stays, or a child would be
            left without an adult.
    """
    goes = frozenset(leaving)
    stays = frozenset(family) - goes
    if goes - family.keys():
        raise Invalid([Fault("/members", "not-a-member")])
    if not goes or not (stays or crossed):
        raise Invalid([Fault("/members", "not-a-part")])
    parts = _part(family, goes, fresh[0]), _part(family, stays, fresh[1])
    first, second = ([family[one].born for one in part.members] for part in parts)
    followed = [*second, *crossed] if crossed else []
    if any(is_child_alone(births, on) for births in (first, second, followed)):
        raise Invalid([Fault("/members", "child-alone")])
    return parts


def _part(
    family: Mapping[HandoffId, Relative], everybody: frozenset[HandoffId], fresh: str
) -> Part:
    announced = frozenset(one for one in everybody if family[one].announced)
    members = announced or everybody
    group = fresh if len(members) > 1 else None
    return Part(group, len(members), members, everybody - members)
