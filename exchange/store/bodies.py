"""
Bodies as ciphertext, and the wrapped keys that open them.

This module neither encrypts nor decrypts: ``proof/custody.py`` does, on octets that come
from here. Deleting a handoff's data key erases its person everywhere, backups included.
"""

import datetime as dt
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, and_, bindparam, delete, select, update

from exchange.store.columns import Pool
from exchange.store.heads import Row, take_row_numbers
from exchange.store.prepared import Prepared, insert_into, values_of
from exchange.store.tables import bodies, data_keys, pool_keys


@dataclass(frozen=True, slots=True)
class NewBody:
    """Ciphertext under the key of *handoff* (a row number) or of a *pool* of *pool_on*."""

    ciphertext: bytes
    handoff: int | None = None
    pool: Pool | None = None
    pool_on: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Body:
    """Ciphertext with what is needed to open it; *wrapped* is null once it is erased."""

    number: int
    handoff: int | None
    pool: Pool | None
    ciphertext: bytes
    wrapped: bytes | None


_INSERT = Prepared(insert_into(bodies))
_FIND = Prepared(
    select(
        bodies.c.number,
        bodies.c.handoff,
        bodies.c.pool,
        bodies.c.ciphertext,
        data_keys.c.wrapped,
        pool_keys.c.wrapped.label("pool_wrapped"),
    )
    .select_from(
        bodies.outerjoin(data_keys, data_keys.c.handoff == bodies.c.handoff).outerjoin(
            pool_keys,
            and_(pool_keys.c.pool == bodies.c.pool, pool_keys.c.pool_on == bodies.c.pool_on),
        ),
    )
    .where(bodies.c.number.in_(bindparam("numbers", expanding=True)))
)
_INSERT_KEY = Prepared(insert_into(data_keys))
_KEYS = Prepared(
    select(data_keys.c.handoff, data_keys.c.wrapped).where(
        data_keys.c.handoff.in_(bindparam("handoffs", expanding=True)),
    ),
)
_ERASE = Prepared(delete(data_keys).where(data_keys.c.handoff == bindparam("at_handoff")))
_INSERT_POOL = Prepared(insert_into(pool_keys))
_POOL = Prepared(
    select(pool_keys.c.wrapped).where(
        pool_keys.c.pool == bindparam("of"), pool_keys.c.pool_on == bindparam("on")
    )
)
_DROP_POOL_BODIES = Prepared(
    delete(bodies).where(
        bodies.c.pool == bindparam("of"),
        bodies.c.pool_on < bindparam("before"),
        bodies.c.pool_on.is_not(None),
    )
)
_DROP_POOL = Prepared(
    delete(pool_keys).where(
        pool_keys.c.pool == bindparam("of"), pool_keys.c.pool_on < bindparam("before")
    )
)

_KEYS_AFTER = Prepared(
    select(data_keys.c.handoff, data_keys.c.wrapped)
    .where(data_keys.c.handoff > bindparam("after"))
    .order_by(data_keys.c.handoff)
    .limit(bindparam("most"))
)
_REWRAP = Prepared(
    update(data_keys)
    .where(
        data_keys.c.handoff == bindparam("at_handoff"), data_keys.c.wrapped == bindparam("from_old")
    )
    .values(wrapped=bindparam("to_new"))
)
_POOLS = Prepared(select(pool_keys.c.pool, pool_keys.c.pool_on, pool_keys.c.wrapped))
_REWRAP_POOL = Prepared(
    update(pool_keys)
    .where(pool_keys.c.pool == bindparam("of"), pool_keys.c.pool_on == bindparam("on"))
    .values(wrapped=bindparam("to_new"))
)


def record_bodies(connection: Connection, new: Sequence[NewBody]) -> list[int]:
    """Return the numbers of the bodies now stored."""
    if not new:
        return []
    numbers = take_row_numbers(connection, Row.BODIES, len(new))
    rows = [
        {"number": number, **values_of(body)} for number, body in zip(numbers, new, strict=True)
    ]
    _INSERT.run(connection, *rows)
    return numbers


def list_bodies(connection: Connection, numbers: Collection[int]) -> dict[int, Body]:
    """Return the bodies of these numbers with the keys that open them, by number."""
    rows = _FIND.rows(connection, {"numbers": list(numbers)})
    return {
        number: Body(number, handoff, pool, ciphertext, wrapped or pool_wrapped)
        for number, handoff, pool, ciphertext, wrapped, pool_wrapped in rows
    }


def insert_data_keys(connection: Connection, wrapped: dict[int, bytes]) -> None:
    """Store the wrapped data key of each handoff (by row number); each has one for life."""
    rows = [{"handoff": handoff, "wrapped": key} for handoff, key in wrapped.items()]
    _INSERT_KEY.run(connection, *rows)


def find_data_keys(connection: Connection, handoffs: Collection[int]) -> dict[int, bytes]:
    """Return the wrapped data keys of these handoffs, by row number; erased ones are absent."""
    return dict(_KEYS.rows(connection, {"handoffs": list(handoffs)}))


def erase_data_key(connection: Connection, handoff: int) -> bool:
    """Delete the key of a handoff's bodies; say whether there was one."""
    return _ERASE.run(connection, {"at_handoff": handoff}) == 1


def find_pool_key(connection: Connection, pool: Pool, on: dt.date) -> bytes | None:
    """Return the wrapped key of a day's bodies of *pool*, or None where there is none yet."""
    row = _POOL.first(connection, {"of": pool, "on": on})
    return None if row is None else row[0]


def insert_pool_key(connection: Connection, pool: Pool, on: dt.date, wrapped: bytes) -> None:
    """Store the wrapped key of a day's bodies of *pool*."""
    _INSERT_POOL.run(connection, {"pool": pool, "pool_on": on, "wrapped": wrapped})


def delete_pools(connection: Connection, *, before: dt.date) -> int:
    """Delete the rejected bodies older than *before* with their keys; return how many."""
    asked: dict[str, object] = {"of": Pool.REJECTED, "before": before}
    gone = _DROP_POOL_BODIES.run(connection, asked)
    _DROP_POOL.run(connection, asked)
    return gone


def rewrap_data_keys(
    connection: Connection, rewrap: Callable[[bytes], bytes], *, after: int, limit: int
) -> tuple[int | None, int]:
    """
    Rewrap the data keys of the handoffs (row numbers) after one, *limit* at most.

    Return the last that was looked at, None where there was none, and how many had changed. A key
    that is erased meanwhile stays erased.
    """
    rows = _KEYS_AFTER.rows(connection, {"after": after, "most": limit})
    fresh = [(handoff, wrapped, rewrap(wrapped)) for handoff, wrapped in rows]
    changed = [
        {"at_handoff": handoff, "from_old": old, "to_new": new}
        for handoff, old, new in fresh
        if new != old
    ]
    _REWRAP.run(connection, *changed)
    return (rows[-1][0] if rows else None), len(changed)


def rewrap_pool_keys(connection: Connection, rewrap: Callable[[bytes], bytes]) -> int:
    """Rewrap the keys of every day's pool; return how many had changed."""
    fresh = [(pool, on, old, rewrap(old)) for pool, on, old in _POOLS.rows(connection)]
    changed = [{"of": pool, "on": on, "to_new": new} for pool, on, old, new in fresh if new != old]
    _REWRAP_POOL.run(connection, *changed)
    return len(changed)
