"""The deadlines and limits as the manual shows them, in the words of either language."""

from collections.abc import Collection, Iterable

from pydantic import BaseModel

from exchange.domain.deadlines import DEADLINES
from exchange.domain.escalation import LEVELS, Escalation, Level
from exchange.domain.limits import Limits
from exchange.domain.severity import SEVERITIES, Severity
from exchange.errors import Language, Sentence

_UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))
_DEADLINE = Sentence("deadline", "plazo")
_OWNER = Sentence("who must act", "quién actúa")
_SEVERITY = Sentence("severity", "gravedad")
_WAITS_IN = Sentence("waits in", "espera en")
_ASKS = Sentence("asks for", "pide")
_SETTING = Sentence("setting", "ajuste")
_DEFAULT = Sentence("default", "valor")
_MEANS = Sentence("means", "significa")


def draw_deadlines(language: Language) -> str:
    """Return every deadline: who must act, how grave it is, in which stages, for what."""
    heads = (_DEADLINE, _OWNER, _SEVERITY, _WAITS_IN, _ASKS)
    rows = (
        (
            f"`{each.name}`",
            each.owner,
            SEVERITIES[each.severity].spoken(language),
            ", ".join(f"`{stage}`" for stage in sorted(each.waits_in)),
            each.asks.spoken(language),
        )
        for each in DEADLINES
    )
    return draw_table((head.spoken(language) for head in heads), rows)


def draw_limits(language: Language) -> str:
    """Return every limit with its default, and what it counts."""
    return draw_settings(Limits(), language)


def draw_settings(model: BaseModel, language: Language) -> str:
    """Return every setting of a section with its default, and what it counts."""
    rows = (
        (f"`{name}`", _spell(name, getattr(model, name)), words.spoken(language))
        for name, field in type(model).model_fields.items()
        if isinstance(words := field.description, Sentence)
    )
    return draw_table((head.spoken(language) for head in (_SETTING, _DEFAULT, _MEANS)), rows)


def draw_escalation(language: Language) -> str:
    """Return after how long an open alarm is told to whom, by its severity."""
    standard = Escalation()
    upper = (Level.REGION, Level.HEADQUARTERS)
    heads = (_SEVERITY.spoken(language), *(LEVELS[level].spoken(language) for level in upper))
    rows = (
        (
            SEVERITIES[severity].spoken(language),
            *(_span(standard.seconds(level, severity)) for level in upper),
        )
        for severity in Severity
    )
    return draw_table(heads, rows)


def _spell(name: str, value: int | Collection[object]) -> str:
    """Return a default with the unit that its name says; of several, each."""
    if not isinstance(value, int):
        return ", ".join(f"`{one}`" for one in value) or "-"
    units = set(name.split("_"))
    if "seconds" in units:
        return _span(value)
    return f"{value} d" if "days" in units else f"{value} %" if "percent" in units else str(value)


def _span(seconds: int) -> str:
    """Return a number of seconds in the largest unit that says it whole."""
    if seconds == 0:
        return "0 s"
    size, unit = next(each for each in _UNITS if seconds % each[0] == 0)
    return f"{seconds // size} {unit}"


def draw_table(heads: Iterable[str], rows: Iterable[tuple[str, ...]]) -> str:
    """Return a table in Markdown."""
    head, *body = ("| " + " | ".join(line) + " |" for line in (tuple(heads), *rows))
    return "\n".join((head, "|---" * head.count(" | ") + "|---|", *body))
