"""The report of a day as the service makes it by itself: for all places, with all that is ours."""

import datetime as dt

from exchange.domain.severity import Severity
from exchange.flow.agreement import Agreement
from exchange.reports.account import make_account
from exchange.reports.composing import make_report
from exchange.reports.folding import Asked
from exchange.reports.forms.plain import report_json
from exchange.reports.selection import Selection
from exchange.store.engine import Connection
from exchange.store.reports import DayReport


def make_day_report(
    connection: Connection, day: dt.date, now: dt.datetime, *, agreement: Agreement
) -> DayReport:
    """Return the report of a *day*, made at *now* from one view of the database."""
    asked = Asked(
        side=agreement.side,
        places=agreement.places,
        limits=agreement.limits,
        selection=Selection(first=day, last=day),
        now=now,
    )
    account = make_account(connection, asked)
    differences = account.differences
    critical = sum(
        count for (severity, _), count in differences.ages.items() if severity is Severity.CRITICAL
    )
    return DayReport(
        day=day,
        made_at=account.made_at,
        adds_up=account.adds_up,
        critical=critical,
        entries=account.ledger.entries,
        root=account.ledger.root,
        octets=report_json(make_report(account, agreement.places)).encode("utf-8"),
    )
