"""What we hold of the partner: the key sets it published, and when it last spoke with us."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, func, select, update

from exchange.store.prepared import Prepared, insert_into, values_of
from exchange.store.tables import key_sets, partner


@dataclass(frozen=True, slots=True)
class StoredKeySet:
    """A key set as its line came, once its root signatures held."""

    serial: int
    octets: bytes
    accepted_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Contact:
    """When the partner last spoke with us, and how far its clock is from ours."""

    contact_at: dt.datetime | None
    skew_milliseconds: int | None


_IS_IT = partner.c.number == 1
_SPOKE = update(partner).where(_IS_IT).values(contact_at=bindparam("at"))
_INSERT = Prepared(insert_into(key_sets))
_HIGHEST = select(func.max(key_sets.c.serial)).scalar_subquery()
_LATEST = Prepared(select(key_sets).where(key_sets.c.serial == _HIGHEST))
_CONTACT = Prepared(select(partner.c.contact_at, partner.c.skew_milliseconds).where(_IS_IT))
_HEARD = Prepared(_SPOKE)
_MEASURED = Prepared(_SPOKE.values(skew_milliseconds=bindparam("skew")))


def record_key_set(connection: Connection, new: StoredKeySet) -> None:
    """
    Store a key set that we accepted.

    Raises:
        IntegrityError: One of this serial is stored; let it pass.
    """
    _INSERT.run(connection, values_of(new))


def find_key_set(connection: Connection) -> StoredKeySet | None:
    """Return the key set in force, that of the highest serial, or None before the first."""
    row = _LATEST.first(connection)
    return None if row is None else StoredKeySet(*row)


def record_contact(
    connection: Connection,
    *,
    at: dt.datetime,
    skew_milliseconds: int | None = None,
) -> None:
    """Note that the partner spoke with us, and its clock where it was measured."""
    if skew_milliseconds is None:
        _HEARD.run(connection, {"at": at})
    else:
        _MEASURED.run(connection, {"at": at, "skew": skew_milliseconds})


def get_contact(connection: Connection) -> Contact:
    """Return when the partner last spoke with us."""
    return Contact(*_CONTACT.first(connection))
