"""
How the lines of the cases are made: good ones, and good ones that are then spoiled in one place.

Each function returns a maker, which is given the scene when its line is first sent. What is
changed is always one thing of a line that would else be accepted, so that a partner that takes
it, or gives another code, has missed exactly that check.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import orjson

from exchange.conformance.bodies import Document
from exchange.conformance.case import Maker, Scene
from exchange.conformance.kit import Kit, Sent
from exchange.proof import grammar
from exchange.proof.encoding import b64u
from exchange.proof.jws import Line, Signature, Signer

P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551

Body = Callable[[Kit], Document]
Octets = Callable[[bytes], bytes]
Picked = Callable[[Kit], Sequence[Signer]]
Header = dict[str, Any]


# --- Good messages -----------------------------------------------------------------------------


def good(**members: Any) -> Maker:
    """Make the usual message, about a handoff of its own; *members* replace the envelope's."""
    return lambda scene: _usual(scene.kit, scene.kit.usual_body(), **members)


def says(name: str, body: Body, *, about: str | None = None, **members: Any) -> Maker:
    """Make a message of type *name*, about the handoff of the line *about* where it is given."""

    def make(scene: Scene) -> Sent:
        handoff = None if about is None else envelope_of(scene, about)["sub"]
        return scene.kit.message(name, body(scene.kit), handoff=handoff, **members)

    return make


def first_of_all(scene: Scene) -> Sent:
    """Give the first message of the run that was receipted."""
    if scene.kit.first is None:
        return good()(scene)
    return scene.kit.first


def earlier(seconds: int) -> Maker:
    """Make a good message that says it was signed *seconds* ago (or, negative, later)."""

    def make(scene: Scene) -> Sent:
        iat = int(scene.kit.clock().timestamp()) - seconds
        return good(iat=iat)(scene)

    return make


def with_seq_of(name: str) -> Maker:
    """Make a good message under the ``seq`` of another."""
    return lambda scene: good(seq=envelope_of(scene, name)["seq"])(scene)


def skipping(count: int) -> Maker:
    """Make a good message whose ``seq`` leaves *count* numbers out."""

    def make(scene: Scene) -> Sent:
        scene.kit.seq += count
        return good()(scene)

    return make


# --- The same message again --------------------------------------------------------------------


def signed_anew(name: str) -> Maker:
    """Make the line *name* once more, with signatures that are not the same octets."""

    def make(scene: Scene) -> Sent:
        line = line_of(scene, name)
        anew = scene.kit.signed(line.payload, line.body)
        is_same = anew.line is not None and anew.line.sig == line.sig
        return mirrored(name)(scene) if is_same else anew

    return make


def mirrored(name: str) -> Maker:
    """Make the line *name* with the other *s* of its first signature, which verifies as well."""

    def make(scene: Scene) -> Sent:
        line = line_of(scene, name)
        return scene.kit.sent(with_first(line, _mirror(line.signatures[0])))

    return make


def high_s(scene: Scene) -> Sent:
    """Make a good message whose first signature has a high *s*."""
    line = parts_of(good()(scene))
    first = line.signatures[0]
    if int.from_bytes(first.signature[32:], "big") <= P256_ORDER // 2:
        line = with_first(line, _mirror(first))
    return scene.kit.sent(line)


def beside_body(name: str, body: bytes | None) -> Maker:
    """Make the line *name* with another body beside it."""
    return lambda scene: scene.kit.sent(replace(line_of(scene, name), body=body))


def spelled(change: Octets, of: str | None = None) -> Maker:
    """Make a good line (or the line *of*) whose octets *change* has spelled otherwise."""

    def make(scene: Scene) -> Sent:
        sent = good()(scene) if of is None else scene.line(of)
        return sent.as_octets(change(sent.octets))

    return make


def garbage(octets: bytes) -> Maker:
    """Make octets that are no line."""
    return lambda _: Sent(octets)


# --- Envelope and body -------------------------------------------------------------------------


def enveloped(change: Callable[[Document], Document]) -> Maker:
    """Make a message whose envelope *change* has spoiled before it was signed."""

    def make(scene: Scene) -> Sent:
        kit = scene.kit
        body = grammar.canonical(kit.usual_body())
        envelope = change(kit.envelope(kit.usual, body))
        return kit.signed(orjson.dumps(envelope, option=orjson.OPT_SORT_KEYS), body)

    return make


def envelope_spelled(change: Octets) -> Maker:
    """Make a message whose envelope's octets *change* has spelled otherwise before signing."""

    def make(scene: Scene) -> Sent:
        kit = scene.kit
        body = grammar.canonical(kit.usual_body())
        return kit.signed(change(grammar.canonical(kit.envelope(kit.usual, body))), body)

    return make


def conflicting(name: str, **members: Any) -> Maker:
    """Make a message under the ``jti`` of another, and otherwise its own."""
    return lambda scene: good(jti=envelope_of(scene, name)["jti"], **members)(scene)


def bodied(change: Callable[[Document], object]) -> Maker:
    """Make a message whose body *change* has spoiled; the envelope binds what it became."""

    def make(scene: Scene) -> Sent:
        body = scene.kit.usual_body()
        change(body)
        return _binding(scene.kit, orjson.dumps(body, option=orjson.OPT_SORT_KEYS))

    return make


def body_spelled(change: Octets) -> Maker:
    """Make a message whose body's octets *change* has spelled otherwise; they are bound."""
    return lambda scene: _binding(scene.kit, change(grammar.canonical(scene.kit.usual_body())))


def unbound(body: bytes | None) -> Maker:
    """Make a message beside which another body stands, or none."""
    return lambda scene: scene.kit.sent(replace(parts_of(good()(scene)), body=body))


def sealed(scene: Scene) -> Sent:
    """Make a message beside which something stands that nobody can open."""
    text = ".".join(b64u(scene.kit.entropy(16)) for _ in range(5))
    return scene.kit.sent(replace(parts_of(good()(scene)), body=None, sealed=text))


# --- What these are made of --------------------------------------------------------------------


def envelope_of(scene: Scene, name: str) -> Document:
    """Return the envelope of the line *name* of this case."""
    return dict(grammar.parse_object(line_of(scene, name).payload))


def body_of(scene: Scene, name: str) -> Document:
    """Return the body of the line *name* of this case."""
    return scene.kit.body_of(scene.line(name))


def line_of(scene: Scene, name: str) -> Line:
    """Return the line *name* of this case."""
    return parts_of(scene.line(name))


def _usual(kit: Kit, body: Document, **members: Any) -> Sent:
    return kit.message(kit.usual, body, **members)


def _binding(kit: Kit, body: bytes) -> Sent:
    return kit.signed(grammar.canonical(kit.envelope(kit.usual, body)), body)


def parts_of(sent: Sent) -> Line:
    """Return the parts of a line that is one."""
    if sent.line is None:
        raise TypeError  # a case that asks for the parts of garbage is not well made
    return sent.line


def with_first(line: Line, signature: Signature) -> Line:
    """Return *line* with another first signature."""
    return replace(line, signatures=(signature, *line.signatures[1:]))


def _mirror(one: Signature) -> Signature:
    s = P256_ORDER - int.from_bytes(one.signature[32:], "big")
    return replace(one, signature=one.signature[:32] + s.to_bytes(32, "big"))
