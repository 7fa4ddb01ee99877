"""Time must act, or the operator; or everything stops."""

from collections.abc import Sequence

from exchange.errors.said import ExchangeError, Sentence


class DeliveryFailed(ExchangeError):
    """A message did not reach the partner's ledger."""

    code = "delivery-failed"


class Unreachable(DeliveryFailed):
    """The partner gave no usable answer: the same sealed messages go out again later."""

    code = "unreachable"


class KeysUnusable(ExchangeError):
    """No key of ours may sign now: the operator publishes and loads one; nothing was recorded."""

    code = "keys-unusable"


class SchemaNotTaken(ExchangeError):
    """The partner's key set lists no version of what was to be said: the operator calls it."""

    code = "schema-not-taken"


class EvidenceBroken(ExchangeError):
    """Our own record does not verify: stop and call whoever keeps the evidence (exit 6)."""

    code = "evidence-broken"


class TimeStampRefused(ExchangeError):
    """What an authority answered is no stamp of what it was asked to stamp, or not its own."""

    code = "time-stamp-refused"


class StoreFailed(ExchangeError):
    """
    It is unknown whether a commit is on disk: it is never tried again, the caller may repeat.

    On SQLite the store is then failed for good and the process stops; on PostgreSQL the next
    transaction reads the truth.
    """

    code = "store-failed"


class StoreBusy(ExchangeError):
    """The database did not answer and nothing was written: do the same again later."""

    code = "store-busy"


class NotConfigured(ExchangeError):
    """A setting, key or database is missing or wrong; every fault is named (exit 3)."""

    code = "not-configured"

    def __init__(self, faults: Sequence[Sentence]) -> None:
        super().__init__(
            Sentence("\n".join(faults), "\n".join(fault.es for fault in faults)),
        )
        self.faults = tuple(faults)
