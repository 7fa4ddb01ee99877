"""The account for a program: one JSON object, the same from the command and the listener."""

import datetime as dt
from dataclasses import asdict
from typing import Any

from exchange.domain.wire import utc_text
from exchange.reports.account import Account


def account_document(account: Account) -> dict[str, Any]:
    """Return the account as plain JSON values; every term and every stage stands in it."""
    return {name: _plain(value) for name, value in asdict(account).items()} | {
        "adds_up": account.adds_up
    }


def _plain(value: Any) -> Any:
    match value:
        case dict():
            return {name: _plain(one) for name, one in value.items()}
        case list() | tuple():
            return [_plain(one) for one in value]
        case dt.datetime():
            return utc_text(value)
        case dt.date():
            return value.isoformat()
        case _:
            return value
