"""The account for a person: rich tables in English or Spanish."""

from collections import Counter
from collections.abc import Iterator, Mapping

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from exchange.domain.stages import Stage
from exchange.reports.account import TERMS, Account, PlaceAccount
from exchange.reports.ledger import LedgerFigures
from exchange.reports.texts import Language, text

HANDOFFS_SHOWN_MAX = 5


def account_tables(account: Account, language: Language) -> RenderableType:
    """Return the whole account: terms, stages, what is out of order, ledger, verdict."""
    parts = [_terms(account, language), _stages(account, language)]
    if account.withheld_reasons:
        parts.append(_reasons(account.withheld_reasons, language))
    if any(account.steps.values()) or account.held:
        parts.append(_steps(account, language))
    if account.findings or account.sent_again:
        parts.append(_findings(account, language))
    return Group(*parts, _ledger(account.ledger, language), _verdict(account, language))


def _titled(title: str) -> Table:
    return Table(title=title, title_justify="left", title_style="bold")


def _terms(account: Account, language: Language) -> Table:
    day = _day(account, language)
    table = _titled(f"{text(f'title.{account.side}', language)}: {day}")
    table.add_column(text(f"place.{account.side}", language))
    terms = TERMS[account.side]
    for number, term in enumerate(terms):
        sign = {0: "", 1: "= "}.get(number, "+ ")
        table.add_column(sign + text(term, language), justify="right")
    for line in _lines(account):
        figures = (str(line.terms[term]) for term in terms)
        table.add_row(text(line.place, language), *figures, style=_weight(line))
    return table


def _day(account: Account, language: Language) -> str:
    """Return which day it is, and that its figures still move while it is not closed."""
    if account.day is None:
        return text("all-days", language)
    day = account.day.isoformat()
    return day if account.closed else f"{day} ({text('not-closed', language)})"


def _stages(account: Account, language: Language) -> Table:
    table = _titled(text("stages", language))
    table.add_column(text("stage", language))
    for line in _lines(account):
        table.add_column(text(line.place, language), justify="right", style=_weight(line))
    for stage in Stage:
        if account.total.stages[stage]:
            figures = (str(line.stages[stage]) for line in _lines(account))
            table.add_row(text(f"stage.{stage}", language), *figures)
    return table


def _lines(account: Account) -> Iterator[PlaceAccount]:
    yield from account.places
    yield account.total


def _weight(line: PlaceAccount) -> str:
    return "bold" if line.place == "total" else ""


def _reasons(reasons: Mapping[str, int], language: Language) -> Table:
    table = _titled(text("reasons", language))
    table.add_column(text("reason", language))
    table.add_column(text("people", language), justify="right")
    for code, count in reasons.items():
        table.add_row(code, str(count))
    return table


def _steps(account: Account, language: Language) -> Table:
    table = _titled(text("steps", language))
    table.add_column(text("step", language))
    table.add_column(text("handoffs", language), justify="right")
    for step, count in (*account.steps.items(), ("held", account.held)):
        if count:
            table.add_row(text(step, language), str(count))
    return table


def _findings(account: Account, language: Language) -> Table:
    table = _titled(text("findings", language))
    table.add_column(text("finding", language))
    table.add_column(text("count", language), justify="right")
    table.add_column(text("handoffs", language), no_wrap=True)
    for kind, count in Counter(finding.kind for finding in account.findings).items():
        handoffs = [one.handoff for one in account.findings if one.kind == kind]
        more = ["…"] if count > HANDOFFS_SHOWN_MAX else []
        shown = "\n".join(handoffs[:HANDOFFS_SHOWN_MAX] + more)
        table.add_row(text(kind, language), str(count), shown)
    if account.sent_again:
        table.add_row(text("sent-again", language), str(account.sent_again), "")
    return table


def _ledger(figures: LedgerFigures, language: Language) -> Table:
    table = _titled(text("ledger", language))
    table.show_header = False
    table.add_column()
    table.add_column(overflow="fold")
    none = text("none", language)
    alarms = ", ".join(f"{count} {kind}" for kind, count in figures.alarms.items())
    rows = {
        "entries": figures.entries,
        "last_link": figures.last_link,
        "sent": figures.sent,
        "received": figures.received,
        "rejected_by_partner": figures.rejected_by_partner,
        "rejected_by_us": figures.rejected_by_us,
        "waiting_to_be_sent": figures.waiting,
        "without_receipt": figures.without_receipt,
        "parked": figures.parked,
        "sequence_gaps": ", ".join(figures.sequence_gaps) or none,
        "sequence_repeated": ", ".join(map(str, figures.sequence_repeated)) or none,
        "alarms": alarms or none,
    }
    for key, value in rows.items():
        table.add_row(text(key, language), str(value))
    return table


def _verdict(account: Account, language: Language) -> RenderableType:
    if account.adds_up:
        return Text(text("adds-up", language), style="bold green")
    said = text("expected-found", language)
    lines = [text("does-not-add-up", language)]
    lines += [
        f"  {text(one.rule, language)}, {text(one.subject, language)}: "
        + said.format(expected=one.expected, found=one.found)
        for one in account.unbalanced
    ]
    return Text("\n".join(lines), style="bold red")
