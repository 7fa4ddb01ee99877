"""
The shapes from which every body is made: closed objects and bounded text.

Each pattern says the whole rule, calendar included, so that a body is valid here exactly
when it is valid against its published schema: ``format`` and ``description`` only help a
reader. The patterns keep to what ECMA 262, Rust and Python read alike; ``$`` is the very end
of the text, as in ECMA 262 (Python's own ``re`` would also let a final line feed pass).
"""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

# Years 1900 to 2099; 1900 was no leap year, 2000 was.
_YEAR = "(?:19|20)[0-9]{2}"
_LEAP_YEAR = "(?:19(?:0[48]|[2468][048]|[13579][26])|20(?:[02468][048]|[13579][26]))"
_DAY_OF_MONTH = (
    "(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
    "|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
    "|02-(?:0[1-9]|1[0-9]|2[0-8]))"
)
_DATE = f"(?:{_YEAR}-{_DAY_OF_MONTH}|{_LEAP_YEAR}-02-29)"
_HOUR_MINUTE = "(?:[01][0-9]|2[0-3]):[0-5][0-9]"
_UUID7 = "[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
_UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"


class Closed(BaseModel):
    """An object with exactly these members: none absent, none more, nothing converted."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, serialize_by_alias=True)


UuidText = Annotated[
    str,
    Field(
        min_length=36,
        max_length=36,
        pattern=f"^{_UUID}$",
        description="A random UUID in lower case. It means nothing outside the exchange.",
        json_schema_extra={"format": "uuid"},
    ),
]

Salt = Annotated[
    str,
    Field(
        min_length=22,
        max_length=22,
        pattern="^[A-Za-z0-9_-]{21}[AQgw]$",
        description=(
            "Sixteen fresh random bytes in base64url. They make the digest of the body "
            "useless for guessing a name once the body is erased."
        ),
    ),
]

DigestText = Annotated[
    str,
    Field(
        min_length=43,
        max_length=43,
        pattern="^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$",
        description="SHA-256, base64url.",
    ),
]

MessageIdText = Annotated[
    str,
    Field(
        min_length=36,
        max_length=36,
        pattern=f"^{_UUID7}$",
        description="The `jti` of a message: a UUIDv7 in lower case.",
        json_schema_extra={"format": "uuid"},
    ),
]

DateText = Annotated[
    str,
    Field(
        min_length=10,
        max_length=10,
        pattern=f"^{_DATE}$",
        description="A calendar date.",
        json_schema_extra={"format": "date"},
    ),
]

ReducedDateText = Annotated[
    str,
    Field(
        min_length=4,
        max_length=10,
        pattern=f"^(?:{_YEAR}|{_YEAR}-(?:0[1-9]|1[0-2])|{_DATE})$",
        description="A calendar date, or only its year and month, or only its year (ISO 8601).",
    ),
]

LocalText = Annotated[
    str,
    Field(
        min_length=16,
        max_length=16,
        pattern=f"^{_DATE}T{_HOUR_MINUTE}$",
        description="The time that the clock on the wall shows, to the minute.",
    ),
]

UtcText = Annotated[
    str,
    Field(
        min_length=20,
        max_length=20,
        pattern=f"^{_DATE}T{_HOUR_MINUTE}:[0-5][0-9]Z$",
        description="RFC 3339 in UTC, to the second.",
        json_schema_extra={"format": "date-time"},
    ),
]

HourText = Annotated[
    str,
    Field(
        min_length=5,
        max_length=5,
        pattern=f"^{_HOUR_MINUTE}$",
        description="The hour that the clock on the wall of the place shows, to the minute.",
    ),
]

ZoneName = Annotated[
    str,
    Field(
        min_length=3,
        max_length=40,
        pattern="^[A-Za-z]+(?:[/_-][A-Za-z]+)*$",
        description="A zone of the IANA time zone database.",
    ),
]

PortCode = Annotated[
    str,
    Field(
        min_length=4,
        max_length=4,
        pattern="^[0-9]{4}$",
        description="The CBP code of a US port of entry (Schedule D).",
    ),
]

ReceivingPointId = Annotated[
    str,
    Field(
        min_length=4,
        max_length=30,
        pattern="^MX-[A-Z0-9]+(?:-[A-Z0-9]+)*$",
        description="A desk of the Mexican authority where people are received.",
    ),
]

CrossingCode = Annotated[
    str,
    Field(
        min_length=2,
        max_length=30,
        pattern="^[A-Z0-9]+(?:-[A-Z0-9]+)*$",
        description="The gate of the port at which people cross.",
    ),
]

OfficerId = Annotated[
    str,
    Field(
        min_length=2,
        max_length=40,
        pattern="^[A-Za-z0-9][A-Za-z0-9._-]*$",
        description="An opaque name for an official; only their own authority can read it.",
    ),
]

RuleSetName = Annotated[
    str,
    Field(
        min_length=2,
        max_length=40,
        pattern="^[a-z0-9]+(?:-[a-z0-9]+)*$",
        description="The screening rule set that was applied.",
    ),
]

DocumentNumber = Annotated[
    str,
    Field(
        min_length=5,
        max_length=20,
        pattern="^[0-9A-Z]+$",
        description="Capital letters and digits, as printed on the document.",
    ),
]

DutyNumber = Annotated[
    str,
    Field(
        min_length=8,
        max_length=16,
        pattern="^\\+[1-9][0-9]{6,14}$",
        description="The telephone of a desk, never of a person: E.164.",
    ),
]

Revision = Annotated[
    int,
    Field(ge=1, le=9_999, description="Which notice of this handoff: 1, then one more each time."),
]

HearingVersion = Annotated[
    int,
    Field(ge=1, le=9_999, description="One more each time the court moves the hearing."),
]


def utc_text(at: datetime) -> str:
    """
    Write the aware time *at* as the wire has it, dropping what is below a second.

    Raises:
        ValueError: *at* says no zone.
    """
    if at.tzinfo is None:
        message = "a time without a zone is no time"
        raise ValueError(message)
    return at.astimezone(UTC).isoformat()[:19] + "Z"


def read_utc(text: str) -> datetime:
    """Return the time that a valid ``UtcText`` says."""
    return datetime.fromisoformat(text)
