"""The closed envelope."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from jsonschema import (
    Draft202012Validator,
)
from pydantic import ValidationError

from exchange.errors import GrammarBroken
from exchange.proof import grammar
from exchange.proof.encoding import SECONDS_MAX, b64u, digest
from exchange.proof.envelope import (
    Envelope,
    InReplyTo,
    MessageId,
    find_jti,
    make_envelope,
    new_jti,
    parse_envelope,
)
from exchange.proof.schemas import published
from tests.keys import MX, US, entropy_from
from tests.proof.builders import BODY, ENVELOPE, HANDOFF, JTI, NOW, members

SCHEMA = Draft202012Validator(json.loads(published()["envelope.v1.json"]))
IRT = {"jti": JTI, "pld": b64u(digest(b"another envelope"))}


def test_an_envelope_is_written_canonical() -> None:
    """Its octets are RFC 8785 and state exactly the nine members."""
    stated = json.loads(ENVELOPE.octets())
    assert grammar.canonical(stated) == ENVELOPE.octets()
    assert stated == {
        "iss": US.urn,
        "aud": MX.urn,
        "jti": JTI,
        "iat": int(NOW.timestamp()),
        "seq": 7,
        "schema": "urn:handoff:schema:return-cancellation:1",
        "sub": HANDOFF,
        "irt": None,
        "bod": b64u(digest(BODY)),
    }


def test_an_envelope_comes_back_from_its_octets() -> None:
    """Also when it answers another message and is about no handoff."""
    answer = InReplyTo(JTI, digest(b"another envelope"))
    envelope = make(irt=answer, sub=None)
    assert parse_envelope(envelope.octets()) == envelope
    assert json.loads(envelope.octets())["irt"] == IRT
    assert envelope.sealed_at == NOW


def make(**changes: Any) -> Envelope:
    """An envelope made as a sender makes it, with *changes*."""
    arguments: dict[str, Any] = {
        "iss": US.urn,
        "aud": MX.urn,
        "jti": JTI,
        "sealed_at": NOW,
        "seq": 7,
        "schema": "urn:handoff:schema:return-cancellation:1",
        "sub": HANDOFF,
        "irt": None,
        "body": BODY,
    }
    return make_envelope(**(arguments | changes))


@pytest.mark.parametrize(
    "changes",
    [{"seq": 0}, {"sub": "x"}, {"jti": HANDOFF}, {"iss": ""}, {"schema": "return-notice"}],
    ids=repr,
)
def test_a_sender_cannot_make_what_no_partner_would_read(changes: dict[str, Any]) -> None:
    """A value outside the closed envelope is refused before it is signed."""
    with pytest.raises(ValidationError):
        make(**changes)


GOOD: list[dict[str, Any]] = [
    {},
    {"iat": 0},
    {"iat": SECONDS_MAX},
    {"seq": 2**53 - 1},
    {"sub": None},
    {"irt": IRT},
    {"aud": "urn:example:someone-else"},
    {"schema": "urn:handoff:schema:nobody-knows-it:99"},
]

BAD: list[dict[str, Any]] = [
    *({name: ...} for name in members()),
    *({name: 1.5} for name in members()),
    *({name: []} for name in members()),
    *({name: True} for name in members()),
    *({name: ""} for name in members()),
    *({name: None} for name in members() if name not in {"sub", "irt"}),
    {"exp": 1},
    {"iat": -1},
    {"iat": "1552996800"},
    {"iat": SECONDS_MAX + 1},
    {"seq": 0},
    {"seq": "7"},
    {"jti": JTI.upper()},
    {"jti": JTI + "\n"},
    {"jti": HANDOFF},
    {"sub": JTI},
    {"sub": HANDOFF.upper()},
    {"sub": HANDOFF.replace("-", "")},
    {"iss": [US.urn]},
    {"aud": [MX.urn]},
    {"aud": "urn:handoff:mx:" + "i" * 128},
    {"aud": "urn:handoff:mx:inm test"},
    {"schema": "https://example.org/schema"},
    {"bod": b64u(b"short")},
    {"bod": "A" * 42 + "B"},
    {"bod": b64u(digest(b"x")) + "="},
    {"irt": {}},
    {"irt": {"jti": JTI}},
    {"irt": IRT | {"sig": IRT["pld"]}},
    {"irt": IRT | {"jti": None}},
    {"irt": IRT | {"pld": "x"}},
]


@pytest.mark.parametrize("changes", GOOD, ids=repr)
def test_what_the_table_allows_is_read(changes: dict[str, Any]) -> None:
    """An envelope within the rules is read, and the published schema says the same."""
    stated = members(**changes)
    assert json.loads(parse_envelope(json.dumps(stated).encode()).octets()) == stated
    assert SCHEMA.is_valid(stated)


@pytest.mark.parametrize("changes", BAD, ids=repr)
def test_what_the_table_forbids_is_refused(changes: dict[str, Any]) -> None:
    """An envelope outside the rules is refused, and the published schema says the same."""
    stated = members(**changes)
    with pytest.raises(GrammarBroken):
        parse_envelope(json.dumps(stated).encode())
    # jsonschema lets "...\n" match a pattern that ends in $; ours does not.
    assert not SCHEMA.is_valid(stated) or str(changes.get("jti", "")).endswith("\n")


@pytest.mark.parametrize(
    ("payload", "jti"),
    [
        (json.dumps({"jti": JTI}).encode(), JTI),
        (json.dumps(members(seq="x")).encode(), JTI),
        (json.dumps({"jti": 7}).encode(), None),
        (json.dumps({"jti": JTI.upper()}).encode(), None),
        (b"{}", None),
        (b"[]", None),
        (b"", None),
        (b'{"jti":"%b","jti":"%b"}' % (JTI.encode(), JTI.encode()), None),
    ],
    ids=range(8),
)
def test_the_jti_is_found_where_it_can_be(payload: bytes, jti: MessageId | None) -> None:
    """A broken envelope is still named by its jti, unless that itself is in doubt."""
    assert find_jti(payload) == jti


def test_a_new_jti_is_a_uuid_version_7() -> None:
    """It carries the millisecond, its version and variant, and for the rest chance."""
    at = datetime(2019, 3, 19, 15, 0, 0, 123_000, tzinfo=UTC)
    jti = new_jti(at, entropy_from("jti"))
    number = UUID(jti)
    assert (number.version, number.variant) == (7, "specified in RFC 4122")
    assert number.int >> 80 == round(at.timestamp() * 1000)
    assert jti == str(number)
    assert find_jti(json.dumps({"jti": jti}).encode()) == jti


def test_jtis_of_later_times_sort_later() -> None:
    """Whatever the chance in them, a later millisecond is a greater number."""
    first = new_jti(NOW, lambda size: b"\xff" * size)
    second = new_jti(NOW + timedelta(milliseconds=1), lambda size: b"\x00" * size)
    assert first < second


@pytest.mark.parametrize(
    ("octets", "text"),
    [
        (bytes(10), "01dfe7a0-8800-7000-8000-000000000000"),
        (b"\xff" * 10, "01dfe7a0-8800-7fff-bfff-ffffffffffff"),
    ],
    ids=["no chance", "all chance"],
)
def test_a_jti_is_its_time_its_marks_and_chance(octets: bytes, text: str) -> None:
    """Every bit but those of time, version and variant is chance (RFC 9562 §5.7)."""
    at = datetime(2035, 6, 28, 4, 6, 56, tzinfo=UTC)
    made = UUID(new_jti(at, lambda size: octets[:size]))
    assert int.from_bytes(made.bytes[:6]) == int(at.timestamp() * 1000)
    assert str(made)[13:] == text[13:]
