"""When the rules look at a subject again although nobody speaks: time alone may change it."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import Connection, bindparam, delete, select
from sqlalchemy.dialects.postgresql import insert

from exchange.domain.discrepancies.scopes import Scope, Subject
from exchange.store.prepared import Prepared
from exchange.store.tables import looks

_CHUNK = 500
_AT = insert(looks).values({name: bindparam(name) for name in ("scope", "name", "at")})
_LOOK_AT = Prepared(
    _AT.on_conflict_do_update(index_elements=["scope", "name"], set_={"at": _AT.excluded.at})
)
_FORGET = Prepared(
    delete(looks).where(
        looks.c.scope == bindparam("of_scope"), looks.c.name == bindparam("of_name")
    )
)
_LOOKS = Prepared(
    select(looks.c.name, looks.c.at).where(
        looks.c.scope == bindparam("of_scope"),
        looks.c.name.in_(bindparam("names", expanding=True)),
    )
)
_DUE = Prepared(
    select(looks.c.scope, looks.c.name)
    .where(looks.c.at <= bindparam("now"))
    .order_by(looks.c.at)
    .limit(bindparam("most"))
)

_NEXT = Prepared(select(looks.c.at).order_by(looks.c.at).limit(1))


def list_due_looks(connection: Connection, *, now: dt.datetime, limit: int) -> list[Subject]:
    """Return what to look at again, what has waited longest first."""
    return [Subject(*row) for row in _DUE.rows(connection, {"now": now, "most": limit})]


def find_next_look(connection: Connection) -> dt.datetime | None:
    """Return when something is to be looked at next although nobody speaks, or None."""
    row = _NEXT.first(connection)
    return None if row is None else row[0]


def put_looks(
    connection: Connection, looked_at: Collection[Subject], wakes: Mapping[Subject, dt.datetime]
) -> None:
    """Store when time alone may change each of the subjects *looked_at*; the rest wait no more."""
    waiting = _find_looks(connection, looked_at)
    done = sorted(set(waiting) - set(wakes))
    _FORGET.run(connection, *({"of_scope": one.scope, "of_name": one.name} for one in done))
    fresh = sorted((one, at) for one, at in wakes.items() if waiting.get(one) != at)
    _LOOK_AT.run(
        connection, *({"scope": one.scope, "name": one.name, "at": at} for one, at in fresh)
    )


def _find_looks(
    connection: Connection, subjects: Collection[Subject]
) -> dict[Subject, dt.datetime]:
    found: dict[Subject, dt.datetime] = {}
    for scope in Scope:
        for names in _chunks([one.name for one in subjects if one.scope is scope]):
            rows = _LOOKS.rows(connection, {"of_scope": scope, "names": names})
            found |= {Subject(scope, name): at for name, at in rows}
    return found


def _chunks(names: Collection[str]) -> Iterable[list[str]]:
    ordered = sorted(names)
    return (ordered[start : start + _CHUNK] for start in range(0, len(ordered), _CHUNK))
