"""What the rules of reconciliation have found in a run, held against what all of it says."""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from exchange.domain.discrepancies.finding import Finding
from exchange.flow.clock import system_entropy
from exchange.flow.reconciling import Reconciling
from exchange.installation.opening import open_keyring
from exchange.service.outside import agreement_of, terms_of
from exchange.store.discrepancies import stream_open
from exchange.store.engine import Store
from tests.flow.looks import forget
from tests.sim.evidence import Finished, Held

LATER = timedelta(days=3)
"""After so long time alone has broken what it can break of a run."""

ITS_OWN = frozenset({"R17", "R23", "R25", "R27", "R28"})
"""The rules that look at what each side has on its own as well."""


def discrepancies_are_what_all_of_it_says(run: Finished) -> Iterator[str]:
    """What was found as messages arrived is what looking at all of them finds, on both sides."""
    found: dict[str, set[tuple[str, str]]] = {}
    for held in (run.us, run.mx):
        with TemporaryDirectory() as directory:
            copy = Path(directory) / "exchange.db"
            with closing(sqlite3.connect(held.file)) as here, closing(sqlite3.connect(copy)) as to:
                here.backup(to)
            as_they_came, of_all = asyncio.run(_looked(held, copy, run.ended_at + LATER))
        for finding in as_they_came ^ of_all:
            yield f"{held.side}: {finding.rule} of {finding.subject.name} is found one way only"
        found[held.side] = {
            (one.rule, one.subject.name)
            for one in of_all
            if one.rule.startswith("R") and one.rule not in ITS_OWN
        }
    for rule, name in found["us"] ^ found["mx"]:
        yield f"{rule} of {name} is found on one side only"


async def _looked(held: Held, file: Path, now: datetime) -> tuple[set[Finding], set[Finding]]:
    """Return what stands once a side has looked at what changed, and at everything anew."""
    agreement = agreement_of(held.settings)
    store = Store(f"sqlite:///{file}")
    await store.open()
    try:
        reconciling = Reconciling(
            store=store,
            side=agreement.side,
            terms=terms_of(held.settings, agreement),
            keyring=open_keyring(held.settings, now=now, entropy=system_entropy),
            clock=lambda: now,
            every_seconds=10,
        )
        await reconciling.look()
        as_they_came = await _standing(store)
        await store.write(forget)
        await reconciling.look_at_all()
        return as_they_came, await _standing(store)
    finally:
        await store.close()


async def _standing(store: Store) -> set[Finding]:
    kept = await store.scan(lambda connection: list(stream_open(connection)))
    return {one.discrepancy.finding for one in kept}
