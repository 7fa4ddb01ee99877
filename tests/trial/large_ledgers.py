"""Whether two ledgers too large for memory agree: both SQLite files, compared by SQL alone."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

_MESSAGE, _RECEIPT = 0, 1
_SENT, _RECEIVED = 0, 1

_UNMATCHED = """
SELECT count(*) FROM (
  SELECT {what} FROM {one}.ledger WHERE kind = :kind AND direction = :direction
  EXCEPT
  SELECT {what} FROM {other}.ledger WHERE kind = :kind AND direction = 1 - :direction)
"""
_MESSAGES = "SELECT count(*) FROM {one}.ledger WHERE kind = 0 AND direction = 0"
_NUMBERED = """
SELECT count(DISTINCT seq), min(seq), max(seq) FROM {one}.ledger
WHERE kind = 0 AND direction = 0
"""
_UNCOVERED = """
SELECT count(*) FROM {one}.ledger AS message WHERE kind = 0 AND direction = 0 AND NOT EXISTS (
  SELECT 1 FROM {one}.verdicts WHERE verdicts.message = message.number AND verdicts.status = 0)
"""
_SAID = """
SELECT count(*), min(times), max(times) FROM (
  SELECT count(*) AS times FROM {one}.ledger WHERE kind = 0 GROUP BY handoff, schema)
"""


def faults_between(us: Path, mx: Path, *, handoffs: int) -> list[str]:
    """
    Return what does not agree between two databases after *handoffs* whole handoffs.

    Nothing when per direction both hold the same messages and the same receipts in equal
    octets, numbers have no gap, each message has its receipt, and each of the four messages of
    each handoff was said once.
    """
    with closing(sqlite3.connect(":memory:")) as connection:
        for name, file in (("us", us), ("mx", mx)):
            connection.execute(f"ATTACH DATABASE ? AS {name}", (str(file),))
        return list(_faults(connection, handoffs))


def _faults(connection: sqlite3.Connection, handoffs: int) -> Iterator[str]:
    for one, other in (("us", "mx"), ("mx", "us")):
        for kind, what in ((_MESSAGE, "jti, pld"), (_RECEIPT, "envelope, signatures")):
            for direction in (_SENT, _RECEIVED):
                query = _UNMATCHED.format(what=what, one=one, other=other)
                (count,) = connection.execute(
                    query, {"kind": kind, "direction": direction}
                ).fetchone()
                if count:
                    yield f"{count} of kind {kind}, direction {direction}, only {one} has"
        sent = connection.execute(_MESSAGES.format(one=one)).fetchone()[0]
        if connection.execute(_NUMBERED.format(one=one)).fetchone() != (sent, 1, sent):
            yield f"the numbers of {one} have a gap"
        uncovered = connection.execute(_UNCOVERED.format(one=one)).fetchone()[0]
        if uncovered:
            yield f"{uncovered} messages of {one} have no receipt"
        if connection.execute(_SAID.format(one=one)).fetchone() != (4 * handoffs, 1, 1):
            yield f"{one} does not hold each of four messages of {handoffs} handoffs once"
