"""What we hold of the partner: the key sets it published, and when it last spoke with us."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, insert, select, update

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


_INSERT = insert(key_sets)
_LATEST = select(key_sets).order_by(key_sets.c.serial.desc()).limit(1)
_CONTACT = select(partner.c.contact_at, partner.c.skew_milliseconds)
_HEARD = update(partner).values(contact_at=bindparam("at"))
_MEASURED = _HEARD.values(skew_milliseconds=bindparam("skew"))


def record_key_set(connection: Connection, new: StoredKeySet) -> None:
    """
    Store a key set that we accepted.

    Raises:
        IntegrityError: One of this serial is stored; let it pass.
    """
    row = {"serial": new.serial, "octets": new.octets, "accepted_at": new.accepted_at}
    connection.execute(_INSERT, row)


def find_key_set(connection: Connection) -> StoredKeySet | None:
    """Return the key set in force, that of the highest serial, or None before the first."""
    row = connection.execute(_LATEST).one_or_none()
    return None if row is None else StoredKeySet(*row)


def record_contact(
    connection: Connection,
    *,
    at: dt.datetime,
    skew_milliseconds: int | None = None,
) -> None:
    """Note that the partner spoke with us, and its clock where it was measured."""
    if skew_milliseconds is None:
        connection.execute(_HEARD, {"at": at})
    else:
        connection.execute(_MEASURED, {"at": at, "skew": skew_milliseconds})


def get_contact(connection: Connection) -> Contact:
    """Return when the partner last spoke with us."""
    return Contact(*connection.execute(_CONTACT).one())
