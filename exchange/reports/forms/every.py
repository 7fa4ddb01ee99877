"""Every form that a report can be had in as octets: its name, its media type, and who writes it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

from exchange.reports.document import Report
from exchange.reports.forms.comma import report_csv
from exchange.reports.forms.page import report_page
from exchange.reports.forms.plain import report_json
from exchange.reports.forms.printed import report_pdf
from exchange.reports.forms.workbook import report_workbook
from exchange.reports.texts import Language

FormName = Literal["json", "csv", "html", "pdf", "xlsx"]

CSV: Final = "text/csv; charset=utf-8; header=present"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class Form:
    """
    One form; its name is also what its files end in.

    *is_binary* is whether a terminal cannot show it, *is_shown* whether a browser does at once.
    """

    name: FormName
    media_type: str
    write: Callable[[Report, Language], bytes]
    is_binary: bool = False
    is_shown: bool = False

    @property
    def bare_type(self) -> str:
        """The media type without its parameters."""
        return self.media_type.partition(";")[0]


def _json(report: Report, language: Language) -> bytes:
    del language  # it has no words
    return report_json(report).encode("utf-8") + b"\n"


FORMS: Final[Mapping[str, Form]] = MappingProxyType(
    {
        form.name: form
        for form in (
            Form("json", "application/json", _json, is_shown=True),
            Form("csv", CSV, report_csv),
            Form("html", "text/html; charset=utf-8", report_page, is_shown=True),
            Form("pdf", "application/pdf", report_pdf, is_binary=True, is_shown=True),
            Form("xlsx", XLSX, report_workbook, is_binary=True),
        )
    }
)
"""The first is given to whoever does not say which."""


def file_name(report: Report, form: Form) -> str:
    """Return the name under which a report is kept: what it is, of which side and of which days."""
    days = [day.isoformat() for day in (report.first, report.last) if day is not None]
    sides = () if report.side is None else (str(report.side),)
    parts = (report.kind, *sides, *dict.fromkeys(days))
    return f"{'-'.join(parts)}.{form.name}"
