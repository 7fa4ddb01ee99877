"""Keys, the states of their life, and the fingerprint of roots."""

import re
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
import rfc8785

from exchange.proof.keys import (
    KeyState,
    Role,
    RootKey,
    Roots,
    fingerprint,
    fingerprint_matches,
)
from tests.keys import ACTIVE_FROM, EXPIRES_AT, MX, US, key_set_of, private_key, publish

KEY = publish(US.sign)
REVOKED_AT = ACTIVE_FROM + timedelta(days=100)
SECOND = timedelta(seconds=1)


def test_a_key_is_staged_then_active_then_expired() -> None:
    """It may sign from its first second to before its last."""
    assert KEY.state_at(ACTIVE_FROM - SECOND) is KeyState.STAGED
    assert KEY.state_at(ACTIVE_FROM) is KeyState.ACTIVE
    assert KEY.state_at(EXPIRES_AT - SECOND) is KeyState.ACTIVE
    assert KEY.state_at(EXPIRES_AT) is KeyState.EXPIRED


def test_revocation_takes_effect_at_its_second_and_for_ever() -> None:
    """Before it the key was active, from it on it is revoked, also once it would be expired."""
    key = publish(US.sign, revoked_at=REVOKED_AT)
    assert key.state_at(REVOKED_AT - SECOND) is KeyState.ACTIVE
    assert key.state_at(REVOKED_AT) is KeyState.REVOKED
    assert key.state_at(EXPIRES_AT) is KeyState.REVOKED


def test_a_public_key_verifies_whatever_its_state() -> None:
    """Old lines verify with old keys: the state is a question of its own."""
    key = publish(US.sign, revoked_at=ACTIVE_FROM)
    assert key.verify(b"octets", US.sign.sign(b"octets"))
    assert not key.verify(b"octets", US.sign.sign(b"other octets"))
    assert key.alg == "ES256"


def test_no_secret_is_in_what_a_key_prints() -> None:
    """A private key that ends in a log says its name only."""
    assert repr(US.sign) == "PrivateKey(kid='us-sign-2019a', role='sign')"


def test_the_active_key_of_a_role_is_the_one_begun_last() -> None:
    """Where the lives of two keys overlap, the newer one signs; where there is none, nobody."""
    newer = publish(private_key("us-sign-2019b", "sign", "ES256"), active_from=ACTIVE_FROM + SECOND)
    keys = key_set_of(US.urn, [newer, KEY, publish(US.pq_sign)])
    assert keys.find_active(Role.SIGN, ACTIVE_FROM) == KEY
    assert keys.find_active(Role.SIGN, ACTIVE_FROM + SECOND) == newer
    assert keys.find_active(Role.SIGN, EXPIRES_AT) is None
    assert keys.find_active(Role.LEDGER, ACTIVE_FROM) is None


def test_a_fingerprint_is_twelve_groups_of_five_digits() -> None:
    """It is SHA-256 of the canonical roots, modulo 10^60, as anyone can compute."""
    document: Any = {
        "keys": [key.half.public.jwk() | {"kid": key.kid} for key in US.root_keys],
        "signatures": ["ES384", "ML-DSA-87"],
    }
    number = int(sha256(rfc8785.dumps(document)).hexdigest(), 16) % 10**60
    assert fingerprint(US.roots).replace(" ", "") == f"{number:060d}"
    assert re.fullmatch(r"[0-9]{5}( [0-9]{5}){11}", fingerprint(US.roots))


@pytest.mark.parametrize(
    "typed",
    [
        fingerprint(US.roots),
        fingerprint(US.roots).replace(" ", ""),
        fingerprint(US.roots).replace(" ", "-"),
        "  " + fingerprint(US.roots).replace(" ", "\n") + "\n",
    ],
    ids=["as printed", "without spaces", "with hyphens", "over several lines"],
)
def test_a_fingerprint_is_taken_as_people_type_it(typed: str) -> None:
    """Spaces, line ends and hyphens do not matter; a digit does."""
    assert fingerprint_matches(US.roots, typed)
    wrong = typed.replace(typed.strip()[0], "x", 1)
    assert not fingerprint_matches(US.roots, wrong)


def test_every_part_of_the_roots_is_in_the_fingerprint() -> None:
    """Another party, another order, one root fewer or another name is another fingerprint."""
    roots = US.roots.keys
    others = [
        MX.roots,
        Roots(roots[::-1]),
        Roots(roots[:1]),
        Roots((replace(roots[0], kid=MX.root_keys[0].kid), roots[1])),
        Roots((RootKey(roots[0].kid, US.sign.half.public), roots[1])),
    ]
    assert len({fingerprint(each) for each in [US.roots, *others]}) == len(others) + 1
    assert not fingerprint_matches(US.roots, "")
