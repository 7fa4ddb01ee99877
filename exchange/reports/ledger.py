"""The whole ledger at one moment: how long it is, where it ends, what waits, what is missing."""

from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass

from exchange.reports.document import LedgerState
from exchange.store.accounts import count_exchanged
from exchange.store.alarms import count_open
from exchange.store.columns import Direction
from exchange.store.depth import get_depth
from exchange.store.engine import Connection
from exchange.store.heads import Head, get_log
from exchange.store.seqs import list_repeated_seqs, list_seq_gaps


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerFigures:
    """
    Figures of everything there is, whatever the day.

    *root* is the unpadded base64url of the root of its tree. *sequence_gaps* are
    numbers of the partner's messages that never came, *sequence_repeated* those it used twice.
    """

    entries: int
    root: str
    sent: int
    received: int
    rejected_by_partner: int
    rejected_by_us: int
    waiting: int
    without_receipt: int
    parked: int
    sequence_gaps: tuple[str, ...]
    sequence_repeated: tuple[int, ...]
    alarms: Mapping[str, int]


def ledger_state(connection: Connection) -> LedgerState:
    """Return how long the ledger is, and the root of its tree."""
    head = get_log(connection, Head.LEDGER)
    return LedgerState(head.size, _text(head.root))


def _text(root: bytes) -> str:
    return urlsafe_b64encode(root).rstrip(b"=").decode()


def read_ledger(connection: Connection) -> LedgerFigures:
    """Return the figures of this moment."""
    head, depth = get_log(connection, Head.LEDGER), get_depth(connection)
    exchanged = {one.direction: one for one in count_exchanged(connection)}
    sent, received = (exchanged.get(direction) for direction in Direction)
    return LedgerFigures(
        entries=head.size,
        root=_text(head.root),
        sent=sent.messages if sent else 0,
        received=received.messages if received else 0,
        rejected_by_partner=sent.rejected if sent else 0,
        rejected_by_us=received.rejected if received else 0,
        waiting=depth.waiting,
        without_receipt=depth.unreceipted,
        parked=depth.parked,
        sequence_gaps=tuple(f"{gap.first}-{gap.last}" for gap in list_seq_gaps(connection)),
        sequence_repeated=tuple(list_repeated_seqs(connection)),
        alarms=count_open(connection),
    )
