"""
With the right guess and everything that is kept after erasure in hand, nothing confirms it.

The attacker is our own insider at their worst: they have every table, our key-encryption key and
the key of our digests, and they know the person. Before erasure the same attack succeeds.
"""

import hashlib
from collections.abc import Iterator
from itertools import product

import pytest
from sqlalchemy import select

from exchange.errors import EvidenceBroken
from exchange.flow.keyring import context_of
from exchange.proof import custody, grammar
from exchange.proof.encoding import b64u
from exchange.store import tables
from exchange.store.bodies import list_bodies
from exchange.store.columns import MARK_BYTES
from exchange.store.engine import Connection
from exchange.store.tables import metadata
from tests.flow.erasing import DOCUMENT, PLANTED, documented, erase, planted
from tests.sides import BothSides, SideOfTests


def everything(connection: Connection) -> bytes:
    """Return every value of every table, one after another."""
    found = []
    for table in metadata.sorted_tables:
        for row in connection.execute(select(table)):
            found += [one if isinstance(one, bytes) else str(one).encode() for one in row]
    return b"\0".join(found)


def guesses(side: SideOfTests) -> Iterator[bytes]:
    """Give every digest that somebody who knows the person could compute."""
    person = planted()["person"]
    texts = [
        *PLANTED.values(),
        DOCUMENT,
        f"born {PLANTED['birth_date']}",
        f"document {DOCUMENT}",
        *(f"{name} {PLANTED['birth_date']}" for name in PLANTED.values()),
    ]
    octets = [text.encode() for text in texts]
    octets += [grammar.rewritten(person), grammar.rewritten(planted())]
    for one in octets:
        for digest in (side.keyring.digest(one), hashlib.sha256(one).digest()):
            yield digest
            yield digest[:MARK_BYTES]


def confirmed(kept: bytes, side: SideOfTests) -> set[bytes]:
    """Return the guesses that are found in what is kept, in any form."""
    return {
        digest
        for digest in guesses(side)
        if any(form in kept for form in (digest, digest.hex().encode(), b64u(digest).encode()))
    }


def bodies_about(connection: Connection, side: SideOfTests, handoff: str) -> list[bytes]:
    """Return every body about a handoff, opened."""
    numbers = connection.execute(
        select(tables.bodies.c.number).where(tables.bodies.c.handoff.is_not(None))
    ).scalars()
    found = list_bodies(connection, numbers.all()).values()
    opened = [side.keyring.unlock(one, context=context_of(handoff)) for one in found]
    return [one for one in opened if one is not None]


async def test_no_digest_that_is_kept_confirms_a_guess(both: BothSides) -> None:
    """Name, birth date, document and the whole decision are known; no digest is of them."""
    handoff = await documented(both)
    for side, least in ((both.us, 3), (both.mx, 2)):
        await side.reconciling.look()
        assert len(confirmed(await side.store.read(everything), side)) >= least
        await erase(side, handoff)
        await side.reconciling.look()
        assert confirmed(await side.store.read(everything), side) == set()


async def test_without_its_salt_no_body_is_known_by_its_digest(both: BothSides) -> None:
    """Whoever knows all of a body but its salt cannot tell that it is the one that was signed."""
    handoff = await documented(both)
    side = both.mx
    bodies = await side.store.read(lambda c: bodies_about(c, side, handoff))
    assert len(bodies) >= 3
    await erase(side, handoff)
    kept = await side.store.read(everything)
    for body in bodies:
        document = grammar.parse(body)
        assert isinstance(document, dict)
        salt = str(document.pop("salt"))
        assert salt.encode() not in kept
        assert b64u(hashlib.sha256(body).digest()).encode() in kept
        for guess in (document, document | {"salt": "A" * 22}):
            assert b64u(hashlib.sha256(grammar.rewritten(guess)).digest()).encode() not in kept


async def test_no_key_that_is_kept_opens_what_is_left(both: BothSides) -> None:
    """What is left of the person is ciphertext under a key that is nowhere any more."""
    handoff = await documented(both)
    other = await documented(both, 2)
    side = both.us
    await erase(side, handoff)

    def rows(connection: Connection) -> tuple[list[bytes], list[bytes]]:
        left = select(tables.bodies.c.ciphertext).where(
            tables.bodies.c.handoff.not_in(select(tables.data_keys.c.handoff))
        )
        wrapped = connection.execute(select(tables.data_keys.c.wrapped)).scalars()
        return list(connection.execute(left).scalars()), list(wrapped)

    left, wrapped = await side.store.read(rows)
    assert left
    assert len(wrapped) == 1
    for ciphertext, key, context in product(left, wrapped, (handoff, other)):
        with pytest.raises(EvidenceBroken):
            custody.decrypt(
                side.keyring.key_encryption_key.unwrap(key),
                ciphertext,
                context=context_of(context),
            )
