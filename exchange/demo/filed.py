"""
What the demo leaves to be read: the account of both sides as a page and as a print.

It is a report like any other, of both sides together: what was planted beside what each side
found of it, whether the ledgers agree, then the account of each.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Final

from exchange.demo.ending import Ending
from exchange.domain.parties import Side
from exchange.installation.shipped import shipped_places
from exchange.reports.composing import names_of
from exchange.reports.document import Cell, Column, Kind, Layout, Report, Section
from exchange.reports.forms.every import FORMS
from exchange.reports.texts import Language

NAME: Final = "report"
LEFT: Final = ("html", "pdf")
"""In which forms the report of both sides is left."""


def leave_report(ending: Ending, out: Path, language: Language, *, now: datetime) -> list[Path]:
    """Return the files that hold the report of both sides, under *out*."""
    report = report_of_both(ending, language, now=now)
    files = []
    for form in (FORMS[name] for name in LEFT):
        file = out / f"{NAME}.{form.name}"
        file.write_bytes(form.write(report, language))
        files.append(file)
    return files


def report_of_both(ending: Ending, language: Language, *, now: datetime) -> Report:
    """Return the report of both sides; what was planted is said in *language*."""
    return Report(
        kind="demo",
        side=None,
        first=None,
        last=None,
        closed=False,
        only_at=None,
        made_at=now,
        ledger=None,
        adds_up=ending.holds,
        sections=(_planted(ending, language), _compared(ending), *_of_each(ending)),
        names=names_of(shipped_places()),
    )


def _planted(ending: Ending, language: Language) -> Section:
    return Section(
        id="planted",
        columns=(
            Column("thing", Kind.TEXT),
            Column("planted"),
            Column("found_us"),
            Column("found_mx"),
            Column("is_found", Kind.CODE, "answer."),
        ),
        rows=tuple(
            (row.what.spoken(language), row.planted, row.us, row.mx, _answer(said=row.is_found))
            for row in ending.rows
        ),
    )


def _compared(ending: Ending) -> Section:
    """Whether both hold the same words, and each the receipt of every one."""
    agreement = ending.agreement
    named: dict[Column, Cell] = {
        Column("decisions"): ending.decisions,
        Column("messages_in_both"): agreement.messages,
        Column("ledgers_agree", Kind.CODE, "answer."): _answer(said=agreement.agree),
    }
    return Section(
        id="compared",
        columns=tuple(named),
        rows=(tuple(named.values()),),
        layout=Layout.FIGURES,
    )


def _of_each(ending: Ending) -> Iterator[Section]:
    for side, report in ending.reports().items():
        yield from (replace(section, of=Side(side)) for section in report.sections)


def _answer(*, said: bool) -> str:
    return "yes" if said else "no"
