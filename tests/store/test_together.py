"""Functions that take many items: what waits is stored at once, and fails alone."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest
from sqlalchemy import URL, Connection

from exchange.store import Store
from exchange.store.journal import Event, list_events, record_events
from exchange.store.together import Together, run_all
from tests.store.rows import NOON


@dataclass
class Counted:
    """Stores an event for each word, and remembers how many words came at once."""

    sizes: list[int] = field(default_factory=list)

    def record(self, connection: Connection, words: Sequence[str]) -> list[str]:
        """Return the words in capitals, once each is in the journal; "bad" is refused."""
        self.sizes.append(len(words))
        if "bad" in words:
            raise LookupError
        record_events(connection, [Event(at=NOON, kind=word, actor="us") for word in words])
        return [word.upper() for word in words]

    def look_up(self, connection: Connection, words: Sequence[str]) -> list[int]:
        """Return how many events each of the words has; "bad" is refused."""
        self.sizes.append(len(words))
        if "bad" in words:
            raise LookupError
        kinds = [event.kind for event in list_events(connection)]
        return [kinds.count(word) for word in words]


async def test_each_gets_its_own_result(store: Store) -> None:
    """Whoever waits gets the result of its own item, and every item is stored once."""
    many = Counted()
    words = [f"word-{number}" for number in range(20)]
    results = await asyncio.gather(*(store.write(Together(many.record, word)) for word in words))
    assert results == [word.upper() for word in words]
    found = await asyncio.gather(*(store.read(Together(many.look_up, word)) for word in words))
    assert found == [1] * 20


async def test_one_that_raises_fails_alone(store: Store) -> None:
    """Of items that wait together one may be refused, and the others are stored and found."""
    many = Counted()
    words = ("one", "bad", "two")
    for function, results in ((many.record, ["ONE", "TWO"]), (many.look_up, [1, 1])):
        calls = [Together(function, word) for word in words]
        run = store.write if function == many.record else store.read
        first, second, third = await asyncio.gather(
            *(run(call) for call in calls),
            return_exceptions=True,
        )
        assert [first, third] == results
        assert isinstance(second, LookupError)


async def test_sqlite_gives_a_function_all_that_waits(sqlite_url: URL) -> None:
    """On SQLite what waits for one function is given to it at once, beside other writes."""
    store, many = Store(sqlite_url), Counted()
    await store.open()
    plain = Event(at=NOON, kind="plain", actor="us")
    await asyncio.gather(
        *(store.write(Together(many.record, f"word-{number}")) for number in range(5)),
        store.write(lambda connection: record_events(connection, [plain])),
        *(store.read(Together(many.look_up, f"word-{number}")) for number in range(3)),
    )
    await store.close()
    assert sorted(many.sizes) == [3, 5]


@pytest.mark.parametrize("order", ["aab", "aba", "baa"])
def test_results_come_back_in_order(connection: Connection, order: str) -> None:
    """Whatever waits between the items of one function, each result stands in its place."""
    first, second = Counted(), Counted()
    kinds = {"a": first, "b": second}
    calls = [Together(kinds[kind].record, f"{kind}{at}") for at, kind in enumerate(order)]
    assert run_all(connection, calls) == [f"{kind}{at}".upper() for at, kind in enumerate(order)]
    assert (first.sizes, second.sizes) == ([2], [1])
