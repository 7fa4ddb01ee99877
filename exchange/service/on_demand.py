"""What the service does by itself, done once by a command: the service may run meanwhile or not."""

from exchange.flow.clock import system_clock, system_entropy
from exchange.flow.reconciling import Reconciling, Settled
from exchange.installation.opening import open_keyring
from exchange.service.outside import agreement_of, collect_seldom, terms_of
from exchange.settings import Settings
from exchange.store.engine import Store


async def look_at_all(settings: Settings) -> Settled:
    """
    Return what changed of the discrepancies once every handoff was looked at by every rule.

    Raises:
        NotConfigured: Keys or database are not as they must be.
    """
    agreement = agreement_of(settings)
    keyring = open_keyring(settings, now=system_clock(), entropy=system_entropy)
    store = Store(settings.database.full_url())
    await store.open()
    collect_seldom()
    try:
        return await Reconciling(
            store=store,
            side=agreement.side,
            terms=terms_of(settings, agreement),
            keyring=keyring,
            clock=system_clock,
            every_seconds=settings.reconciliation.look_seconds,
        ).look_at_all()
    finally:
        await store.close()
