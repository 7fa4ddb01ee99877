"""
What may be written to a log: events by name, with the fields of one allow-list.

A field that is not in the list is dropped and counted, so that a person's name cannot reach a
file by somebody's good intention. Of an exception the class and the lines of code are
written, never its message: messages quote values.
"""

import logging
import sys
import traceback
from collections.abc import MutableMapping
from typing import Any, Final, TextIO

import orjson
import structlog

ALLOWED: Final = frozenset(
    {
        # what happened, when, and where in the program
        "event", "level", "at", "error", "trace", "incident", "listener", "check",
        # which thing: ids that mean nothing outside
        "handoff", "jti", "decision", "kid", "seq", "schema", "alarm", "client", "port",
        "rule_set", "party", "serial", "day",
        # how it ended, and how much
        "code", "status", "route", "method", "outcome", "reason", "stage", "lines", "count",
        "accepted", "rejected", "attempts", "failures", "seconds", "size", "index", "depth",
        "told", "opened", "updated", "closed", "skew_seconds", "retry_after_seconds", "side",
        "version", "pid", "address",
    }
)  # fmt: skip


def only_allowed(
    logger: object, method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Drop every field that is not in the allow-list, and count what was dropped."""
    del logger, method
    kept = {name: value for name, value in event.items() if name in ALLOWED}
    if len(kept) < len(event):
        kept["dropped"] = len(event) - len(kept)
    return kept


def configure_logs(level: str = "info", stream: TextIO | None = None) -> None:
    """Make every log event one line of JSON on *stream* (stderr), at *level* and above."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
            only_allowed,
            structlog.processors.JSONRenderer(serializer=_json),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.getLevelNamesMapping()[level.upper()]
        ),
        logger_factory=structlog.PrintLoggerFactory(stream or sys.stderr),
        cache_logger_on_first_use=True,
    )


def trace_of(error: BaseException) -> list[str]:
    """Return where *error* came from, innermost last: files, lines and functions, no values."""
    frames = traceback.extract_tb(error.__traceback__)
    return [f"{_module(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames[-12:]]


def _module(filename: str) -> str:
    """Return *filename* without the machine's own folders."""
    return "/".join(filename.rsplit("/", 3)[1:])


def _json(event: object, **_: object) -> str:
    return orjson.dumps(event, default=lambda value: type(value).__name__).decode()
