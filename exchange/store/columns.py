# ruff: noqa: ARG002 # SQLAlchemy gives every conversion a dialect that ours do not need
"""
The column types, each in the fewest bytes that both databases give back unchanged.

Instants are microseconds since the epoch, UUIDs their sixteen bytes, words of a closed
list their place in it: disk bytes are what limits this program (design §7).
"""

import datetime as dt
from enum import StrEnum
from typing import TypeVar

from sqlalchemy import (
    BigInteger,
    ColumnClause,
    Dialect,
    Integer,
    LargeBinary,
    SmallInteger,
    Text,
    literal_column,
)
from sqlalchemy.types import TypeDecorator

BIG = BigInteger().with_variant(Integer(), "sqlite")
"""A 64-bit integer. SQLite must see the word INTEGER to make a key its row number."""

Word = TypeVar("Word", bound=StrEnum)

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MICROSECOND = dt.timedelta(microseconds=1)


class Direction(StrEnum):
    """Who said it: we (sent) or the partner (received)."""

    SENT = "sent"
    RECEIVED = "received"


class Kind(StrEnum):
    """What a ledger entry is."""

    MESSAGE = "message"
    RECEIPT = "receipt"


class Status(StrEnum):
    """What the receiver of a message made of it."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"


class Pool(StrEnum):
    """Whose bodies share a key of the day: what was rejected, and what is about no handoff."""

    REJECTED = "rejected"
    BULLETINS = "bulletins"


class Moment(TypeDecorator[dt.datetime]):
    """An aware UTC datetime, kept as microseconds since the epoch."""

    impl = BIG
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> int | None:
        """Return the microseconds; a datetime without a zone is a mistake and raises TypeError."""
        return None if value is None else microseconds(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> dt.datetime | None:
        """Return the instant, in UTC."""
        return None if value is None else _EPOCH + dt.timedelta(microseconds=value)


class Day(TypeDecorator[dt.date]):
    """A calendar day, kept as how many days it is after the epoch."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: dt.date | None, dialect: Dialect) -> int | None:
        """Return the number of the day."""
        return None if value is None else (value - _EPOCH.date()).days

    def process_result_value(self, value: int | None, dialect: Dialect) -> dt.date | None:
        """Return the day."""
        return None if value is None else _EPOCH.date() + dt.timedelta(days=value)


class Uuid16(TypeDecorator[str]):
    """A UUID in canonical lower-case text, kept as its sixteen bytes."""

    impl = LargeBinary(16)
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        """Return the sixteen bytes."""
        return None if value is None else bytes.fromhex(value.replace("-", ""))

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:
        """Return the canonical text."""
        if value is None:
            return None
        digits = value.hex()
        return "-".join(
            (digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]),
        )


MARK_BYTES = 16
Mark = LargeBinary(MARK_BYTES)
"""As much of a keyed digest as is compared with others of its kind."""


class Words(TypeDecorator[tuple[str, ...]]):
    """Some words without a space in them, kept as one text; none at all is null."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: tuple[str, ...] | None, dialect: Dialect) -> str | None:
        """Return the words as one text."""
        return " ".join(value) if value else None

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[str, ...]:
        """Return the words."""
        return () if value is None else tuple(value.split(" "))


class Coded(TypeDecorator[Word]):
    """A word of a closed list, kept as its place in the list. Lists only grow at the end."""

    impl = SmallInteger
    cache_ok = True

    def __init__(self, words: type[Word]) -> None:
        super().__init__()
        self.words = words
        self._by_place = tuple(words)
        self._place = {word: place for place, word in enumerate(words)}

    def process_bind_param(self, value: Word | None, dialect: Dialect) -> int | None:
        """Return the place of the word."""
        return None if value is None else self._place[value]

    def process_result_value(self, value: int | None, dialect: Dialect) -> Word | None:
        """Return the word."""
        return None if value is None else self._by_place[value]


def microseconds(at: dt.datetime) -> int:
    """Return an aware datetime as microseconds since the epoch."""
    return (at - _EPOCH) // _MICROSECOND


def constant(word: StrEnum) -> ColumnClause[int]:
    """Return *word* as a constant of a statement; a partial index is chosen by constants only."""
    return literal_column(str(list(type(word)).index(word)), SmallInteger())
