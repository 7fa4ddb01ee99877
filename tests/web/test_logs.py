"""What reaches a log is on the allow-list, whatever somebody meant to write."""

import io
import json
from collections.abc import Iterator

import pytest
import structlog

from exchange.web.logs import configure_logs, trace_of


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """Return where the log goes; afterwards structlog is as it was."""
    before = structlog.get_config()
    out = io.StringIO()
    configure_logs("info", out)
    yield out
    structlog.configure(**before)


def test_what_is_not_listed_is_dropped_and_counted(stream: io.StringIO) -> None:
    """A field outside the allow-list does not reach the file; how many there were does."""
    structlog.get_logger().info("notice.delivered", handoff="h", name="MARIA", born="1990")
    event = json.loads(stream.getvalue())
    assert event["event"] == "notice.delivered"
    assert (event["handoff"], event["dropped"]) == ("h", 2)
    assert "MARIA" not in stream.getvalue()


def test_an_exception_is_logged_without_its_words(stream: io.StringIO) -> None:
    """Neither exc_info nor a trace brings an exception's message into the log."""
    try:
        raise ValueError("MARIA")  # noqa: EM101, TRY301 - the words are the point
    except ValueError as error:
        structlog.get_logger().error("leg.failed", exc_info=True, trace=trace_of(error))
    assert "MARIA" not in stream.getvalue()
    assert json.loads(stream.getvalue())["trace"][-1].endswith(
        "test_an_exception_is_logged_without_its_words"
    )


def test_the_level_is_a_floor(stream: io.StringIO) -> None:
    """What is below the level is not written."""
    structlog.get_logger().debug("poll.done")
    assert stream.getvalue() == ""


def test_the_time_is_utc(stream: io.StringIO) -> None:
    """Each event says when, in UTC."""
    structlog.get_logger().info("service.started")
    assert json.loads(stream.getvalue())["at"].endswith("Z")
