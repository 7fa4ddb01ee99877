"""The rules of reconciliation as the manual shows them, in the words of either language."""

from exchange.domain.discrepancies import CAUSES, DESKS, OUR_RULES, RULES
from exchange.domain.discrepancies.causes import Why
from exchange.domain.discrepancies.rules import Words
from exchange.domain.discrepancies.standing import RESOLUTIONS
from exchange.domain.discrepancies.thresholds import Thresholds
from exchange.domain.severity import SEVERITIES
from exchange.domain.timetable import draw_settings, draw_table
from exchange.errors import Language, Sentence

_HEADS = (
    Sentence("rule", "regla"),
    Sentence("name", "nombre"),
    Sentence("severity", "gravedad"),
    Sentence("who must act", "quién actúa"),
    Sentence("it is broken where", "se incumple donde"),
    Sentence("what to do", "qué hacer"),
    Sentence("whom to call", "a quién llamar"),
)
_BOTH = Sentence("both", "ambas")
_FOUND = Sentence("us or mx, as found", "us o mx, según se halle")
_CODE = Sentence("code", "código")
_SAYS = Sentence("means", "significa")
_AWAITS = Sentence("waits for the message", "espera el mensaje")


def draw_rules(language: Language) -> str:
    """Return every rule over what both sides know."""
    return _rules(tuple(one for one in RULES if one.awaits is None), language)


def draw_our_rules(language: Language) -> str:
    """Return the rules over what the United States alone know."""
    return _rules(OUR_RULES, language)


def draw_waiting_rules(language: Language) -> str:
    """Return the rules that cannot be told before a message of the agreement is built."""
    rows = (
        (one.id, one.name.spoken(language), f"`{one.awaits}`", one.says.spoken(language))
        for one in RULES
        if one.awaits is not None
    )
    heads = (*_HEADS[:2], _AWAITS, _HEADS[4])
    return draw_table((head.spoken(language) for head in heads), rows)


def draw_causes(language: Language) -> str:
    """Return in which ways a rule may be broken, beside those of a family that is incomplete."""
    rows = ((f"`{code}`", CAUSES[code].spoken(language)) for code in Why)
    return draw_table((_CODE.spoken(language), _SAYS.spoken(language)), rows)


def draw_resolutions(language: Language) -> str:
    """Return how a person may say that a discrepancy was resolved."""
    rows = ((f"`{code}`", says.spoken(language)) for code, says in RESOLUTIONS.items())
    return draw_table((_CODE.spoken(language), _SAYS.spoken(language)), rows)


def draw_thresholds(language: Language) -> str:
    """Return every threshold with its default, and what it counts."""
    return draw_settings(Thresholds(), language)


def _rules(rules: tuple[Words, ...], language: Language) -> str:
    rows = (
        (
            one.id,
            one.name.spoken(language),
            SEVERITIES[one.severity].spoken(language),
            one.owner or (_FOUND if one.finds_owner else _BOTH).spoken(language),
            one.says.spoken(language),
            one.remedy.spoken(language),
            "; ".join(DESKS[desk].spoken(language) for desk in one.call),
        )
        for one in rules
    )
    return draw_table((head.spoken(language) for head in _HEADS), rows)
