"""Answers kept for repeats of a request."""

from sqlalchemy import Connection

from exchange.store.clients import find_client, insert_client
from exchange.store.idempotency import Answer, delete_answers, find_answer, record_answer
from tests.store.rows import NOON, SECOND
from tests.store.test_clients import PORT


def test_a_repeat_finds_the_answer_until_it_is_forgotten(connection: Connection) -> None:
    """An answer is found by client and key, and forgotten by age."""
    insert_client(connection, PORT)
    client = find_client(connection, PORT.token_hash)
    assert client is not None
    answer = Answer(
        client=client.number,
        key="k-1",
        digest=bytes(32),
        status=202,
        created_at=NOON,
        subject="a-handoff",
    )
    record_answer(connection, answer)
    assert find_answer(connection, client=client.number, key="k-1") == answer
    assert find_answer(connection, client=client.number, key="k-2") is None
    assert delete_answers(connection, before=NOON) == 0
    assert delete_answers(connection, before=NOON + SECOND) == 1
