"""How keys, checks and indexes of the tables are named, the same on both databases."""

from sqlalchemy import Index, MetaData, text

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}

metadata = MetaData(naming_convention=NAMES)
"""What every table of ours is part of."""


def index_where(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    """Return an index over the rows where a condition holds, on both databases."""
    holds = text(where)
    return Index(name, *columns, unique=unique, sqlite_where=holds, postgresql_where=holds)
