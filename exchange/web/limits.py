"""Every limit that a caller can run into, each counted by the name of its setting."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from exchange import errors


class Limit(StrEnum):
    """What a caller ran into: the setting of ``[inbox]`` that says how much there is of it."""

    CONNECTIONS = "connections_max"
    HEAD_SECONDS = "head_timeout_seconds"
    HEAD_LINE = "head_line_bytes_max"
    HEAD_FIELDS = "head_fields_max"
    BODY_SECONDS = "body_timeout_seconds"
    BODY_SIZE = "request_bytes_max"
    DOCUMENT_SIZE = "document_bytes_max"
    ANSWER_SECONDS = "answer_timeout_seconds"
    LINGER_SECONDS = "linger_seconds"
    KEEP_ALIVE_SECONDS = "keep_alive_seconds"
    RATE = "requests_per_second_max"


Hit = Callable[[Limit], None]


def nobody_counts(limit: Limit) -> None:
    """Do nothing: where nothing is measured."""
    del limit


BY_ERROR: Final[Mapping[type[errors.ExchangeError], Limit]] = {
    errors.TooLarge: Limit.BODY_SIZE,
    errors.RequestTooSlow: Limit.BODY_SECONDS,
    errors.RateLimited: Limit.RATE,
}
"""The limits that a handler finds, by the error that says so."""


@dataclass(frozen=True, slots=True)
class ConnectionLimits:
    """How long, how large and how many, so that nobody who is slow or silent keeps others out."""

    head_seconds: float = 10.0
    keep_alive_seconds: float = 75.0
    connections_max: int = 256
    answer_seconds: float = 30.0
    linger_seconds: float = 2.0
    waiting_max: int = 512
    buffer_bytes_max: int = 256 * 1024
    head_line_bytes_max: int = 8_190
    head_fields_max: int = 100


@dataclass(frozen=True, slots=True)
class BodyLimits:
    """How large the body of one call may be, and how long it may take to arrive."""

    bytes_max: int = 256 * 1024
    seconds: float = 10.0
