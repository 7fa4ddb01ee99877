"""Key sets: signed by roots, closed, and never taken back."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jsonschema import (
    Draft202012Validator,
)
from jwcrypto.jwk import JWK
from jwcrypto.jws import JWS

from exchange.errors import (
    BadSignature,
    GrammarBroken,
    KeySetRefused,
    LineRefused,
    Malformed,
    MessageRefused,
    NotConfigured,
    PolicyRefused,
    UnknownKey,
    WrongIssuer,
    WrongType,
)
from exchange.proof import grammar
from exchange.proof.algorithms import OkpPublic, read_public_jwk
from exchange.proof.jws import KeyId, Line, Typ, read_line, sign_line
from exchange.proof.keys import KeySet, PublicKey, Role, Roots
from exchange.proof.keysets import (
    JournalPayload,
    KeySetPayload,
    accept_newer,
    read_key_set,
    read_roots,
    write_key_set,
    write_roots,
)
from exchange.proof.schemas import published
from tests.keys import ACTIVE_FROM, MX, US, key_set_of, private_key, publish, publish_opening

SCHEMA = Draft202012Validator(json.loads(published()["keys.v1.json"]))
LINE = read_line(US.key_set_line)
ON_CURVE = private_key("us-encrypt-2019a", "encrypt", "ES256").half.public


def made(kid: str, role: Role, jwk: dict[str, str]) -> PublicKey:
    """A published key of any role."""
    return replace(publish(US.sign), kid=KeyId(kid), role=role, half=read_public_jwk(jwk))


EVERY_ROLE = key_set_of(
    US.urn,
    [
        publish(US.sign, revoked_at=ACTIVE_FROM + timedelta(days=1)),
        publish(US.pq_sign),
        made("us-encrypt-2019a", Role.ENCRYPT, ON_CURVE.jwk() | {"alg": "ECDH-ES"}),
        made(
            "us-ledger-2019a",
            Role.LEDGER,
            OkpPublic(Ed25519PrivateKey.from_private_bytes(bytes(range(32))).public_key()).jwk(),
        ),
        made(
            "us-witness-2019a",
            Role.WITNESS,
            private_key("us-witness-2019a", "witness", "ML-DSA-44").half.public.jwk(),
        ),
    ],
    serial=7,
)


def stated(**changes: Any) -> dict[str, Any]:
    """What the good key set states, with *changes*; a member given as ... is left out."""
    members = json.loads(LINE.payload) | changes
    return {name: value for name, value in members.items() if value is not ...}


def key_stated(index: int = 0, **changes: Any) -> dict[str, Any]:
    """The good key set with *changes* in one key."""
    members = stated()
    key = members["keys"][index] | changes
    members["keys"][index] = {name: value for name, value in key.items() if value is not ...}
    return members


def signed(members: Any, **how: Any) -> bytes:
    """A key set's line that its roots really signed."""
    arguments: dict[str, Any] = {"signers": US.root_keys, "typ": Typ.KEYS} | how
    return sign_line(json.dumps(members).encode(), **arguments).octets()


@pytest.mark.parametrize(
    "key_set", [US.key_set, EVERY_ROLE], ids=["what a side signs with", "every role"]
)
def test_a_key_set_comes_back_from_its_line(key_set: KeySet) -> None:
    """Every key of every role, with its life, is read as it was published."""
    octets = write_key_set(key_set, US.root_keys)
    again = read_key_set(octets + b"\n", US.roots, issuer=US.urn)
    assert again == key_set
    payload = read_line(octets).payload
    assert payload == grammar.canonical(json.loads(payload))
    assert SCHEMA.is_valid(json.loads(payload))
    assert list(json.loads(payload)) == ["exp", "iat", "iss", "keys", "schemas", "serial"]


def test_jwcrypto_verifies_the_roots_and_reads_the_keys() -> None:
    """Another library verifies both root signatures, and its keys verify our messages."""
    for root in US.root_keys:
        theirs = JWS()
        theirs.deserialize(US.key_set_line.decode())
        theirs.verify(JWK(**root.half.public.jwk()))
        keys = [JWK(**jwk) for jwk in json.loads(theirs.payload)["keys"]]
        assert [key["kid"] for key in keys] == [*US.key_set.keys]


LINES: dict[str, tuple[type[LineRefused], bytes]] = {
    "no line": (Malformed, b"{}"),
    "the roots of someone else": (UnknownKey, MX.key_set_line),
    "a root missing": (PolicyRefused, signed(stated(), signers=US.root_keys[:1])),
    "the roots swapped": (PolicyRefused, signed(stated(), signers=US.root_keys[::-1])),
    "another kind of line": (WrongType, signed(stated(), typ=Typ.MESSAGE)),
    "another payload": (BadSignature, Line(b"{}", LINE.signatures).octets()),
}


@pytest.mark.parametrize(("error", "octets"), LINES.values(), ids=LINES)
def test_a_key_set_that_its_roots_did_not_sign_is_refused(
    error: type[LineRefused], octets: bytes
) -> None:
    """Every root has signed exactly these octets as a key set, or it is not believed."""
    with pytest.raises(error):
        read_key_set(octets, US.roots, issuer=US.urn)


PAYLOADS: dict[str, Any] = {
    "an array": [],
    "a member missing": stated(exp=...),
    "a member too many": stated(next=None),
    "a serial of 0": stated(serial=0),
    "a serial of text": stated(serial="1"),
    "a schema that is no URN": stated(schemas=["return-notice"]),
    "keys that are an object": stated(keys={}),
    "too many keys": stated(keys=stated()["keys"] * 129),
    "a kid twice": stated(keys=stated()["keys"] * 2),
    "a kid outside the pattern": key_stated(kid="../x"),
    "an unknown role": key_stated(role="root"),
    "an algorithm of another role": key_stated(role="pq-sign"),
    "an unknown algorithm": key_stated(alg="RS256"),
    "no algorithm": key_stated(alg=...),
    "an unknown type": key_stated(kty="oct"),
    "a private member": key_stated(d="AAAA"),
    "a key that is no point": key_stated(x="A" * 43),
    "a key of sloppy text": key_stated(x="A" * 42 + "B"),
    "a post-quantum key cut short": key_stated(1, pub="AAAA"),
    "no revoked": key_stated(revoked=...),
    "revoked false": key_stated(revoked=False),
    "a life of text": key_stated(nbf="2019-01-01"),
}


@pytest.mark.parametrize("payload", PAYLOADS.values(), ids=PAYLOADS)
def test_a_signed_payload_that_is_no_key_set_is_refused(payload: Any) -> None:
    """Signatures of the roots do not make a key set of anything else."""
    with pytest.raises(GrammarBroken):
        read_key_set(signed(payload), US.roots, issuer=US.urn)


def test_a_member_named_twice_is_no_key_set() -> None:
    """What two readers could read differently is not read."""
    payload = LINE.payload[:-1] + b',"serial":1}'
    octets = sign_line(payload, US.root_keys, Typ.KEYS).octets()
    with pytest.raises(GrammarBroken):
        read_key_set(octets, US.roots, issuer=US.urn)


def test_a_key_set_of_another_party_is_refused() -> None:
    """Roots speak for one party."""
    with pytest.raises(WrongIssuer):
        read_key_set(US.key_set_line, US.roots, issuer=MX.urn)


def test_a_key_set_outside_its_schema_is_not_written() -> None:
    """We publish nothing that a partner could not read."""
    with pytest.raises(ValueError, match="serial"):
        write_key_set(replace(US.key_set, serial=0), US.root_keys)


# --- What may follow --------------------------------------------------------------------------

REVOKED_AT = ACTIVE_FROM + timedelta(days=10)
REVOKED = publish(US.sign, revoked_at=REVOKED_AT)


def follows(**changes: Any) -> KeySet:
    """The next key set, with *changes*."""
    return replace(US.key_set, **({"serial": 2} | changes))


def with_keys(*keys: PublicKey, serial: int = 2) -> KeySet:
    """A key set of these keys, and of those that sign no line."""
    others = (publish(US.ledger), publish(US.witness), publish_opening(US.opening))
    kept = MappingProxyType({key.kid: key for key in (*others, *keys)})
    return replace(US.key_set, serial=serial, keys=kept)


def test_a_newer_key_set_takes_the_place() -> None:
    """New keys come, old ones are revoked, and the set we have may come again."""
    newer = with_keys(
        REVOKED, publish(US.pq_sign), publish(private_key("us-sign-2019b", "sign", "ES256"))
    )
    assert accept_newer(US.key_set, newer) == newer
    assert accept_newer(newer, newer) == newer
    earlier = publish(US.sign, revoked_at=REVOKED_AT - timedelta(days=1))
    again = with_keys(*newer.keys.values(), earlier, serial=3)
    assert accept_newer(newer, again) == again


@pytest.mark.parametrize(
    ("current", "new"),
    [
        (follows(), US.key_set),
        (US.key_set, follows(serial=1, schemas=())),
        (US.key_set, follows(iss=MX.urn)),
        (US.key_set, with_keys(publish(US.sign))),
        (
            US.key_set,
            with_keys(replace(publish(MX.sign), kid=US.sign.kid), publish(US.pq_sign)),
        ),
        (
            US.key_set,
            with_keys(replace(publish(US.sign), role=Role.LEDGER), publish(US.pq_sign)),
        ),
        (with_keys(REVOKED, serial=1), with_keys(publish(US.sign))),
        (
            with_keys(REVOKED, serial=1),
            with_keys(publish(US.sign, revoked_at=REVOKED_AT + timedelta(days=1))),
        ),
    ],
    ids=[
        "an older one",
        "the same serial, another content",
        "another party's",
        "a key gone",
        "a key replaced",
        "a key of another role",
        "a revocation taken back",
        "a revocation put off",
    ],
)
def test_what_was_published_is_not_taken_back(current: KeySet, new: KeySet) -> None:
    """A set that is older, or drops or changes a key, is refused and ours stays."""
    with pytest.raises(KeySetRefused) as refused:
        accept_newer(current, new)
    assert isinstance(refused.value, MessageRefused)


# --- Roots in a file --------------------------------------------------------------------------


def test_roots_come_back_from_their_file() -> None:
    """What one party hands over is what the other pins."""
    roots = read_roots(write_roots(US.roots))
    assert roots.document() == US.roots.document()
    assert read_key_set(US.key_set_line, roots, issuer=US.urn) == US.key_set


def roots_with(change: Callable[[dict[str, Any]], object]) -> bytes:
    """The file of good roots after *change*."""
    document = json.loads(write_roots(US.roots))
    change(document)
    return json.dumps(document).encode()


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"[]",
        roots_with(lambda document: document.pop("signatures")),
        roots_with(lambda document: document.update(more=1)),
        roots_with(lambda document: document.update(keys=[])),
        roots_with(lambda document: document.update(signatures=["ES384"])),
        roots_with(lambda document: document["keys"].reverse()),
        roots_with(lambda document: document["keys"][0].pop("kid")),
        roots_with(lambda document: document["keys"][0].update(use="sig")),
        roots_with(lambda document: document["keys"][0].update(x="AAAA")),
    ],
    ids=range(10),
)
def test_a_file_that_is_no_roots_is_not_configured(octets: bytes) -> None:
    """The operator is told, and nothing is pinned."""
    with pytest.raises(NotConfigured):
        read_roots(octets)


def test_roots_are_in_the_order_of_their_signatures() -> None:
    """The signature set of a key set is the roots' algorithms, in order."""
    assert US.roots.signatures == ("ES384", "ML-DSA-87")
    assert Roots.of(US.root_keys[:1]).signatures == ("ES384",)


def test_a_revocation_stays_as_it_was() -> None:
    """A later set that repeats a revocation to the second takes nothing back."""
    revoked = with_keys(REVOKED, publish(US.pq_sign))
    again = with_keys(REVOKED, publish(US.pq_sign), serial=3)
    assert accept_newer(revoked, again) == again


def test_the_journals_keys_are_no_key_set_and_no_key_set_is_the_journals() -> None:
    """The same roots sign both, and neither is read as the other: its key is given to nobody."""
    line = write_key_set(US.journal_keys, US.root_keys, JournalPayload)
    read = read_key_set(line, US.roots, issuer=US.urn, model=JournalPayload)
    assert read == US.journal_keys
    for octets, model in ((line, KeySetPayload), (US.key_set_line, JournalPayload)):
        with pytest.raises(GrammarBroken):
            read_key_set(octets, US.roots, issuer=US.urn, model=model)
    with pytest.raises(ValueError, match="role"):
        write_key_set(US.journal_keys, US.root_keys)
