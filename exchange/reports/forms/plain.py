"""
A report for a program: one JSON document with a published schema, without a word of any language.

Times are RFC 3339 in UTC, dates ISO 8601, durations whole seconds, a share its two counts. Each
row is an object that has every column by its id; the order of the columns is that of ``columns``.
What was written is read back as the same report.
"""

import datetime as dt
import json
from collections.abc import Mapping
from typing import Annotated, TypeAlias, cast

from pydantic import Field

from exchange.domain.messages.schemas import DIALECT, PlainSchema
from exchange.domain.parties import Side
from exchange.domain.wire import Closed, UtcText, read_utc, utc_text
from exchange.reports.document import (
    Cell,
    Chart,
    ChartForm,
    Column,
    Kind,
    Layout,
    LedgerState,
    Report,
    Row,
    Section,
    Share,
)

SCHEMA = "urn:handoff:schema:report:1"
FILE_NAME = "report.v1.json"

Name = Annotated[str, Field(min_length=1, max_length=128)]
Day = Annotated[str, Field(min_length=10, max_length=10, pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]


class ShareDocument(Closed):
    """So many of so many."""

    part: int
    of: int


CellDocument: TypeAlias = int | str | ShareDocument | None
RowDocument: TypeAlias = dict[Name, CellDocument]


class ColumnDocument(Closed):
    """One column of a section."""

    id: Name
    kind: Kind = Field(
        description=(
            "What the cells are: count, a whole number; share, an object of two counts; instant, "
            "RFC 3339 in UTC; date, ISO 8601; duration, seconds; text, code, place and handoff, "
            "strings. Any cell may be null."
        )
    )
    words: str = Field(max_length=64, description="Begins the key of the words of a code.")
    heading: Kind = Field(description="place where the id is that of a place, else code.")


class ChartDocument(Closed):
    """Which columns a form for the eye draws."""

    form: ChartForm
    by: tuple[Name, ...]
    of: tuple[Name, ...]


class SectionDocument(Closed):
    """One part of the report."""

    id: Name
    layout: Layout
    columns: tuple[ColumnDocument, ...]
    rows: tuple[RowDocument, ...] = Field(description="Each has every column, by its id.")
    total: RowDocument | None = Field(description="The sum of the rows, where there is one.")
    chart: ChartDocument | None
    group: Name | None = Field(description="The column by which rows belong together.")
    note: str | None = Field(max_length=128)
    left_out: int = Field(ge=0, description="How many rows there would be beyond these.")
    of: Side | None = Field(description="Whose account it is, in a report of both sides.")


class LedgerDocument(Closed):
    """The ledger that the report was made from."""

    entries: int = Field(ge=0)
    root: str = Field(max_length=64, description="The root of its tree, base64url.")


class ReportDocument(Closed):
    """One report of one side: figures, ids and codes, and never a sentence."""

    kind: Name
    side: Side | None = Field(description="Null where it is of both sides together.")
    first: Day | None = Field(description="Its first day; null where it is of all days.")
    last: Day | None
    closed: bool = Field(description="Whether no figure of these days moves on.")
    only_at: tuple[Name, ...] | None = Field(description="Null where it is of every place.")
    made_at: UtcText
    ledger: LedgerDocument | None = Field(description="Null where there are two.")
    adds_up: bool | None = Field(description="Whether every person is somewhere, once.")
    sections: tuple[SectionDocument, ...]
    names: dict[Name, str] = Field(description="The names of the places it mentions.")


def report_document(report: Report) -> ReportDocument:
    """Return the report as the document that is published."""
    return ReportDocument(
        kind=report.kind,
        side=report.side,
        first=_day_text(report.first),
        last=_day_text(report.last),
        closed=report.closed,
        only_at=report.only_at,
        made_at=utc_text(report.made_at),
        ledger=None
        if report.ledger is None
        else LedgerDocument(entries=report.ledger.entries, root=report.ledger.root),
        adds_up=report.adds_up,
        sections=tuple(map(_section_document, report.sections)),
        names=dict(report.names),
    )


def report_json(report: Report) -> str:
    """Return the text of the document."""
    return report_document(report).model_dump_json(indent=2)


def read_report(text: str | bytes) -> Report:
    """
    Return the report that a document says.

    Raises:
        ValueError: It is no such document.
    """
    document = ReportDocument.model_validate_json(text)
    return Report(
        kind=document.kind,
        side=document.side,
        first=_day(document.first),
        last=_day(document.last),
        closed=document.closed,
        only_at=document.only_at,
        made_at=read_utc(document.made_at),
        ledger=None
        if document.ledger is None
        else LedgerState(document.ledger.entries, document.ledger.root),
        adds_up=document.adds_up,
        sections=tuple(map(_section, document.sections)),
        names=document.names,
    )


def published() -> dict[str, str]:
    """Return the text of the published schema by the name of its file."""
    schema = ReportDocument.model_json_schema(schema_generator=PlainSchema, mode="serialization")
    head = {"$schema": DIALECT, "$id": SCHEMA, "title": "report"}
    text = json.dumps(head | (schema | {"title": "report"}), indent=2, ensure_ascii=True)
    return {FILE_NAME: text + "\n"}


def _section_document(section: Section) -> SectionDocument:
    chart = section.chart
    return SectionDocument(
        id=section.id,
        layout=section.layout,
        columns=tuple(
            ColumnDocument(id=one.id, kind=one.kind, words=one.words, heading=one.heading)
            for one in section.columns
        ),
        rows=tuple(_row_document(row, section) for row in section.rows),
        total=None if section.total is None else _row_document(section.total, section),
        chart=None if chart is None else ChartDocument(form=chart.form, by=chart.by, of=chart.of),
        group=section.group,
        note=section.note,
        left_out=section.left_out,
        of=section.of,
    )


def _section(document: SectionDocument) -> Section:
    columns = tuple(Column(one.id, one.kind, one.words, one.heading) for one in document.columns)
    chart = document.chart
    return Section(
        id=document.id,
        layout=document.layout,
        columns=columns,
        rows=tuple(_row(row, columns) for row in document.rows),
        total=None if document.total is None else _row(document.total, columns),
        chart=None if chart is None else Chart(chart.form, chart.by, chart.of),
        group=document.group,
        note=document.note,
        left_out=document.left_out,
        of=document.of,
    )


def _row_document(row: Row, section: Section) -> RowDocument:
    return {
        column.id: _cell_document(value) for column, value in zip(section.columns, row, strict=True)
    }


def _row(document: Mapping[str, CellDocument], columns: tuple[Column, ...]) -> Row:
    if document.keys() != {column.id for column in columns}:
        message = "a row has other columns than its section"
        raise ValueError(message)
    return tuple(_cell(document[column.id], column.kind) for column in columns)


def _cell_document(value: Cell) -> CellDocument:
    match value:
        case Share():
            return ShareDocument(part=value.part, of=value.of)
        case dt.datetime():
            return utc_text(value)
        case dt.date():
            return value.isoformat()
        case dt.timedelta():
            return round(value.total_seconds())
        case _:
            return value


def _cell(value: CellDocument, kind: Kind) -> Cell:
    match value, kind:
        case ShareDocument(), Kind.SHARE:
            return Share(value.part, value.of)
        case str(), Kind.INSTANT:
            return read_utc(value)
        case str(), Kind.DATE:
            return dt.date.fromisoformat(value)
        case int(), Kind.DURATION:
            return dt.timedelta(seconds=value)
        case (int(), Kind.COUNT) | (None, _):
            return cast("int | None", value)
        case str(), Kind.TEXT | Kind.CODE | Kind.PLACE | Kind.HANDOFF:
            return value
    message = f"a cell is no {kind}"
    raise ValueError(message)


def _day_text(day: dt.date | None) -> str | None:
    return None if day is None else day.isoformat()


def _day(text: str | None) -> dt.date | None:
    return None if text is None else dt.date.fromisoformat(text)
