"""
Every word that a report shows, in the two languages of the exchange.

The sentences stand in the catalogues of ``reports/locale``, by key, and are read as they are:
there is nothing to compile. What a deadline or an alarm is called is not said again there: the
words of the domain hold here too.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from io import BytesIO
from types import MappingProxyType
from typing import Final, Literal, get_args

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

from exchange.domain.alarms import ALARMS
from exchange.domain.deadlines import DEADLINES
from exchange.domain.discrepancies import CAUSES, DESKS, OUR_RULES, RULES
from exchange.domain.faults import Sentence
from exchange.domain.messages.catalogue import MESSAGE_TYPES
from exchange.domain.severity import SEVERITIES

Language = Literal["en", "es"]
LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)


def _domain() -> Iterator[tuple[str, tuple[str, Sentence]]]:
    for deadline in DEADLINES:
        for how in ("late", "overdue"):
            yield f"finding.{how}-{deadline.name}", (f"finding.{how}", deadline.asks)
        yield f"deadline.{deadline.name}", ("domain", deadline.asks)
    for kind, rule in ALARMS.items():
        yield f"alarm.{kind}", ("domain", rule.means)
    for severity, word in SEVERITIES.items():
        yield f"severity.{severity}", ("domain", word)
    for broken in (*RULES, *OUR_RULES):
        name = Sentence(f"{broken.id} {broken.name.en}", f"{broken.id} {broken.name.es}")
        yield f"discrepancy.{broken.id}", ("domain", name)
        yield f"says.{broken.id}", ("domain", broken.says)
        yield f"remedy.{broken.id}", ("domain", broken.remedy)
    for desk, officer in DESKS.items():
        yield f"desk.{desk}", ("domain", officer)
    for why, cause in CAUSES.items():
        yield f"because.{why}", ("domain", cause)


OF_DOMAIN: Final[Mapping[str, tuple[str, Sentence]]] = MappingProxyType(dict(_domain()))
"""What the domain has words for: in which sentence of the catalogues they stand, and they."""


OF_MESSAGES: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        f"message.{kind.name}.{how}": (f"event.{how}", f"message.{kind.name}")
        for kind in MESSAGE_TYPES
        for how in ("decided", "received")
    }
)
"""What happened here with a message: in which sentence its name stands, and the key of that."""


def read_catalogue(language: Language) -> Catalog:
    """Return the catalogue of a language as it is written."""
    locale = resources.files("exchange.reports") / "locale" / language / "LC_MESSAGES"
    with (locale / "reports.po").open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def text(key: str, language: Language, **given: object) -> str:
    """
    Return the words of *key* with what is *given* in its fields.

    Raises:
        LookupError: There are none; a code that may have none is asked for by ``has_words`` first.
    """
    _require(key, language)
    if key in OF_DOMAIN:
        key, what = OF_DOMAIN[key]
        given = {"what": what.spoken(language)}
    elif key in OF_MESSAGES:
        key, named = OF_MESSAGES[key]
        given = {"what": text(named, language)}
    return _translations(language).gettext(key).format(**given)


def counted(key: str, count: int, language: Language, **given: object) -> str:
    """
    Return the words of *key* for so many, by the rule of the language for one and for more.

    Raises:
        LookupError: There are none.
    """
    _require(key, language)
    found: str = _translations(language).ngettext(key, key, count)
    return found.format(count=count, **given)


def has_words(key: str, language: Language) -> bool:
    """Say whether *key* has words: a code of a partner's or of a rule set may have none."""
    return key in OF_DOMAIN or key in OF_MESSAGES or key in _keys(language)


def _require(key: str, language: Language) -> None:
    if not has_words(key, language):
        message = f"the catalogue of {language!r} has no {key!r}"
        raise LookupError(message)


@cache
def _keys(language: Language) -> frozenset[str]:
    """Return every key that has its words; a fuzzy sentence is none."""
    found = (one for one in read_catalogue(language) if one.id and one.string and not one.fuzzy)
    return frozenset(one.id if isinstance(one.id, str) else one.id[0] for one in found)


@cache
def _translations(language: Language) -> Translations:
    """Return the catalogue as it is looked up."""
    compiled = BytesIO()
    write_mo(compiled, read_catalogue(language))
    compiled.seek(0)
    return Translations(compiled)
