"""How lines are signed otherwise than agreed: by others, in another order, over something else."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import orjson

from exchange.conformance.case import Maker, Scene
from exchange.conformance.kit import Kit, Sent
from exchange.conformance.makers import Octets, good, parts_of, with_first
from exchange.proof import grammar
from exchange.proof.encoding import b64u
from exchange.proof.jws import Line, Signature, Signer, Typ

Picked = Callable[[Kit], Sequence[Signer]]
Header = dict[str, Any]


def signed_by(pick: Picked) -> Maker:
    """Make a message that others sign than agreed."""

    def make(scene: Scene) -> Sent:
        line = parts_of(good()(scene))
        return scene.kit.signed(line.payload, line.body, signers=pick(scene.kit))

    return make


def typed(typ: Typ) -> Maker:
    """Make a message that was signed as another kind of line."""

    def make(scene: Scene) -> Sent:
        line = parts_of(good()(scene))
        return scene.kit.signed(line.payload, line.body, typ=typ)

    return make


def headed(change: Callable[[Header], object], *, at: int = 0) -> Maker:
    """Make a message whose signature number *at* has a header that *change* has spoiled."""

    def octets(signer: Signer) -> bytes:
        header = {"alg": signer.alg, "kid": signer.kid, "typ": Typ.MESSAGE.value}
        change(header)
        return orjson.dumps(header)

    return headed_octets(lambda signer, _: octets(signer), at=at)


def headed_octets(spell: Callable[[Signer, Kit], bytes], *, at: int = 0) -> Maker:
    """Make a message whose signature number *at* has the header that *spell* gives."""

    def make(scene: Scene) -> Sent:
        line = parts_of(good()(scene))
        signer = scene.kit.keys.signers[at]
        spoiled = _sign(line, spell(signer, scene.kit), signer)
        signatures = list(line.signatures)
        signatures[at] = spoiled
        return scene.kit.sent(replace(line, signatures=tuple(signatures)))

    return make


def signature_changed(change: Octets, *, at: int = 0, of: Maker | None = None) -> Maker:
    """Make a message (or *of*) whose signature number *at* is another under the same header."""

    def make(scene: Scene) -> Sent:
        line = parts_of((of or good())(scene))
        signatures = list(line.signatures)
        signatures[at] = replace(signatures[at], signature=change(signatures[at].signature))
        return scene.kit.sent(replace(line, signatures=tuple(signatures)))

    return make


def impostor(scene: Scene) -> Sent:
    """Make a message that a stranger signed in the name of our key."""
    line = parts_of(good()(scene))
    forged = _sign(line, line.signatures[0].protected, scene.kit.keys.stranger)
    return scene.kit.sent(with_first(line, forged))


def for_another_purpose(scene: Scene) -> Sent:
    """Make a message under a key of ours that was not published to sign."""
    line = parts_of(good()(scene))
    header = {"alg": "ECDH-ES", "kid": scene.kit.keys.not_for_signing, "typ": Typ.MESSAGE.value}
    return scene.kit.sent(with_first(line, Signature(grammar.canonical(header), b"\1" * 64)))


def tampered(scene: Scene) -> Sent:
    """Make a message whose envelope was changed after it was signed."""
    line = parts_of(good()(scene))
    envelope = grammar.parse_object(line.payload) | {"iat": 1}
    return scene.kit.sent(replace(line, payload=grammar.canonical(envelope)))


def _sign(line: Line, protected: bytes, signer: Signer) -> Signature:
    covered = f"{b64u(protected)}.{b64u(line.payload)}".encode("ascii")
    return Signature(protected, signer.sign(covered))
