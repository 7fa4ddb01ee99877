"""The catalogues are whole, each key has its words, and Spanish words are INM's."""

import ast
import re
import tomllib
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Message

import exchange.reports
from exchange.domain.deadlines import DEADLINES
from exchange.domain.messages.catalogue import MESSAGE_TYPES
from exchange.reports.texts import (
    LANGUAGES,
    OF_DOMAIN,
    Language,
    counted,
    has_words,
    read_catalogue,
    text,
)

PACKAGE = Path(exchange.reports.__file__).parent
GLOSSARY = tomllib.loads(
    (resources.files("exchange.reports") / "locale" / "glossary.toml").read_text(encoding="utf-8")
)
TERMS = GLOSSARY["term"]


def messages(language: Language) -> list[Message]:
    """Return every sentence of a catalogue, in its order."""
    return [message for message in read_catalogue(language) if message.id]


def key_of(message: Message) -> str:
    """Return the key of a sentence, which a plural has twice."""
    return message.id if isinstance(message.id, str) else message.id[0]


def sentences(message: Message) -> tuple[str, ...]:
    """Return the words of a sentence: two where it has a plural."""
    said = message.string or ()
    return (said,) if isinstance(said, str) else tuple(said)


def fields(sentence: str) -> set[str]:
    """Return the names in braces."""
    return {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}


def words(sentence: str) -> set[str]:
    """Return the words of a sentence in lower case, without its fields."""
    return set(re.findall(r"[^\W\d_]+", re.sub(r"\{[^}]*\}", "", sentence).lower()))


def test_both_catalogues_have_the_same_keys_in_the_same_order() -> None:
    """Whoever translates reads them side by side; no key stands twice, none is obsolete."""
    english, spanish = ([key_of(one) for one in messages(each)] for each in LANGUAGES)
    assert english == spanish
    assert len(english) == len(set(english))
    assert not any(read_catalogue(each).obsolete for each in LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_translation_is_missing_or_fuzzy(language: Language) -> None:
    """Every sentence is there, in each of its numbers, and was looked at by a person."""
    wrong = [key_of(one) for one in messages(language) if one.fuzzy or not all(sentences(one))]
    assert wrong == []
    assert read_catalogue(language).num_plurals == 2


def test_a_translation_has_the_fields_of_the_other() -> None:
    """What is put into one sentence is put into the other."""
    wrong = [
        key_of(en)
        for en, es in zip(*map(messages, LANGUAGES), strict=True)
        if len({frozenset(fields(one)) for one in (*sentences(en), *sentences(es))}) > 1
        and key_of(en) != "left-out"
    ]
    assert wrong == []


def test_a_plural_is_said_by_the_rule_of_its_language() -> None:
    """One is one, none and two are more."""
    assert counted("left-out", 1, "en") == "One more is not listed here."
    assert counted("left-out", 2, "en") == "2 more are not listed here."
    assert counted("left-out", 1, "es") == "Falta uno, que no se enumera aquí."
    assert counted("left-out", 0, "es") == "Faltan 0, que no se enumeran aquí."


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_key_without_words_is_a_defect(language: Language) -> None:
    """No report ever shows a key in the place of words; a code may be asked for first."""
    with pytest.raises(LookupError):
        text("section.nowhere", language)
    with pytest.raises(LookupError):
        counted("section.nowhere", 2, language)
    assert not has_words("section.nowhere", language)
    assert has_words("section.ledger", language)


def test_what_the_domain_says_is_not_said_again() -> None:
    """A deadline is called in a report what the domain calls it."""
    deadline = DEADLINES[0]
    assert text(f"finding.late-{deadline.name}", "es") == f"tarde: {deadline.asks.es}"
    assert text(f"finding.overdue-{deadline.name}", "en") == f"overdue: {deadline.asks.en}"
    assert not set(OF_DOMAIN) & {key_of(one) for one in messages("en")}


def _keys_in(path: Path) -> Iterator[str]:
    """Give every key that a module names outright: headings, notes, and what it says."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        called = getattr(node.func, "attr", getattr(node.func, "id", ""))
        named = {one.arg: _literal(one.value) for one in node.keywords}
        first = _literal(node.args[0]) if node.args else None
        if called == "Column" and first is not None and "heading" not in named:
            yield f"column.{first}"
        elif called in {"say", "text", "counted"} and first is not None:
            yield first
        elif called == "Section":
            parts = {"section": named.get("id"), "note": named.get("note")}
            yield from (f"{prefix}.{value}" for prefix, value in parts.items() if value)


def _literal(node: ast.expr) -> str | None:
    is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
    return str(ast.literal_eval(node)) if is_text else None


def test_every_key_that_is_named_has_words() -> None:
    """Sections, columns and notes of every report are in the catalogues before one is made."""
    modules = [*PACKAGE.glob("*.py"), *(PACKAGE / "forms").glob("*.py")]
    named = {key: path.name for path in modules for key in _keys_in(path)}
    assert len(named) > 40
    assert {key: name for key, name in named.items() if not has_words(key, "es")} == {}


def _happenings(path: Path) -> Iterator[str]:
    """Give every kind of event that a module writes into the journal outright."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    named: dict[str, list[ast.expr]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            named.setdefault(node.targets[0].id, []).append(node.value)
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg in {"event", "kind"}:
            given = node.value
            for value in named.get(given.id, []) if isinstance(given, ast.Name) else [given]:
                for one in (value.body, value.orelse) if isinstance(value, ast.IfExp) else [value]:
                    kind = _literal(one)
                    if kind is not None and "." in kind:
                        yield kind


def test_whatever_happens_to_a_handoff_has_words() -> None:
    """Each event of the journal, and each message that is said, is named in a timeline."""
    rooms = [PACKAGE.parent / "flow", PACKAGE.parent / "web"]
    kinds = {kind for room in rooms for path in room.glob("*.py") for kind in _happenings(path)}
    assert len(kinds) > 12
    kinds |= {"decision.cleared", "notice.revised", "alarm.acknowledged", "alarm.closed"}
    kinds |= {kind.name for kind in MESSAGE_TYPES}
    kinds |= {f"{kind.name}.{how}" for kind in MESSAGE_TYPES for how in ("decided", "received")}
    without = {kind for kind in kinds if not has_words(f"message.{kind}", "es")}
    assert without == set()
    assert text("message.acknowledgment.decided", "es") == "decidido aquí: acuse"


@pytest.mark.parametrize("term", TERMS, ids=[term["name"] for term in TERMS])
def test_no_word_is_one_that_inm_uses_otherwise(term: dict[str, list[str]]) -> None:
    """Where a term of INM's has another word, that word stands in no sentence of a report."""
    said = {key_of(one): " / ".join(sentences(one)) for one in messages("es")}
    said |= {key: what.es for key, (_, what) in OF_DOMAIN.items()}
    for pattern in term.get("instead_of", ()):
        found = re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE)
        wrong = {key: sentence for key, sentence in said.items() if found.search(sentence)}
        assert wrong == {}, f"{pattern}: write {term['words']}, for {term['because']}"


def test_every_word_is_in_the_glossary() -> None:
    """A word of a report is of a term, or is listed as an ordinary one: nobody adds one unseen."""
    known = words(GLOSSARY["plain"]).union(*(words(one) for term in TERMS for one in term["words"]))
    said = {
        word for one in messages("es") for sentence in sentences(one) for word in words(sentence)
    }
    assert sorted(said - known) == [], "decide whether INM has a word for it: locale/glossary.toml"


def test_the_glossary_does_not_contradict_itself() -> None:
    """No word that one term asks for is ruled out by another."""
    for term in TERMS:
        for pattern in term.get("instead_of", ()):
            found = re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE)
            asked = [word for other in TERMS for word in other["words"] if found.search(word)]
            assert asked == [], term["name"]
        assert term["because"]


@pytest.mark.parametrize(
    ("sentence", "name"),
    [
        ("persona deportada", "return"),
        ("inmigrante ilegal", "person"),
        ("la visa vence", "temporary document"),
        ("presentados ante el tribunal", "appointment at the port"),
        ("un menor", "child"),
    ],
)
def test_the_glossary_finds_what_it_is_for(sentence: str, name: str) -> None:
    """A word that would mislead an official is found by the term that rules it out."""
    (term,) = (one for one in TERMS if one["name"] == name)
    patterns = "|".join(term["instead_of"])
    assert re.search(rf"\b(?:{patterns})\b", sentence, re.IGNORECASE)
