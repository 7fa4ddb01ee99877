"""
What an official of the Mexican side is advised about a notice.

The rules are dated data (``exchange/rules/mx/*.toml``). They read the notice and nothing else,
name what speaks against acceptance, and fill in the refusal code that an official may then use
or not: they never decide. What cannot be known from a reduced birth date or an unspecified
nationality is a doubt, never a guess; and what was only reported is shown as unverified, and
fills in nothing.
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from types import MappingProxyType
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from exchange.domain.messages.acknowledgment import RefusalCode
from exchange.domain.messages.return_notice import ReturnNotice
from exchange.domain.nationality import Nationality
from exchange.domain.person import Language, oldest_age, youngest_age
from exchange.domain.places import Places, day_in
from exchange.domain.toml import parse_toml
from exchange.domain.wire import ReceivingPointId, RuleSetName
from exchange.errors import Language as Tongue
from exchange.errors import Sentence

UNSPECIFIED = "XXX"
NOT_IN_FORCE = "not-in-force"
POINT_CLOSED = "point-closed"

_COMMON: Mapping[str, Sentence] = MappingProxyType(
    {
        NOT_IN_FORCE: Sentence(
            "No acceptance rules are in force on the day of the return.",
            "Ninguna regla de aceptación está vigente el día del retorno.",
        ),
        POINT_CLOSED: Sentence(
            "Nobody is received at this receiving point on the day of the return.",
            "Nadie es recibido en este punto de recepción el día del retorno.",
        ),
    },
)


class _Data(BaseModel):
    """Dated data from a file: closed and unchanging."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class OpenPoint(_Data):
    """A receiving point, the day from which it receives, and whether that is confirmed."""

    id: ReceivingPointId
    opens: date
    unverified: bool = False


class AcceptanceReason(_Data):
    """
    What speaks against acceptance, where every condition that it states holds.

    Without a *refusal* it only asks the official to look.
    """

    name: str = Field(pattern="^[a-z0-9]+(?:-[a-z0-9]+)*$", max_length=40)
    refusal: RefusalCode | None = None
    unverified: bool = Field(default=False, description="It was reported, and not published.")
    en: str
    es: str
    nationality_in: frozenset[Nationality] | None = None
    nationality_not_in: frozenset[Nationality] | None = None
    under: int | None = Field(default=None, ge=1)
    over: int | None = Field(default=None, ge=0)
    without_family: bool | None = None
    language_in: frozenset[Language] | None = None
    document_days_max: int | None = Field(default=None, ge=1)
    hearing_past: bool | None = None

    def applies(self, notice: ReturnNotice, on: date) -> bool | None:
        """Say whether it holds on the day of return *on*; None where the notice leaves a doubt."""
        is_sure = True
        for answer in self._answers(notice, on):
            if answer is False:
                return False
            is_sure = is_sure and answer is not None
        return True if is_sure else None

    def _answers(self, notice: ReturnNotice, on: date) -> Iterator[bool | None]:
        """Give what each condition that is stated says."""
        person = notice.person
        if self.nationality_in is not None:
            yield _is_among(person.nationality, self.nationality_in)
        if self.nationality_not_in is not None:
            among = _is_among(person.nationality, self.nationality_not_in)
            yield None if among is None else not among
        if self.without_family is not None:
            yield (notice.family is None) is self.without_family
        born = person.birth_date
        if self.under is not None:
            yield _agreed(*(age(born, on) < self.under for age in (youngest_age, oldest_age)))
        if self.over is not None:
            yield _agreed(*(age(born, on) > self.over for age in (youngest_age, oldest_age)))
        if self.language_in is not None:
            yield person.language in self.language_in
        hearing = notice.hearing.hearing_at
        if self.document_days_max is not None:
            hearing_on = date.fromisoformat(hearing.local[:10])
            yield (hearing_on - on).days > self.document_days_max
        if self.hearing_past is not None:
            yield (hearing.at <= notice.return_.window.to_at) is self.hearing_past


def _is_among(nationality: str, these: frozenset[str]) -> bool | None:
    return None if nationality == UNSPECIFIED else nationality in these


def _agreed(one: bool, other: bool) -> bool | None:  # noqa: FBT001  # both ends of one age
    return one if one is other else None


class AcceptanceRules(_Data):
    """One dated set: since when, at which points from which day, and what speaks against."""

    name: RuleSetName
    family: RuleSetName
    effective_from: date
    en: str = Field(description="What the rules are and where they come from.")
    es: str
    points: tuple[OpenPoint, ...]
    reasons: tuple[AcceptanceReason, ...]

    def find_point(self, point: str) -> OpenPoint | None:
        """Return when and how surely a receiving point opens, if it ever does."""
        return next((one for one in self.points if one.id == point), None)


class Reason(NamedTuple):
    """
    Something that speaks against acceptance.

    *certain* is false where the notice leaves a doubt; *unverified* where the rule itself does.
    """

    name: str
    refusal: RefusalCode | None
    says: Sentence
    certain: bool = True
    unverified: bool = False


class Advice(NamedTuple):
    """What an official is shown: the code filled in for a refusal, if one, and every reason."""

    rule_set: str
    refusal_code: RefusalCode | None
    reasons: tuple[Reason, ...]


class AcceptanceBook:
    """The acceptance rules at hand, and which of them are in force on a day."""

    def __init__(self, rule_sets: tuple[AcceptanceRules, ...], policy: str) -> None:
        """
        Keep what *policy* selects: the rules of that name, or a family of them.

        Raises:
            ValueError: The policy selects nothing.
        """
        self.rule_sets = rule_sets
        selected = [rules for rules in rule_sets if policy in (rules.name, rules.family)]
        if not selected:
            message = "there are no acceptance rules of this name or family"
            raise ValueError(message)
        self._selected = sorted(selected, key=lambda rules: rules.effective_from)

    def in_force(self, on: date) -> AcceptanceRules:
        """Return the latest rules effective on the day *on*; the first there are before that."""
        effective = [rules for rules in self._selected if rules.effective_from <= on]
        return effective[-1] if effective else self._selected[0]


def load_acceptance(texts: Mapping[str, str], policy: str = "mx") -> AcceptanceBook:
    """
    Return the book of the rules in the TOML *texts*, each under its name.

    Raises:
        ValueError: A text is no such rules, or bears another name, or the policy selects none.
    """
    sets = tuple(AcceptanceRules.model_validate(parse_toml(text)) for text in texts.values())
    if [rules.name for rules in sets] != list(texts):
        message = "acceptance rules must bear the name of their file"
        raise ValueError(message)
    return AcceptanceBook(sets, policy)


def day_of_return(notice: ReturnNotice, places: Places) -> date | None:
    """Return the day on the receiving point's wall; None where we do not know the point."""
    point = places.find_receiving_point(notice.return_.receiving_point)
    return None if point is None else day_in(notice.return_.window.from_at, point.zone)


def advise(notice: ReturnNotice, rules: AcceptanceRules, *, on: date) -> Advice:
    """
    Return what speaks against accepting the notice for the day of return *on*.

    The refusal code is that of the first reason that is certain and verified, in the order of
    the file; with none it is left to the official.
    """
    reasons = (*_reasons_of_place(notice, rules, on), *_reasons_of_person(notice, rules, on))
    sure = (one.refusal for one in reasons if one.certain and not one.unverified)
    return Advice(rules.name, next((code for code in sure if code is not None), None), reasons)


def find_certain(
    notice: ReturnNotice, rules: AcceptanceRules, *, on: date, of: Collection[str]
) -> Iterator[str]:
    """Give those codes *of* which `advise` has a reason that is certain and verified."""
    for reason in _reasons_of_place(notice, rules, on):
        if reason.refusal and reason.refusal in of and not reason.unverified:
            yield reason.refusal
    for rule in rules.reasons:
        if rule.refusal and rule.refusal in of and not rule.unverified and rule.applies(notice, on):
            yield rule.refusal


def _reasons_of_place(notice: ReturnNotice, rules: AcceptanceRules, on: date) -> Iterator[Reason]:
    if on < rules.effective_from:
        yield Reason(NOT_IN_FORCE, None, _COMMON[NOT_IN_FORCE])
    point = rules.find_point(notice.return_.receiving_point)
    if point is None or on < point.opens:
        unverified = point is not None and point.unverified
        yield Reason(POINT_CLOSED, "PORT_CLOSED", _COMMON[POINT_CLOSED], unverified=unverified)


def _reasons_of_person(notice: ReturnNotice, rules: AcceptanceRules, on: date) -> Iterator[Reason]:
    for reason in rules.reasons:
        applies = reason.applies(notice, on)
        if applies is not False:
            says = Sentence(reason.en, reason.es)
            yield Reason(reason.name, reason.refusal, says, applies is True, reason.unverified)


_UNVERIFIED = Sentence(" (unverified)", " (sin verificar)")
_SINCE = Sentence("In force from", "Vigente desde")
_POINT = Sentence("Point", "Punto")
_LOOK = Sentence("look", "ver")


def explain_acceptance(rules: AcceptanceRules, language: Tongue) -> tuple[str, ...]:
    """Return the rules in lines to read, with what is unverified marked as such."""

    def mark(unverified: bool) -> str:  # noqa: FBT001  # the flag of a row
        return _UNVERIFIED.spoken(language) if unverified else ""

    return (
        f"{rules.name} ({rules.family})",
        Sentence(rules.en, rules.es).spoken(language),
        f"{_SINCE.spoken(language)} {rules.effective_from.isoformat()}",
        *(
            f"{_POINT.spoken(language)} {point.id}: {point.opens}{mark(point.unverified)}"
            for point in rules.points
        ),
        *(
            f"{reason.refusal or _LOOK.spoken(language)}, {reason.name}: "
            f"{Sentence(reason.en, reason.es).spoken(language)}{mark(reason.unverified)}"
            for reason in rules.reasons
        ),
    )
