"""The vectors that we hand to others are what this program does."""

import json
import re
from typing import Any

import pytest

from exchange.proof import policy
from exchange.proof.encoding import b64u
from exchange.proof.jws import read_line
from exchange.proof.keysets import read_key_set
from exchange.proof.lines import check_body, read_envelope, verify
from exchange.proof.receipts import read_receipt
from tests.keys import MX, US, Party
from tests.proof.builders import ENVELOPE, NOW
from tests.vectors.make import FILE, deterministic, hedged

DOCUMENT: dict[str, Any] = json.loads(FILE.read_text("utf-8"))
STORED, HEDGED = DOCUMENT["deterministic"], DOCUMENT["hedged"]


def test_the_deterministic_vectors_are_made_the_same_again() -> None:
    """Every octet but the ML-DSA signatures follows from the names of the keys."""
    assert deterministic() == STORED
    assert hedged().keys() == HEDGED.keys()


@pytest.mark.parametrize(
    ("text", "accepted"),
    [(STORED["message"]["line"], policy.ES256_ONLY), (HEDGED["message"], policy.DEFAULT)],
    ids=["ES256 only", "hybrid"],
)
def test_the_messages_of_the_vectors_verify(text: str, accepted: policy.SignatureSets) -> None:
    """Under its policy each one proves the envelope and body that stand beside it."""
    line = read_line(text.encode())
    proven = verify(line, US.key_set, accepted=accepted, received_at=NOW)
    assert read_envelope(proven, audience=MX.urn) == ENVELOPE
    assert check_body(ENVELOPE, line) == json.loads(STORED["body"])
    assert b64u(line.pld) == STORED["message"]["pld"]


def test_the_receipt_of_the_vectors_verifies() -> None:
    """It names the message and the evidence that stand beside it."""
    line = read_line(STORED["receipt"]["line"].encode())
    receipt = read_receipt(line, MX.key_set, accepted=policy.DEFAULT, audience=US.urn)
    assert b64u(receipt.items[0].pld) == STORED["message"]["pld"]
    assert b64u(receipt.items[0].sig) == STORED["message"]["sig"]


@pytest.mark.parametrize("party", [US, MX], ids=lambda party: party.side)
def test_the_key_sets_of_the_vectors_verify(party: Party) -> None:
    """The roots that stand beside them signed them."""
    octets = HEDGED[f"{party.side} keys"].encode()
    assert read_key_set(octets, party.roots, issuer=party.urn) == party.key_set


def test_no_private_key_is_in_the_vectors() -> None:
    """A secret is made when it is needed and written nowhere."""
    text = FILE.read_text("utf-8")
    assert not re.search(r'"(d|priv|k)":', text)
    for party in (US, MX):
        for key in (*party.signers, *party.root_keys):
            jwk = key.half.jwk()
            assert (jwk.get("d") or jwk["priv"]) not in text
