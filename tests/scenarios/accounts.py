"""The account of a side, over all its days, as an auditor asks for it."""

from functools import partial

from exchange.reports.account import Account, make_account
from exchange.reports.folding import Asked
from exchange.reports.selection import Selection
from tests.sides import SideOfTests


async def account_of(side: SideOfTests) -> Account:
    """Return where every person of a side is, and what is out of order."""
    agreement = side.agreement
    asked = Asked(
        side=agreement.side,
        places=agreement.places,
        limits=agreement.limits,
        selection=Selection(),
        now=side.clock(),
    )
    return await side.store.read(partial(make_account, asked=asked))


def stands(account: Account) -> dict[str, int]:
    """Return how many persons stand in each stage, of those where anybody does."""
    return {stage: count for stage, count in account.total.stages.items() if count}
