"""
Screening: the rule set in force applied to a decision (2).

Rule sets are dated data (``exchange/rules/*.toml``). The result is ``Cleared``, the only
value from which a notice can be made, or ``Withheld``, which names the rule set and every
reason. What is found never leaves the US side.
"""

from collections.abc import Iterator, Mapping
from dataclasses import InitVar, dataclass
from datetime import date
from types import MappingProxyType
from typing import Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from exchange.domain.decision import Category, Fear, ReturnDecision
from exchange.domain.faults import Sentence
from exchange.domain.nationality import Nationality
from exchange.domain.person import oldest_age, youngest_age
from exchange.domain.toml import parse_toml
from exchange.domain.wire import PortCode, RuleSetName

NOT_IN_FORCE = "not-in-force"
PORT_NOT_OPEN = "port-not-open"

_COMMON: Mapping[str, Sentence] = MappingProxyType(
    {
        NOT_IN_FORCE: Sentence(
            "No rule set is in force on this day.",
            "Ningún conjunto de reglas está vigente en este día.",
        ),
        PORT_NOT_OPEN: Sentence(
            "Nobody is returned through this port on this day.",
            "Nadie es retornado por este puerto en este día.",
        ),
    },
)


class _Data(BaseModel):
    """Dated data from a file: closed and unchanging."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Reason(_Data):
    """
    Why a person is withheld. It applies where every condition that it states holds.

    An age is read from the birth date so that doubt withholds: ``under`` looks at the
    youngest age possible, ``over`` at the oldest.
    """

    code: str = Field(pattern="^[a-z0-9]+(?:-[a-z0-9]+)*$", max_length=40)
    en: str
    es: str
    nationality_in: frozenset[Nationality] | None = None
    nationality_not_in: frozenset[Nationality] | None = None
    under: int | None = None
    over: int | None = None
    unaccompanied: bool | None = None
    fear_in: frozenset[Fear] | None = None
    category_in: frozenset[Category] | None = None

    def applies(self, decision: ReturnDecision, on: date) -> bool:
        """Say whether the person is withheld for this reason on the day *on*."""
        person, screening = decision.person, decision.screening
        born, nationality = person.birth_date, person.nationality
        return (
            (self.nationality_in is None or nationality in self.nationality_in)
            and (self.nationality_not_in is None or nationality not in self.nationality_not_in)
            and (self.under is None or youngest_age(born, on) < self.under)
            and (self.over is None or oldest_age(born, on) > self.over)
            and (self.unaccompanied is None or screening.unaccompanied is self.unaccompanied)
            and (self.fear_in is None or screening.fear in self.fear_in)
            and (self.category_in is None or not self.category_in.isdisjoint(screening.categories))
        )


class RuleSet(_Data):
    """One dated rule set: since when, at which ports from which day, and who is withheld."""

    name: RuleSetName
    family: RuleSetName = Field(description="A later rule set of a family replaces the earlier.")
    effective_from: date
    en: str = Field(description="What the rule set is and where it comes from.")
    es: str
    ports: dict[PortCode, date] = Field(description="The day on which each port opens.")
    reasons: tuple[Reason, ...]

    def why_withheld(self, decision: ReturnDecision, on: date) -> Iterator[str]:
        """Yield the code of every reason that applies, in the order of the file."""
        if on < self.effective_from:
            yield NOT_IN_FORCE
        if on < self.ports.get(decision.return_.port, date.max):
            yield PORT_NOT_OPEN
        yield from (reason.code for reason in self.reasons if reason.applies(decision, on))

    def sentence(self, code: str) -> Sentence:
        """
        Return what a reason's code means, in both languages.

        Raises:
            KeyError: The rule set has no such reason.
        """
        for reason in self.reasons:
            if reason.code == code:
                return Sentence(reason.en, reason.es)
        return _COMMON[code]


_SCREENED = object()


@dataclass(frozen=True)
class Cleared:
    """A decision that screening let through. Only ``screen`` can make one."""

    decision: ReturnDecision
    rule_set: str
    made_by: InitVar[object]

    def __post_init__(self, made_by: object) -> None:
        if made_by is not _SCREENED:
            message = "only screening clears a decision"
            raise TypeError(message)


@dataclass(frozen=True, slots=True)
class Withheld:
    """The person is not returned: under which rule set and for which reasons, all of them."""

    rule_set: str
    reasons: tuple[str, ...]


class RuleBook:
    """The rule sets at hand and the policy that says which of them apply."""

    def __init__(self, rule_sets: tuple[RuleSet, ...], policy: str) -> None:
        """
        Keep what *policy* selects: the rule set of that name, or a family of them.

        Raises:
            ValueError: The policy selects nothing.
        """
        self.rule_sets = rule_sets
        selected = [rules for rules in rule_sets if policy in (rules.name, rules.family)]
        if not selected:
            message = "there is no rule set or family of this name"
            raise ValueError(message)
        self._selected = sorted(selected, key=lambda rules: rules.effective_from)

    def in_force(self, port: str, on: date) -> RuleSet:
        """
        Return the latest selected rule set that is effective at *port* on the day *on*.

        A rule set that does not list the port leaves the one before it in force there.
        Where none is effective the earliest is returned: it withholds everybody.
        """
        effective = [rules for rules in self._selected if rules.effective_from <= on]
        for rules in reversed(effective):
            if port in rules.ports:
                return rules
        return effective[-1] if effective else self._selected[0]


def load_rules(texts: Mapping[str, str], policy: str = "as-announced-2019") -> RuleBook:
    """
    Return the book of the rule sets in the TOML *texts*, each under the name of its set.

    Raises:
        ValueError: A text is no rule set, or bears another name, or the policy selects none.
    """
    rule_sets = tuple(RuleSet.model_validate(parse_toml(text)) for text in texts.values())
    if [rules.name for rules in rule_sets] != list(texts):
        message = "a rule set must bear the name of its file"
        raise ValueError(message)
    return RuleBook(rule_sets, policy)


def screen(decision: ReturnDecision, rules: RuleBook, *, on: date) -> Cleared | Withheld:
    """Apply the rule set in force at the decision's port on the day *on*."""
    rule_set = rules.in_force(decision.return_.port, on)
    reasons = tuple(dict.fromkeys(rule_set.why_withheld(decision, on)))
    if reasons:
        return Withheld(rule_set.name, reasons)
    return Cleared(decision, rule_set.name, made_by=_SCREENED)


def explain(rules: RuleSet, language: Literal["en", "es"]) -> tuple[str, ...]:
    """Return the rule set in lines to read: what it is, where it holds, why it withholds."""
    words = _WORDS[language]
    head = rules.en if language == "en" else rules.es
    return (
        f"{rules.name} ({rules.family})",
        head,
        f"{words.since} {rules.effective_from.isoformat()}",
        *(f"{words.port} {port}: {words.opens} {day}" for port, day in sorted(rules.ports.items())),
        *(
            f"{words.withheld} {reason.code}: {reason.en if language == 'en' else reason.es}"
            for reason in rules.reasons
        ),
    )


class _Words(NamedTuple):
    since: str
    port: str
    opens: str
    withheld: str


_WORDS: Mapping[str, _Words] = MappingProxyType(
    {
        "en": _Words("In force from", "Port", "open from", "Withheld,"),
        "es": _Words("Vigente desde", "Puerto", "abierto desde", "Retenida,"),
    },
)
