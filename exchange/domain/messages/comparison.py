"""One step of comparing what both sides stated of a day, or what the comparison found."""

from typing import Annotated, Literal

from pydantic import Field

from exchange.domain.messages.body import Body
from exchange.domain.messages.conditions import where
from exchange.domain.messages.statement import Speaker
from exchange.domain.wire import Closed, DateText, DigestText, MessageIdText

_TWO, _THREE = "[A-Za-z0-9_-][AQgw]", "[A-Za-z0-9_-]{2}[AEIMQUYcgkosw048]"

BoundText = Annotated[
    str,
    Field(
        max_length=16,
        pattern=f"^(?:[A-Za-z0-9_-]{{4}}){{0,4}}$|^(?:[A-Za-z0-9_-]{{4}}){{0,3}}(?:{_TWO}|{_THREE})$",
        description="Up to 12 octets in base64url.",
    ),
]
PrefixText = Annotated[
    str,
    Field(
        min_length=16,
        max_length=16,
        pattern="^[A-Za-z0-9_-]{16}$",
        description="The first 12 octets of a `pld` or a fingerprint in base64url.",
    ),
]
Found = Annotated[int, Field(ge=0, le=99_999_999)]


class Range(Closed):
    """Every `pld` from *start* on and below *end*, as octets compare."""

    start: BoundText = Field(description="Where the range begins; empty at the first.")
    end: BoundText | None = Field(description="Where it ends, itself not in it; null at the last.")


class Split(Range):
    """How a range divides into parts, and the fingerprint of the speaker's set in each."""

    dividers: Annotated[tuple[BoundText, ...], Field(strict=False, max_length=15)]
    fingerprints: Annotated[
        tuple[PrefixText, ...], Field(strict=False, min_length=1, max_length=16)
    ]


class Leaf(Range):
    """Everything that the speaker has of a small range."""

    items: Annotated[tuple[PrefixText, ...], Field(strict=False, max_length=32)]


class NamedMessage(Closed):
    """One message by its names."""

    pld: DigestText
    jti: MessageIdText


class Settled(Range):
    """What only the speaker has of a range that was listed, and of that list what it lacks."""

    having: Annotated[tuple[NamedMessage, ...], Field(strict=False, max_length=512)]
    lacking: Annotated[tuple[PrefixText, ...], Field(strict=False, max_length=32)]


class Step(Closed):
    """What is said of the ranges that the last step asked about, each list in their order."""

    splits: Annotated[tuple[Split, ...], Field(strict=False, max_length=64)]
    leaves: Annotated[tuple[Leaf, ...], Field(strict=False, max_length=64)]
    settled: Annotated[tuple[Settled, ...], Field(strict=False, max_length=128)]
    rest: bool = Field(description="More differs than this step could go into.")


class Conflict(Closed):
    """One `jti` under which the two sides hold different messages."""

    jti: MessageIdText
    ours: Annotated[tuple[DigestText, ...], Field(strict=False, min_length=1, max_length=2)]
    theirs: Annotated[tuple[DigestText, ...], Field(strict=False, min_length=1, max_length=2)]


class Result(Closed):
    """What was found, as its speaker has it; the other side's says the mirror image."""

    matched: Found | None = Field(
        description="How many messages both have; null where not everything was compared.",
    )
    missing_here: Annotated[tuple[NamedMessage, ...], Field(strict=False, max_length=256)] = Field(
        description="What the speaker lacks: the first of them by `pld`.",
    )
    missing_here_count: Found
    missing_there: Annotated[tuple[NamedMessage, ...], Field(strict=False, max_length=256)] = Field(
        description="What the other side lacks: the first of them by `pld`.",
    )
    missing_there_count: Found
    conflicts: Annotated[tuple[Conflict, ...], Field(strict=False, max_length=64)]
    conflicts_count: Found
    end: (
        Literal[
            "too-many-steps",
            "too-many-ranges",
            "too-many-messages",
            "out-of-order",
            "not-asked",
            "contradiction",
            "unexplained",
            "unknown-statement",
            "unanswered",
        ]
        | None
    ) = Field(description="Why the comparison ended with nothing that holds; null where it did.")


class Comparison(Body):
    """One step in finding the messages by which two statements of a day differ, or the result."""

    day: DateText
    speaker: Speaker
    ours: DigestText = Field(description="The fingerprint that the sender stated.")
    theirs: DigestText = Field(description="The one that the receiver stated.")
    number: Annotated[int, Field(ge=0, le=17)] = Field(
        description="Which step this is, from 1; of a result the last step before it.",
    )
    says: Literal["step", "result"]
    step: Annotated[Step | None, where("says", "step")]
    result: Annotated[Result | None, where("says", "result")]
