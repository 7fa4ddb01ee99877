"""Every error has a status and words in both languages, and repeats nothing."""

import json
import re
from collections.abc import Iterator

import pytest
from aiohttp.test_utils import make_mocked_request

from exchange import errors
from exchange.web.problems import MEDIA_TYPE, STATUSES, language_of, problem, unforeseen
from exchange.web.texts import fault_text, has_text, problem_text


def descend(kind: type[errors.ExchangeError]) -> Iterator[type[errors.ExchangeError]]:
    """Give *kind* and everything below it."""
    yield kind
    for below in kind.__subclasses__():
        yield from descend(below)


KINDS = sorted(set(descend(errors.ExchangeError)), key=lambda kind: kind.__name__)
EXAMPLES = {
    errors.LinesRefused: errors.LinesRefused([errors.LineFault(1, "policy")]),
    errors.Invalid: errors.Invalid([errors.Fault("/person", "missing")]),
    errors.WithheldFromReturn: errors.WithheldFromReturn(rule_set="r", reasons=["minor"]),
    errors.AlreadyAnswered: errors.AlreadyAnswered("accepted"),
    errors.NotPossible: errors.NotPossible("cancelled"),
    errors.Departed: errors.Departed("received"),
    errors.WindowFull: errors.WindowFull(
        errors.Fault("/return/window", "over-capacity"), next_window=None
    ),
    errors.NotCleared: errors.NotCleared({"held": errors.Sentence("Held.", "Retenido.")}),
    errors.MethodNotAllowed: errors.MethodNotAllowed(["GET"]),
    errors.Forbidden: errors.Forbidden("port-officer"),
    errors.NotConfigured: errors.NotConfigured([]),
}


def made(kind: type[errors.ExchangeError]) -> errors.ExchangeError:
    """Return an error of *kind*."""
    return EXAMPLES.get(kind) or kind()


@pytest.mark.parametrize("kind", KINDS)
def test_every_error_is_a_problem(kind: type[errors.ExchangeError]) -> None:
    """Each class is answered as RFC 9457 says: stable type, its status, words in the language."""
    for language in ("en", "es"):
        response = problem(made(kind), language)
        assert isinstance(response.body, bytes)
        document = json.loads(response.body)
        assert response.content_type == MEDIA_TYPE
        assert document["type"] == f"urn:handoff:problem:{document['code']}"
        assert document["status"] == response.status >= 400
        text = problem_text(document["code"], language)
        assert (document["title"], document["detail"]) == (text.title, text.detail)
        assert response.headers["Content-Language"] == language


@pytest.mark.parametrize("kind", KINDS)
def test_every_code_has_words(kind: type[errors.ExchangeError]) -> None:
    """Each code that a class carries of its own has words, different in each language."""
    if "code" in vars(kind):
        assert has_text(kind.code)
        assert problem_text(kind.code, "en").detail != problem_text(kind.code, "es").detail


@pytest.mark.parametrize("kind", KINDS)
def test_every_error_that_acts_has_a_row(kind: type[errors.ExchangeError]) -> None:
    """A class with a code of its own, or a parent below the root, stands in the table."""
    assert any(ancestor in STATUSES for ancestor in kind.__mro__[:-3] or kind.__mro__)


def test_faults_name_pointer_code_and_words() -> None:
    """A document at fault is told where, by code, and in the caller's language."""
    error = errors.Invalid([errors.Fault("/person/sex", "not-in-list")])
    response = problem(error, "es")
    assert isinstance(response.body, bytes)
    assert json.loads(response.body)["faults"] == [
        {
            "pointer": "/person/sex",
            "code": "not-in-list",
            "detail": "No es uno de los códigos que enumera el esquema.",
        }
    ]
    assert fault_text("never-heard-of", "en") == "This value does not fit."


def test_withheld_names_rule_set_and_reasons() -> None:
    """The port learns under which rules and why; that is all there is to say."""
    response = problem(EXAMPLES[errors.WithheldFromReturn], "en")
    assert isinstance(response.body, bytes)
    document = json.loads(response.body)
    assert (response.status, document["rule_set"], document["reasons"]) == (422, "r", ["minor"])


def test_an_unforeseen_exception_is_a_bare_500(capfd: pytest.CaptureFixture[str]) -> None:
    """The caller gets an incident id and nothing else; the log has the id, and no value."""
    response = unforeseen(ValueError("MARIA GOMEZ"), "en")
    assert isinstance(response.body, bytes)
    document = json.loads(response.body)
    assert response.status == 500
    assert set(document) == {"type", "title", "detail", "status", "code", "incident"}
    assert re.fullmatch("[0-9a-f]{16}", document["incident"])
    out, err = capfd.readouterr()
    assert document["incident"] in out + err
    assert "MARIA" not in str(document) + out + err


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "en"),
        ("", "en"),
        ("es", "es"),
        ("es-MX,es;q=0.9,en;q=0.8", "es"),
        ("en-US, es;q=0.9", "en"),
        ("fr, es;q=0.2", "es"),
        ("fr", "en"),
        ("*", "en"),
        ("es;q=nonsense", "en"),
        ("es;q=0", "en"),
        ("es," * 1000, "en"),
    ],
)
def test_the_language_is_the_one_liked_best(header: str | None, language: str) -> None:
    """Of English and Spanish the one with the greater weight is spoken, English in doubt."""
    headers = {} if header is None else {"Accept-Language": header}
    assert language_of(make_mocked_request("GET", "/", headers=headers)) == language


def test_a_stop_names_every_condition_in_the_callers_language() -> None:
    """An officer at the gate is told all that hinders, by code and in words."""
    window = errors.Sentence("The window has closed.", "La ventana cerró.")
    response = problem(errors.NotCleared({"after-window": window}), "es")
    assert isinstance(response.body, bytes)
    assert json.loads(response.body)["conditions"] == [
        {"code": "after-window", "why": "La ventana cerró."}
    ]
