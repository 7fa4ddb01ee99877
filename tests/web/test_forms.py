"""A report is had in every form, by what the caller accepts or by name."""

import csv
from io import BytesIO, StringIO

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from exchange.access.rights import Role
from exchange.reports.forms.every import FORMS
from exchange.reports.forms.plain import read_report
from tests.web.installation import Installation, Reply

PATH = "/v1/reports/reconciliation"
XLSX = FORMS["xlsx"].bare_type
FIREFOX = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


async def got(us: Installation, query: str = "", **headers: str) -> Reply:
    """Ask for the report as somebody who may read it."""
    return await us.ask("GET", PATH + query, token=await us.token(Role.AUDITOR), **headers)


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("*/*", "application/json"),
        ("text/*", "text/csv"),
        (FIREFOX, "text/html"),
        ("application/pdf;q=0.5, text/csv;q=0.4", "application/pdf"),
        ("application/json;q=0.1, text/csv;q=0.9, text/html;q=0", "text/csv"),
        ("*/*;q=0.1, application/json;q=0", "text/csv"),
        (XLSX, XLSX),
        ("TEXT/HTML; level=1", "text/html"),
        (", ,", "application/json"),
    ],
)
async def test_a_caller_gets_what_it_likes_best(
    us: Installation, accept: str, media_type: str
) -> None:
    """The most exact range that covers a form says how much it is liked (RFC 9110 §12.5.1)."""
    reply = await got(us, Accept=accept)
    assert (reply.status, reply.headers["Content-Type"].partition(";")[0]) == (200, media_type)
    assert reply.headers["Vary"] == "Accept, Accept-Language"
    assert reply.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("accept", ["image/png", "*/*;q=0", "text/html;q=much", "text/html;q=2"])
async def test_what_cannot_be_had_is_said(us: Installation, accept: str) -> None:
    """A caller that accepts none of the forms is told so, in its own language."""
    reply = await got(us, Accept=accept, Accept_Language="es")
    assert (reply.status, reply.document["code"]) == (406, "not-acceptable")
    assert "Acepte uno de los tipos" in reply.document["detail"]


async def test_a_form_by_its_name(us: Installation) -> None:
    """`format` counts before what is accepted, and every form can be read as what it is."""
    found = {name: await got(us, f"?format={name}", Accept="image/png") for name in FORMS}
    assert {reply.status for reply in found.values()} == {200}
    assert read_report(found["json"].octets).adds_up
    assert "</html>" in found["html"].document
    assert "Account" in PdfReader(BytesIO(found["pdf"].octets)).pages[0].extract_text()
    assert "The account" in load_workbook(BytesIO(found["xlsx"].octets)).sheetnames
    records = list(csv.reader(StringIO(found["csv"].octets.decode("utf-8-sig")), strict=True))
    assert records[1][:3] == ["Report", "Report", "Account of the United States side"]
    names = {name: reply.headers["Content-Disposition"] for name, reply in found.items()}
    assert names["pdf"] == 'inline; filename="account-us.pdf"'
    assert names["xlsx"] == 'attachment; filename="account-us.xlsx"'


async def test_a_report_is_in_the_callers_language(us: Installation) -> None:
    """Headings and codes are Spanish for who asks in Spanish, and the file says of which days."""
    reply = await got(us, "?format=html&day=2031-03-17", Accept_Language="es-MX")
    assert (reply.status, reply.headers["Content-Language"]) == (200, "es")
    assert "Cuenta del lado de Estados Unidos" in reply.document
    assert reply.headers["Content-Disposition"] == 'inline; filename="account-us-2031-03-17.html"'


async def test_a_form_that_there_is_not(us: Installation) -> None:
    """An unknown name is 422 with the names that there are."""
    reply = await got(us, "?format=docx")
    (fault,) = reply.document["faults"]
    assert (reply.status, fault["pointer"], fault["known"]) == (422, "/format", list(FORMS))
