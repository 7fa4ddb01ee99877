"""The bounded texts from which bodies are made, and the times they say."""

import time
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from exchange.domain.wire import (
    DateText,
    LocalText,
    ReducedDateText,
    Salt,
    UtcText,
    ZoneName,
    read_utc,
    utc_text,
)

DATE = TypeAdapter[str](DateText)
REDUCED = TypeAdapter[str](ReducedDateText)
SECONDS = st.datetimes(
    min_value=datetime(1900, 1, 1),  # noqa: DTZ001 - the strategy adds the zone
    max_value=datetime(2099, 12, 31),  # noqa: DTZ001 - as above
    timezones=st.just(UTC),
).map(lambda at: at.replace(microsecond=0))


def is_valid(adapter: TypeAdapter[str], text: object) -> bool:
    """Say whether the text validates."""
    try:
        adapter.validate_python(text, strict=True)
    except ValidationError:
        return False
    return True


def test_exactly_the_days_of_the_calendar_are_dates() -> None:
    """Of every day number from 1900 to 2099 the pattern takes just those that exist."""
    for year in range(1900, 2100):
        for month in (0, *range(1, 13), 13):
            for day in (0, 1, 28, 29, 30, 31, 32):
                text = f"{year:04}-{month:02}-{day:02}"
                try:
                    date.fromisoformat(text)
                except ValueError:
                    assert not is_valid(DATE, text), text
                else:
                    assert is_valid(DATE, text), text


@pytest.mark.parametrize("text", ["1994", "1994-02", "1994-02-28", "2000-02-29"])
def test_a_birth_date_may_be_reduced(text: str) -> None:
    """A year, a month or a day is a birth date."""
    assert is_valid(REDUCED, text)


@pytest.mark.parametrize(
    "text", ["", "94", "1899", "2100", "1994-13", "1994-00", "1994-2", "1994-02-30", "1994-", 1994]
)
def test_what_is_no_date_is_no_birth_date(text: object) -> None:
    """A date of any precision must exist and be written in full."""
    assert not is_valid(REDUCED, text)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (UtcText, "2031-03-17T18:00:00+00:00"),
        (UtcText, "2031-03-17T18:00:00z"),
        (UtcText, "2031-03-17 18:00:00Z"),
        (UtcText, "2031-03-17T24:00:00Z"),
        (UtcText, "2031-03-17T18:00:60Z"),
        (UtcText, "2031-02-29T18:00:00Z"),
        (UtcText, "2031-03-17T18:00:00Z\n"),
        (LocalText, "2031-03-17T18:00:00"),
        (LocalText, "2031-03-17T18:60"),
        (ZoneName, "../../etc/passwd"),
        (ZoneName, "America/"),
        (Salt, "AAECAwQFBgcICQoLDA0ODx"),
        (Salt, "AAECAwQFBgcICQoLDA0OD="),
    ],
)
def test_near_misses_are_refused(kind: type[str], text: str) -> None:
    """Only the one way of writing each text is taken."""
    assert not is_valid(TypeAdapter[str](kind), text)


@given(SECONDS)
def test_a_time_survives_the_wire(at: datetime) -> None:
    """What is written as UTC text is valid and reads as the same moment."""
    text = utc_text(at)
    assert is_valid(TypeAdapter[str](UtcText), text)
    assert read_utc(text) == at


def test_time_is_written_in_utc_to_the_second() -> None:
    """Another offset is converted and a fraction dropped."""
    at = datetime(2031, 3, 17, 12, 0, 0, 999_999, tzinfo=timezone(timedelta(hours=-7)))
    assert utc_text(at) == "2031-03-17T19:00:00Z"


def test_a_time_without_zone_is_refused() -> None:
    """A naive time cannot be written."""
    with pytest.raises(ValueError, match="zone"):
        utc_text(datetime(2031, 3, 17))  # noqa: DTZ001 - the naive time is what is tested


def test_the_zone_of_the_machine_is_nothing_to_the_wire(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that stands in Tijuana writes the same time as one in Greenwich."""
    at = datetime(2031, 3, 17, 16, 0, tzinfo=UTC)
    with monkeypatch.context() as there:
        there.setenv("TZ", "America/Tijuana")
        time.tzset()
        assert utc_text(at) == "2031-03-17T16:00:00Z"
    time.tzset()
