"""Which receipt covers which message."""

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from exchange.store.columns import Status
from exchange.store.ledger import record_entries
from exchange.store.verdicts import (
    Verdict,
    find_receipts_by_sig,
    find_verdicts,
    record_verdicts,
)
from tests.store.rows import entry, receipt


def test_a_verdict_comes_back_as_it_went_in(connection: Connection) -> None:
    """What a receipt says of each message is read back, by message."""
    record_entries(connection, [entry(), entry(), receipt()])
    written = [
        Verdict(message=0, receipt=2, status=Status.ACCEPTED, attempts=3),
        Verdict(
            message=1,
            receipt=2,
            status=Status.REJECTED,
            code="breaks-schema",
            pointer="/body/answer",
        ),
    ]
    record_verdicts(connection, written)
    assert find_verdicts(connection, [0, 1, 2]) == dict(enumerate(written))


def test_the_first_receipt_of_a_message_stands(connection: Connection) -> None:
    """A second verdict on a message is stopped by the database."""
    record_entries(connection, [entry(), receipt(), receipt()])
    record_verdicts(connection, [Verdict(message=0, receipt=1, status=Status.ACCEPTED)])
    with pytest.raises(IntegrityError):
        record_verdicts(connection, [Verdict(message=0, receipt=2, status=Status.ACCEPTED)])


def test_a_known_line_is_answered_with_its_receipt(connection: Connection) -> None:
    """The stored receipt of a line is found by ``sig``; a line without one is not given."""
    covered, waiting = entry(), entry()
    record_entries(connection, [covered, waiting, receipt()])
    record_verdicts(connection, [Verdict(message=0, receipt=2, status=Status.ACCEPTED)])
    assert find_receipts_by_sig(connection, [covered.sig, waiting.sig]) == {covered.sig: 2}
