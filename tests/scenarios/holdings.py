"""All that a side holds, opened: what somebody with its database and its keys can read."""

import base64
import re
from collections.abc import Iterable, Iterator
from functools import partial

import orjson
from sqlalchemy import select

from exchange.flow.keyring import context_of_body
from exchange.store.bodies import list_bodies
from exchange.store.engine import Connection
from exchange.store.handoffs import stream_handoffs
from exchange.store.tables import bodies, metadata
from tests.sides import SideOfTests

Held = tuple[str, bytes]
"""Where it stands, and the octets."""

_BY_CHANCE = re.compile(rb'"(salt|bod|pld|sig)":"[^"]*"')
"""Salts and digests within JSON: in so many random letters a short word stands by chance."""


async def held_by(side: SideOfTests) -> list[Held]:
    """Return every value in every table of a side, and every body in clear."""
    return await side.store.read(partial(_everything, side))


def heard_in(requests: Iterable[bytes]) -> Iterator[Held]:
    """Give what stands in each line that was sent: its members, decoded from their base64."""
    for line in (line for request in requests for line in request.split(b"\n")):
        document = orjson.loads(line)
        said = [("payload", document["payload"]), ("body", document["body"])]
        said += [("protected", one["protected"]) for one in document["signatures"]]
        for member, text in said:
            yield member, base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def tells(held: Iterable[Held], words: Iterable[bytes]) -> list[tuple[str, bytes]]:
    """Return where which of the *words* stand, in whatever letters."""
    wanted = list(words)
    return [
        (at, word)
        for at, octets in held
        for word in wanted
        if word in _BY_CHANCE.sub(b"", octets).lower()
    ]


def _everything(side: SideOfTests, connection: Connection) -> list[Held]:
    found = [
        (f"{table.name}.{name}", _octets(value))
        for table in metadata.sorted_tables
        for row in connection.execute(select(table)).mappings()
        for name, value in row.items()
        if (table.name, name) not in _SEALED
    ]
    return [*found, *_opened(side, connection)]


_SEALED = {
    ("bodies", "ciphertext"),
    ("data_keys", "wrapped"),
    ("ledger", "signatures"),
}
"""What looks like chance itself; whatever is under it is read where it is opened."""


def _octets(value: object) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


def _opened(side: SideOfTests, connection: Connection) -> Iterator[Held]:
    handoffs = {row.number: row.handoff for row in stream_handoffs(connection)}
    numbers = connection.execute(select(bodies.c.number)).scalars().all()
    for body in list_bodies(connection, numbers).values():
        context = context_of_body(body, handoffs.get(body.handoff or -1))
        yield "body", side.keyring.unlock(body, context=context) or b""
