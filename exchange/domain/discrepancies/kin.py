"""The rules of identity and family: one person, one case; a family whole; no child alone."""

from collections.abc import Iterator
from datetime import datetime

from exchange.domain.discrepancies.causes import Why
from exchange.domain.discrepancies.rules import Desk, Rule
from exchange.domain.discrepancies.scopes import (
    Breach,
    Family,
    Pair,
    Record,
    Terms,
    at_once,
    once,
    said_at,
)
from exchange.domain.due import after
from exchange.domain.families import ADULT_YEARS, Group, Member, gaps
from exchange.domain.handoff import SharedHandoff, Stage
from exchange.domain.identity import Verdict, compare, judge, may_be_one_person
from exchange.domain.parties import Side
from exchange.domain.person import youngest_age
from exchange.domain.severity import Severity
from exchange.errors import Sentence

_OF_NOTICES = frozenset(
    {
        "size-differs",
        "member-missing",
        "member-unforeseen",
        "place-differs",
        "window-differs",
        "hearing-day-differs",
    }
)
_GOES_ON = frozenset(
    {Stage.NOTICED, Stage.ACCEPTED, Stage.DEFERRED, Stage.DEPARTED}
    | {Stage.RECEIVED, Stage.DOCUMENTED, Stage.NOT_PRESENTED}
)
_IN_MEXICO = frozenset({Stage.DEPARTED, Stage.RECEIVED, Stage.DOCUMENTED, Stage.NOT_PRESENTED})


def doubted_at_the_line(record: Record, _: Terms) -> Breach | None:
    """The official who received the person doubted that it is the one announced."""
    reception = record.shared.reception
    if reception is None or reception.identity != "doubt":
        return None
    return at_once(reception, because=(Why.DOUBT_AT_THE_LINE,))


def two_records_in_conflict(pair: Pair, terms: Terms) -> Breach | None:
    """One case records two people, or two cases one person or one document."""
    one, other, linked = pair
    if one.shared.notice is None or other.shared.notice is None:
        return None
    same_case = one.shared.case == other.shared.case
    if not (same_case or linked):
        return None
    why = tuple(_likenesses(pair, terms, same_case=same_case))
    return at_once(one.shared.notice, other.shared.notice, because=why) if why else None


def _likenesses(pair: Pair, terms: Terms, *, same_case: bool) -> Iterator[Why]:
    one, other, _ = pair
    here, there = one.shared.visa, other.shared.visa
    if not same_case and here and there and here.number == there.number:
        yield Why.ONE_DOCUMENT
    if one.recorded is None or other.recorded is None:
        return
    if not same_case and may_be_one_person(one.recorded, other.recorded, terms.identity):
        yield Why.ONE_PERSON
    likeness = compare(one.recorded, other.recorded)
    if same_case and judge(likeness, terms.identity) is Verdict.CONFLICT:
        yield Why.OTHER_PERSON


def family_split(family: Family, terms: Terms) -> Breach | None:
    """
    A family is not announced alike, or at its window's end some have crossed and others not.

    Who was taken back or refused with all of the others leaves no family to split.
    """
    if not any(member.stage in _GOES_ON for member in family.members):
        return None
    notices = [notice for one in family.members if (notice := one.shared.notice)]
    members = tuple(Member(one.shared) for one in family.members)
    unlike = tuple(name for name in gaps(Group(members)) if name in _OF_NOTICES)
    found = []
    if unlike:
        announced = max(said_at(notice) for notice in notices)
        found.append(once(after(announced, terms.thresholds.family_seconds), unlike))
    if len({_has_crossed(one.shared) for one in family.members}) > 1:
        closes = max(at for one in family.members if (at := one.shared.window_to))
        found.append(once(closes, (Why.SPLIT,)))
    return _merged(found)


def _has_crossed(shared: SharedHandoff) -> bool:
    reception = shared.reception
    if reception is not None and reception.outcome != "received":
        return False
    return shared.departure is not None or shared.was_received


def _merged(found: list[Breach]) -> Breach | None:
    """Return the earliest with all that the breaches found say."""
    if not found:
        return None
    because = tuple(why for one in found for why in one.because)
    return min(found, key=lambda one: one.since)._replace(because=because)


def child_without_family(record: Record, _: Terms) -> Breach | None:
    """A child crossed, and was announced without a family."""
    departure, notice = record.shared.departure, record.shared.notice
    if departure is None or notice is None or notice.family_group is not None:
        return None
    if record.stage not in _IN_MEXICO or not _is_child(record):
        return None
    return at_once(departure, because=(Why.NO_FAMILY,))


def child_without_adult(family: Family, terms: Terms) -> Breach | None:
    """A child crossed, and no adult of the family was received in time."""
    crossed = [at for one in family.members if (at := _child_crossed_at(one)) is not None]
    if not crossed or any(_is_adult_received(one) for one in family.members):
        return None
    return once(after(min(crossed), terms.thresholds.adult_seconds), (Why.NO_ADULT,))


def _child_crossed_at(record: Record) -> datetime | None:
    if record.stage not in _IN_MEXICO or not _is_child(record):
        return None
    return record.shared.departed_at


def _is_child(record: Record) -> bool:
    """Say whether who crossed may have been a child then: doubt protects the child."""
    departed, announced = record.shared.departed_at, record.announced
    if departed is None or announced is None:
        return False
    return youngest_age(announced.person.birth_date, departed.date()) < ADULT_YEARS


def _is_adult_received(record: Record) -> bool:
    """Say whether somebody who surely is an adult is with the Mexican authority."""
    received, announced = record.shared.received_at, record.announced
    if received is None or announced is None or record.stage not in _IN_MEXICO:
        return False
    return youngest_age(announced.person.birth_date, received.date()) >= ADULT_YEARS


KIN_RULES = (
    Rule(
        id="R05",
        severity=Severity.HIGH,
        owner=None,
        call=(Desk.POINT, Desk.PORT),
        name=Sentence("Identity conflict", "Conflicto de identidad"),
        says=Sentence(
            "The official at the line doubted who it is, or one case records two people, or two "
            "cases one person or one document.",
            "El funcionario en la línea dudó de quién es, o un caso registra a dos personas, o "
            "dos casos a una misma persona o documento.",
        ),
        remedy=Sentence(
            "Two people compare the documents of both records; whoever erred sends a correction.",
            "Dos personas comparan los documentos de ambos registros; quien erró envía una "
            "corrección.",
        ),
        of_handoff=doubted_at_the_line,
        of_pair=two_records_in_conflict,
    ),
    Rule(
        id="R06",
        severity=Severity.CRITICAL,
        owner=Side.US,
        call=(Desk.SUPERVISORS,),
        name=Sentence("Family split", "Familia dividida"),
        says=Sentence(
            "A family is not announced alike, or at its window's end some have crossed and "
            "others not.",
            "Una familia no está avisada igual, o al cierre de su ventana unos cruzaron y "
            "otros no.",
        ),
        remedy=Sentence(
            "Bring the family together on one side, or have a supervisor split it as new groups.",
            "Reúna a la familia de un mismo lado, o que un supervisor la divida en grupos nuevos.",
        ),
        of_family=family_split,
    ),
    Rule(
        id="R07",
        severity=Severity.CRITICAL,
        owner=Side.MX,
        call=(Desk.POINT, Desk.PORT),
        name=Sentence("Child alone", "Niña, niño o adolescente sin compañía"),
        says=Sentence(
            "A child crossed without a family, or no adult of the family was received in time.",
            "Una niña, niño o adolescente cruzó sin familia, o no se recibió a tiempo a un adulto "
            "de ella.",
        ),
        remedy=Sentence(
            "Somebody stays with the child; find the adult, or the child is brought back.",
            "Alguien acompaña a la niña, niño o adolescente; localice al adulto, o se le regresa.",
        ),
        of_handoff=child_without_family,
        of_family=child_without_adult,
    ),
)
