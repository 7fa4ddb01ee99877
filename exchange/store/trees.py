"""
The trees of the two logs as they stand in their rows: read for proofs, and worked out anew.

Entries never change and are seen in their order, so a log may be read in parts, each of them in a
view of its own.
"""

from collections.abc import Collection, Iterator, Mapping
from functools import partial

from sqlalchemy import Connection, bindparam, select

from exchange.errors import EvidenceBroken, Sentence
from exchange.proof import logs
from exchange.proof.merkle import Frontier, Node, Read, split_hashes
from exchange.store import journal, ledger
from exchange.store.heads import LOGS, Head
from exchange.store.prepared import Prepared
from exchange.store.tables import journal as journal_table
from exchange.store.tables import ledger as ledger_table

_NODES = {
    head: Prepared(
        select(table.c.number, table.c.nodes).where(
            table.c.number.in_(bindparam("numbers", expanding=True))
        )
    )
    for head, table in ((Head.LEDGER, ledger_table), (Head.JOURNAL, journal_table))
}


def nodes_of(connection: Connection, log: Head) -> Read:
    """Return what reads the hashes that a proof about *log* asks for."""
    return partial(_read, connection, log)


def regrow(connection: Connection, log: Head, *, after: Frontier, until: int) -> Frontier:
    """
    Return where *log* stands with *until* entries, *after* what is known, once each new one holds.

    Raises:
        EvidenceBroken: The first entry that is missing or altered is named.
    """
    entries = _list(connection, log, after.size - 1, until - after.size)
    grown = logs.regrow(entries, log=LOGS[log], after=after)
    if grown.size < until:
        raise logs.broken_at(grown.size, log=LOGS[log])
    return grown


def _list(connection: Connection, log: Head, after: int, limit: int) -> Iterator[logs.Entry]:
    if log is Head.LEDGER:
        return map(ledger.in_tree, ledger.list_entries(connection, after=after, limit=limit))
    return map(journal.in_tree, journal.list_events(connection, after=after, limit=limit))


def _read(connection: Connection, log: Head, nodes: Collection[Node]) -> Mapping[Node, bytes]:
    if not nodes:
        return {}
    rows = _NODES[log].rows(connection, {"numbers": [node.ended_by for node in nodes]})
    kept = {number: split_hashes(joined) for number, joined in rows}
    try:
        return {node: kept[node.ended_by][node.level] for node in nodes}
    except (KeyError, IndexError) as fault:
        name = LOGS[log]
        damaged = Sentence(f"a hash of the {name} is missing", f"falta un resumen del {name.es}")
        raise EvidenceBroken(damaged) from fault
