"""Sealed bodies: one algorithm, one form, opened by another library and made by it."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jwcrypto.jwe import JWE
from jwcrypto.jwk import JWK

from exchange.proof.curves import EcPrivate
from exchange.proof.encoding import b64u, unb64u
from exchange.proof.jws import KeyId
from exchange.proof.sealing import (
    Fault,
    NotOpened,
    OpeningKey,
    new_opening_half,
    new_opening_key,
    open_body,
    read_opening_half,
    seal_body,
)
from tests.keys import MX, US, entropy_from, publish_opening

BODY = b'{"salt":"AAAAAAAAAAAAAAAAAAAAAA","revision":1,"reason":"withdrawn"}'
OURS = {MX.opening.kid: MX.opening}
SEALED = seal_body(BODY, publish_opening(MX.opening))


def private(key: OpeningKey = MX.opening) -> JWK:
    """The key as the other library has it."""
    return JWK(**key.half.jwk())


def made(key: JWK | None = None, body: bytes = BODY, **header: Any) -> str:
    """What the other library makes: sealed for us, with changes in its header."""
    members = {"alg": "ECDH-ES", "enc": "A256GCM", "kid": MX.opening.kid} | header
    token = JWE(body, protected=json.dumps(members), algs=[members["alg"], members["enc"]])
    token.add_recipient(private() if key is None else key)
    return str(token.serialize(compact=True))


def with_header(change: Callable[[dict[str, Any]], object], sealed: str = SEALED) -> str:
    """A sealed body in whose header something was changed."""
    head, rest = sealed.split(".", 1)
    members = json.loads(unb64u(head))
    change(members)
    return f"{b64u(json.dumps(members).encode())}.{rest}"


def with_part(place: int, octets: bytes) -> str:
    """A sealed body of which one part is another."""
    parts = SEALED.split(".")
    parts[place] = b64u(octets)
    return ".".join(parts)


@given(st.binary(max_size=4096))
def test_what_is_sealed_for_a_key_is_opened_by_it(body: bytes) -> None:
    """Any octets come back, and no two attempts are alike."""
    sealed = seal_body(body, publish_opening(MX.opening))
    assert open_body(sealed, OURS) == body
    assert sealed != seal_body(body, publish_opening(MX.opening))


def test_another_library_opens_ours() -> None:
    """Jwcrypto opens what we sealed, and its header is the one of the protocol."""
    token = JWE(algs=["ECDH-ES", "A256GCM"])
    token.deserialize(SEALED, private())
    assert token.payload == BODY
    header = json.loads(unb64u(SEALED.split(".")[0]))
    assert {*header} == {"alg", "enc", "epk", "kid"}
    assert {*header["epk"]} == {"crv", "kty", "x", "y"}


def test_we_open_what_another_library_makes() -> None:
    """What jwcrypto sealed for our key is the body."""
    assert open_body(made(), OURS) == BODY


P384 = JWK.generate(kty="EC", crv="P-384")
WRONG: dict[str, tuple[Fault, str]] = {
    "dir": (
        Fault.ALGORITHM,
        made(JWK.generate(kty="oct", size=256), alg="dir"),
    ),
    "a wrapped key": (Fault.ALGORITHM, made(alg="ECDH-ES+A256KW")),
    "another cipher": (Fault.ALGORITHM, made(enc="A128GCM")),
    "no algorithm": (Fault.ALGORITHM, with_header(lambda header: header.pop("alg"))),
    "compressed": (Fault.COMPRESSED, made(zip="DEF")),
    "for another": (Fault.RECIPIENT, made(kid="us-encrypt-2019a")),
    "for nobody": (Fault.HEADER, with_header(lambda header: header.pop("kid"))),
    "a kid of no text": (Fault.HEADER, with_header(lambda header: header.update(kid=1))),
    "one member more": (Fault.HEADER, with_header(lambda header: header.update(apu="AA"))),
    "a long header": (Fault.HEADER, with_header(lambda header: header.update(apu="A" * 1024))),
    "no object": (Fault.HEADER, with_part(0, b"[]")),
    "another curve": (Fault.CURVE, made(P384)),
    "no point": (Fault.CURVE, with_header(lambda header: header["epk"].update(y=b64u(bytes(32))))),
    "a point of no text": (Fault.CURVE, with_header(lambda header: header["epk"].update(x=1))),
    "a private point": (Fault.CURVE, with_header(lambda header: header["epk"].update(d="AA"))),
    "a point of no kind": (
        Fault.CURVE,
        with_header(lambda header: header["epk"].update(kty="OKP")),
    ),
    "no point at all": (Fault.CURVE, with_header(lambda header: header.update(epk="AA"))),
    "a key beside it": (Fault.ALTERED, with_part(1, bytes(40))),
    "a short nonce": (Fault.ALTERED, with_part(2, bytes(8))),
    "another nonce": (Fault.ALTERED, with_part(2, bytes(12))),
    "another text": (Fault.ALTERED, with_part(3, bytes(40))),
    "a short tag": (Fault.ALTERED, with_part(4, bytes(12))),
    "another tag": (Fault.ALTERED, with_part(4, bytes(16))),
    "another key": (
        Fault.ALTERED,
        made(JWK(**new_opening_key(MX.opening.kid, entropy_from("x")).half.jwk())),
    ),
    "four parts": (Fault.ALTERED, SEALED.rpartition(".")[0]),
}


@pytest.mark.parametrize(("fault", "sealed"), WRONG.values(), ids=WRONG.keys())
def test_what_is_not_the_one_form_is_not_opened(fault: Fault, sealed: str) -> None:
    """Each other form has a name of its own in our log, and opens nothing."""
    with pytest.raises(NotOpened) as refused:
        open_body(sealed, OURS)
    assert refused.value.fault is fault


def test_a_key_comes_back_from_its_jwk() -> None:
    """The private half is read again, and nothing else is taken for one."""
    half = MX.opening.half
    assert read_opening_half(half.jwk()).jwk() == half.jwk()
    others = new_opening_half(bytes(64)).public.jwk()
    for jwk in (
        half.public.jwk(),
        half.jwk() | {"alg": "ES256"},
        half.jwk() | {"d": b64u(bytes(32))},
        half.jwk() | {"x": others["x"]},
        US.sign.half.jwk(),
    ):
        with pytest.raises(ValueError):  # noqa: PT011 - any ValueError is the promise
            read_opening_half(jwk)
    with pytest.raises(ValueError, match="ECDH-ES"):
        new_opening_half(bytes(32))
    assert isinstance(OpeningKey(KeyId("mx-encrypt"), half).half, EcPrivate)
