"""The report is signed, whole, self-contained, and the same in two languages."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

from jwcrypto.jwk import JWK
from jwcrypto.jws import JWS

from exchange.conformance.cases import CASES
from exchange.conformance.report import write_report
from exchange.domain.parties import Side
from exchange.proof.encoding import unb64u
from exchange.store import Store
from tests.conformance import wrong
from tests.conformance.partners import under_test
from tests.keys import US

SOME = ("one-message", "wrong-audience", "no-certificate", "second-signature-missing")


class Page(HTMLParser):
    """What a page loads, runs and says; a tag that is not closed is not well made."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.loads: list[str] = []
        self.scripts: list[str | None] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what is opened and what it would load."""
        named = dict(attrs)
        self.loads += [value or "" for name, value in attrs if name in {"src", "href"}]
        if tag == "script":
            self.scripts.append(named.get("type"))
        if tag not in {"meta", "br", "col"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Note that it is closed."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Note what it says."""
        self.words.append(data)


async def test_any_library_verifies_the_report(sqlite_store: Store) -> None:
    """The report is a JWS of the kit's key, over the document that people read."""
    async with under_test(sqlite_store, Side.MX) as one:
        report = one.report(await one.run(*SOME))
    theirs = JWS()
    key = JWK.from_json(json.dumps(US.sign.half.public.jwk()))
    theirs.deserialize(report.line.decode(), key, alg="ES256")
    assert json.loads(theirs.payload) == report.document
    (signature,) = json.loads(report.line)["signatures"]
    assert json.loads(unb64u(signature["protected"]))["typ"] == "handoff-conformance+jws"
    assert report.document["counts"] == {"passed": 3, "failed": 0, "left-out": 1}
    assert report.has_passed


async def test_the_files_of_a_report(sqlite_store: Store, tmp_path: Path) -> None:
    """Beside the signed report stand its JSON and a page in each language, which load nothing."""
    async with under_test(sqlite_store, Side.MX) as one:
        report = one.report(await one.run(*SOME))
    written = {path.name: path for path in write_report(report, tmp_path / "new")}
    assert {*written} == {"report.jws", "report.json", "report.en.html", "report.es.html"}
    assert json.loads(written["report.json"].read_bytes()) == report.document
    for name in ("report.en.html", "report.es.html"):
        page = Page()
        page.feed(written[name].read_text(encoding="utf-8"))
        assert page.open == []
        assert page.loads == []
        assert page.scripts == ["application/jose+json"]
        assert report.line.decode() in "".join(page.words)
        assert all(case in page.words for case in SOME)


async def test_the_two_pages_say_the_same(sqlite_store: Store, tmp_path: Path) -> None:
    """What differs between the pages is the language; no English is left in the Spanish one."""
    async with under_test(sqlite_store, Side.MX, wrong=wrong.signs_for_anybody) as one:
        report = one.report(await one.run("one-message", "tampered", "envelope-changed"))
    english, spanish = (
        path.read_text(encoding="utf-8")
        for path in write_report(report, tmp_path)
        if path.suffix == ".html"
    )
    assert re.findall(r'<td id="([^"]+)">', english) == re.findall(r'<td id="([^"]+)">', spanish)
    assert "the HTTP status is another; expected: 400" in english
    assert "el estado HTTP es otro; se esperaba: 400" in spanish
    assert "expected" not in spanish.split("<script")[0]
    assert not report.has_passed


async def test_what_a_partner_sends_is_text(sqlite_store: Store, tmp_path: Path) -> None:
    """Markup in an answer is shown and never obeyed."""
    async with under_test(sqlite_store, Side.MX, wrong=wrong.answers_markup) as one:
        report = one.report(await one.run("one-message"))
    for path in write_report(report, tmp_path):
        if path.suffix == ".html":
            text = path.read_text(encoding="utf-8").split('<script type="application/jose')[0]
            assert "<script>" not in text
            assert "&lt;script&gt;" in text


def test_every_case_says_what_it_does_in_both_languages() -> None:
    """No sentence of a case is missing, and none is the same in both languages by mistake."""
    same = {case.name for case in CASES if case.sent.en == case.sent.es}
    assert same == {"identity-encoding", "key-set", "method-not-allowed"}
    assert all(case.sent.en.endswith(".") for case in CASES)
