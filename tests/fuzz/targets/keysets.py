"""Key sets that the roots signed, and the file by which roots are handed over."""

import json
from collections.abc import Iterator
from functools import cache

import orjson
import rfc8785

from exchange.errors import GrammarBroken, LineRefused, NotConfigured, WrongIssuer
from exchange.proof.jws import Typ, read_line, sign_line
from exchange.proof.keys import KeySet, PrivateKey, Roots, fingerprint
from exchange.proof.keysets import (
    accept_newer,
    read_key_set,
    read_roots,
    write_key_set,
    write_roots,
)
from tests.fuzz.references import is_valid, reference_json, same
from tests.fuzz.target import Target, wrong
from tests.keys import MX, private_key


@cache
def _root() -> tuple[PrivateKey]:
    """Return one quick root: what it signs is under test, not its signature."""
    return (private_key("fuzz-root-2019a", "root", "ES256"),)


def check_key_set(octets: bytes) -> bool:
    """Believe what the roots signed where it is a key set; the same set is written again."""
    roots = Roots.of(_root())
    line = sign_line(octets, _root(), Typ.KEYS).octets()
    try:
        key_set = read_key_set(line, roots, issuer=MX.urn)
    except (LineRefused, GrammarBroken, WrongIssuer):
        return False
    members = reference_json(octets)
    if not is_valid("keys.v1.json", members):
        wrong("accepted, though the published schema refuses it")
    again = write_key_set(key_set, _root())
    if read_key_set(again, roots, issuer=MX.urn) != key_set:
        wrong("the key set is written with another meaning")
    _check_successor(key_set)
    return True


def _check_successor(key_set: KeySet) -> None:
    if accept_newer(key_set, key_set) is not key_set:
        wrong("the same key set is not accepted again")


def check_roots(octets: bytes) -> bool:
    """Read the file of roots where it is what we would write, and name it the same for ever."""
    try:
        roots = read_roots(octets)
    except NotConfigured:
        return False
    members = reference_json(octets)
    if not same(members, roots.document()) or read_roots(write_roots(roots)) != roots:
        wrong("the roots are written with another meaning")
    named = fingerprint(read_roots(rfc8785.dumps(members)))
    if named != fingerprint(roots):
        wrong("the same roots have another name")
    return True


def key_set_seeds() -> Iterator[bytes]:
    """Yield the key set of a test party, with members changed and keys of every kind."""
    good = json.loads(_payload())
    yield orjson.dumps(good)
    yield orjson.dumps(good | {"serial": 0})
    yield orjson.dumps(good | {"keys": good["keys"] * 2})
    for alg, role in (("ES384", "sign"), ("ML-DSA-87", "pq-sign"), ("ML-DSA-44", "witness")):
        key = private_key(f"mx-{alg.lower()}", role, alg)
        entry = {**good["keys"][0], "role": role}
        entry = {name: entry[name] for name in ("iat", "nbf", "exp", "revoked", "role")}
        yield orjson.dumps(good | {"keys": [key.half.public.jwk() | entry | {"kid": key.kid}]})
    ec = good["keys"][0]
    yield orjson.dumps(good | {"keys": [ec | {"alg": "ECDH-ES", "role": "encrypt"}]})
    yield orjson.dumps(good | {"keys": [ec | {"x": ec["y"]}]})
    okp = {name: ec[name] for name in ("kid", "iat", "nbf", "exp")}
    okp |= {"kty": "OKP", "crv": "Ed25519", "alg": "Ed25519", "role": "ledger", "x": ec["x"]}
    yield orjson.dumps(good | {"keys": [okp | {"revoked": 1}]})


def _payload() -> bytes:
    """Return the octets that the roots of a test party sign."""
    return read_line(write_key_set(MX.key_set, _root())).payload


def root_seeds() -> Iterator[bytes]:
    """Yield the roots of both kinds, and what is no such file."""
    yield write_roots(MX.roots)
    quick = Roots.of(_root())
    yield orjson.dumps(quick.document())
    document = json.loads(write_roots(quick))
    yield orjson.dumps(document | {"signatures": ["ES384"]})
    yield orjson.dumps(document | {"keys": []})
    yield orjson.dumps({"keys": [{"kid": "a", "alg": "ES256"}], "signatures": ["ES256"]})


_WORDS = ("kid", "role", "kty", "crv", "alg", "EC", "AKP", "OKP", "P-256", "ES256", "Ed25519")
TARGETS = (
    Target("key-set", check_key_set, key_set_seeds, is_json=True, words=_WORDS),
    Target("roots", check_roots, root_seeds, is_json=True, words=_WORDS),
)
