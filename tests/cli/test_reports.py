"""``exchange reconcile`` in every form: to a file, and never to a terminal that cannot show it."""

import csv
import sys
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from exchange.reports.forms.every import FORMS
from exchange.reports.forms.plain import read_report
from tests.cli.commands import Commands

DAY = ("reconcile", "--day", "2019-03-19")


def test_a_file_has_the_form_of_its_name(commands: Commands, tmp_path: Path) -> None:
    """`-o` alone says the form by its ending; nothing is printed, and each is what it says."""
    for name in (*FORMS, "txt"):
        ended = commands.us(*DAY, "-o", tmp_path / f"report.{name}")
        assert (ended.code, ended.out) == (0, ""), name
    octets = {name: (tmp_path / f"report.{name}").read_bytes() for name in (*FORMS, "txt")}
    assert read_report(octets["json"]).section("terms").sum_of("decided") == 0
    assert octets["html"].startswith(b"<!DOCTYPE html>")
    assert "Account" in PdfReader(BytesIO(octets["pdf"])).pages[0].extract_text()
    assert load_workbook(BytesIO(octets["xlsx"])).sheetnames[0] == "Report"
    assert (
        next(csv.reader(StringIO(octets["csv"].decode("utf-8-sig")), strict=True))[0] == "Section"
    )
    assert "Every person is accounted for." in octets["txt"].decode("utf-8")


def test_the_form_that_is_named_counts(commands: Commands, tmp_path: Path) -> None:
    """`--format` says it whatever the file is called, and `--json` is that of every command."""
    file = tmp_path / "report.csv"
    assert commands.us(*DAY, "--format", "html", "-o", file).code == 0
    assert file.read_bytes().startswith(b"<!DOCTYPE html>")
    assert commands.us(*DAY, "--format", "csv", "--json").out.startswith("{")


@pytest.mark.parametrize(("lang", "said"), [("en", "Account of the"), ("es", "Cuenta del lado")])
def test_a_report_is_in_the_language_that_is_asked_for(
    commands: Commands, tmp_path: Path, lang: str, said: str
) -> None:
    """Table, page and print have the words of --lang."""
    assert said in commands.us(*DAY, "--lang", lang).out
    for name in ("html", "pdf"):
        file = tmp_path / f"report.{name}"
        assert commands.us(*DAY, "--lang", lang, "-o", file).code == 0
    assert said in (tmp_path / "report.html").read_text(encoding="utf-8")
    assert said in PdfReader(tmp_path / "report.pdf").pages[0].extract_text()


@pytest.mark.parametrize("form", [name for name, form in FORMS.items() if form.is_binary])
def test_a_terminal_is_not_sent_what_it_cannot_show(
    commands: Commands, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    """A binary form without a file exits with 2 on a terminal, in the operator's language."""
    # The capture of the tests is no terminal, so what the command asks it is answered for it.
    monkeypatch.setattr(type(sys.stdout), "isatty", lambda _: True)
    ended = commands.us(*DAY, "--format", form, "--lang", "es")
    assert (ended.code, ended.out) == (2, "")
    assert "una terminal no puede mostrar esta forma" in ended.err
    assert commands.us(*DAY, "--format", "csv").code == 0


def test_a_file_that_cannot_be_written_is_said(commands: Commands, tmp_path: Path) -> None:
    """A folder that is not there exits with 2, and leaves nothing behind."""
    ended = commands.us(*DAY, "-o", tmp_path / "nowhere" / "report.pdf")
    assert ended.code == 2
    assert "nowhere" in ended.err
