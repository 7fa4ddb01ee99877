"""What stands of what either side said about no handoff: one row a matter, in clear."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from exchange.domain.bulletins import Bulletin, Matter
from exchange.store.columns import Direction
from exchange.store.handoffs import Stale
from exchange.store.prepared import Prepared, insert_into
from exchange.store.tables import bulletins

_ALL = select(bulletins).where(bulletins.c.direction == bindparam("whose"))
_FIND = Prepared(
    _ALL.where(
        bulletins.c.name.in_(bindparam("names", expanding=True)),
        bulletins.c.about.in_(bindparam("matters", expanding=True)),
    )
)
_LIST = Prepared(
    _ALL.where(bulletins.c.name == bindparam("named"), bulletins.c.about >= bindparam("first"))
    .order_by(bulletins.c.about)
    .limit(bindparam("most"))
)
_INSERT = Prepared(insert_into(bulletins))
_REPLACE = Prepared(
    update(bulletins)
    .where(
        bulletins.c.direction == bindparam("whose"),
        bulletins.c.name == bindparam("named"),
        bulletins.c.about == bindparam("at_matter"),
        bulletins.c.seq == bindparam("at_seq"),
    )
    .values(
        seq=bindparam("seq"),
        said_at=bindparam("said_at"),
        schema=bindparam("schema"),
        says=bindparam("says"),
    )
)


def find_bulletins(
    connection: Connection, direction: Direction, matters: Collection[Matter]
) -> dict[Matter, Bulletin]:
    """Return what stands of those of the matters about which that side has said something."""
    if not matters:
        return {}
    asked = {
        "whose": direction,
        "names": sorted({one.name for one in matters}),
        "matters": sorted({one.about for one in matters}),
    }
    found = map(_bulletin, _FIND.rows(connection, asked))
    return {one.matter: one for one in found if one.matter in matters}


def list_bulletins(
    connection: Connection, direction: Direction, name: str, *, first: str = "", limit: int = 1000
) -> list[Bulletin]:
    """Return what stands of each matter of a type from *first* on, in the order of matters."""
    asked = {"whose": direction, "named": name, "first": first, "most": limit}
    return [_bulletin(row) for row in _LIST.rows(connection, asked)]


def record_bulletins(
    connection: Connection,
    direction: Direction,
    changes: Sequence[tuple[Bulletin | None, Bulletin]],
) -> None:
    """
    Store each bulletin in place of the one that stood when it was decided on.

    Raises:
        Stale: Another stands by now. Let it pass: nothing may be kept.
        Duplicate: One stands by now where there was none. Let it pass too.
    """
    ordered = sorted(changes, key=lambda change: change[1].matter)
    _INSERT.run(
        connection,
        *(
            {**_says(after), "direction": direction, "name": name, "about": about}
            for before, after in ordered
            for name, about in [after.matter]
            if before is None
        ),
    )
    replaced = [
        {
            **_says(after),
            "whose": direction,
            "named": after.matter.name,
            "at_matter": after.matter.about,
            "at_seq": before.seq,
        }
        for before, after in ordered
        if before is not None
    ]
    if _REPLACE.run(connection, *replaced) != len(replaced):
        raise Stale


def _says(one: Bulletin) -> dict[str, object]:
    return {"seq": one.seq, "said_at": one.said_at, "schema": one.schema, "says": one.says}


def _bulletin(row: Iterable[Any]) -> Bulletin:
    _, name, about, seq, said_at, schema, says = row
    return Bulletin(Matter(name, about), seq, said_at, schema, says)
