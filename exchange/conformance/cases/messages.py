"""Messages that were signed and cannot take effect (clauses 4.9 to 4.13): kept, and rejected."""

import re
from collections.abc import Callable

from exchange.conformance.bodies import Document
from exchange.conformance.case import Case, Group, Maker, Scene, row, step
from exchange.conformance.cases.types import ACKNOWLEDGMENT, CANCELLATION, MX, NOTICE, VISA
from exchange.conformance.kit import Kit, Sent
from exchange.conformance.makers import (
    conflicting,
    envelope_spelled,
    enveloped,
    good,
    says,
    unbound,
)
from exchange.conformance.wants import rejects, takes
from exchange.domain.parties import Side
from exchange.proof import grammar

NOBODY = {"aud": "urn:handoff:us:ice:test", "iss": "urn:handoff:mx:comar:test"}
"""Parties that take no part."""


def _one(
    code: str,
    name: str,
    clause: str,
    sent: tuple[str, str],
    maker: Maker,
    sides: tuple[Side, ...] = tuple(Side),
) -> Case:
    return row(
        Group.ENVELOPE, name, clause, sent, {"a": maker}, step("a", rejects("a", code)), sides=sides
    )


def _number(name: bytes, write: Callable[[bytes], bytes]) -> Maker:
    """Spell the number of the envelope's member *name* otherwise."""
    pattern = re.compile(rb'"%s":(\d+)' % name)
    return envelope_spelled(
        lambda octets: pattern.sub(lambda found: b'"%s":%s' % (name, write(found[1])), octets)
    )


def _put(**members: object) -> Maker:
    return enveloped(lambda envelope: envelope | members)


def _without(name: str) -> Maker:
    return enveloped(lambda envelope: {key: envelope[key] for key in envelope if key != name})


def _jti(write: Callable[[str], str]) -> Maker:
    return enveloped(lambda envelope: envelope | {"jti": write(envelope["jti"])})


def _nested(levels: int) -> Document:
    inner: object = {}
    for _ in range(levels):
        inner = {"jti": inner}
    return dict(inner) if isinstance(inner, dict) else {}


def _other_direction(scene: Scene) -> Sent:
    """Make what only the other side may say."""
    kit = scene.kit
    name = ACKNOWLEDGMENT if kit.side is Side.US else NOTICE
    return kit.message(name, _foreign_body(kit))


def _foreign_body(kit: Kit) -> Document:
    return kit.bodies.acknowledgment() if kit.side is Side.US else kit.bodies.notice()


def _other_direction_and_body(scene: Scene) -> Sent:
    kit = scene.kit
    name = VISA if kit.side is Side.US else CANCELLATION
    body = grammar.canonical({"salt": "x"})
    return kit.signed(grammar.canonical(kit.envelope(name, body)), b"{}")


CASES: tuple[Case, ...] = (
    _one(
        "grammar", "fraction", "3.1",
        ("An envelope whose seq is written 7.0.", "Un sobre cuyo seq se escribe 7.0."),
        _number(b"seq", lambda digits: digits + b".0"),
    ),
    _one(
        "grammar", "exponent", "3.1",
        ("An envelope whose iat has an exponent.", "Un sobre cuyo iat lleva exponente."),
        _number(b"iat", lambda digits: digits + b"e0"),
    ),
    _one(
        "grammar", "minus-zero", "3.1",
        ("An envelope whose seq is -0.", "Un sobre cuyo seq es -0."),
        _number(b"seq", lambda _: b"-0"),
    ),
    _one(
        "grammar", "leading-zero", "3.1",
        ("An envelope whose seq has a leading zero.", "Un sobre cuyo seq lleva un cero delante."),
        _number(b"seq", lambda digits: b"0" + digits),
    ),
    _one(
        "grammar", "integer-too-great", "3.1",
        ("An envelope whose seq is 2^53.", "Un sobre cuyo seq es 2^53."),
        _number(b"seq", lambda _: str(2**53).encode()),
    ),
    _one(
        "grammar", "envelope-member-twice", "3.1",
        (
            "An envelope that has aud twice, the second time ours to hear.",
            "Un sobre con aud dos veces, la segunda correcta.",
        ),
        envelope_spelled(lambda octets: b'{"aud":"urn:handoff:us:ice:test",' + octets[1:]),
    ),
    _one(
        "grammar", "byte-order-mark-in-envelope", "3.1",
        ("A byte order mark before an envelope.", "Una marca de orden de bytes ante un sobre."),
        envelope_spelled(lambda octets: b"\xef\xbb\xbf" + octets),
    ),
    _one(
        "grammar", "lone-surrogate", "3.1",
        ("An envelope with a lone surrogate.", "Un sobre con un sustituto suelto (surrogate)."),
        envelope_spelled(lambda octets: octets.replace(b':test"', b':test\\ud800"', 1)),
    ),
    _one(
        "grammar", "not-utf-8", "3.1",
        ("An envelope that is not UTF-8.", "Un sobre que no es UTF-8."),
        envelope_spelled(lambda octets: octets.replace(b':test"', b':test\xff"', 1)),
    ),
    _one(
        "grammar", "too-deep", "3.1",
        ("An envelope of 17 levels.", "Un sobre de 17 niveles."),
        enveloped(lambda envelope: envelope | {"irt": _nested(16)}),
    ),
    _one(
        "grammar", "not-a-number", "3.1",
        ("An envelope whose iat is NaN.", "Un sobre cuyo iat es NaN."),
        _number(b"iat", lambda _: b"NaN"),
    ),
    _one(
        "grammar", "more-after-it", "3.1",
        ("An envelope with another one after it.", "Un sobre con otro a continuación."),
        envelope_spelled(lambda octets: octets + b"{}"),
    ),
    _one(
        "grammar", "envelope-is-an-array", "4.10",
        ("An array in place of an envelope.", "Un arreglo en lugar de un sobre."),
        envelope_spelled(lambda octets: b"[" + octets + b"]"),
    ),
    _one(
        "grammar", "envelope-member-more", "4.10",
        ("An envelope with one member more.", "Un sobre con un miembro de más."),
        _put(exp=4102444800),
    ),
    _one(
        "grammar", "envelope-member-missing", "4.10",
        ("An envelope without irt.", "Un sobre sin irt."),
        _without("irt"),
    ),
    _one(
        "grammar", "audience-is-a-list", "3.3",
        ("An envelope whose aud is a list.", "Un sobre cuyo aud es una lista."),
        enveloped(lambda envelope: envelope | {"aud": [envelope["aud"]]}),
    ),
    _one(
        "grammar", "jti-of-version-4", "3.3",
        ("A jti that is a UUIDv4.", "Un jti que es un UUIDv4."),
        _jti(lambda jti: jti[:14] + "4" + jti[15:]),
    ),
    _one(
        "grammar", "jti-in-capitals", "3.3",
        ("A jti in capital letters.", "Un jti en mayúsculas."),
        _jti(lambda jti: "ABCDEF00" + jti[8:].upper()),
    ),
    _one(
        "grammar", "seq-zero", "3.3",
        ("A message with the seq 0.", "Un mensaje con el seq 0."),
        _put(seq=0),
    ),
    _one(
        "grammar", "iat-as-text", "3.3",
        ("An iat that is a text.", "Un iat que es un texto."),
        _put(iat="1931536800"),
    ),
    _one(
        "grammar", "handoff-of-version-7", "3.3",
        ("A sub that is no UUIDv4.", "Un sub que no es un UUIDv4."),
        _put(sub="01c1b890-9900-7c3a-a37a-4055d91b9b72"),
    ),
    _one(
        "grammar", "no-handoff", "4.13",
        ("A message without its handoff.", "Un mensaje sin su entrega."),
        _put(sub=None),
    ),
    _one(
        "grammar", "answer-to-nothing", "4.13",
        ("An acknowledgment whose irt is null.", "Un acuse cuyo irt es nulo."),
        says(ACKNOWLEDGMENT, lambda kit: kit.bodies.acknowledgment(), irt=None),
        MX,
    ),
    _one(
        "wrong-issuer", "wrong-issuer", "4.11",
        ("A message in the name of somebody else.", "Un mensaje en nombre de otro."),
        _put(iss=NOBODY["iss"]),
    ),
    _one(
        "wrong-audience", "wrong-audience", "4.11",
        ("A message to somebody else.", "Un mensaje para otro."),
        _put(aud=NOBODY["aud"]),
    ),
    _one(
        "wrong-audience", "back-to-its-sender", "4.11",
        ("A message whose aud is its iss.", "Un mensaje cuyo aud es su iss."),
        enveloped(lambda envelope: envelope | {"aud": envelope["iss"]}),
    ),
    _one(
        "wrong-issuer", "issuer-before-audience", "4.11",
        (
            "A message of somebody else to somebody else.",
            "Un mensaje de otro para otro.",
        ),
        _put(**NOBODY),
    ),
    _one(
        "unsupported-schema", "unknown-version", "4.13",
        ("A type in a version nobody knows.", "Un tipo en una versión que nadie conoce."),
        enveloped(lambda envelope: envelope | {"schema": envelope["schema"][:-1] + "9"}),
    ),
    _one(
        "unsupported-schema", "unknown-type", "4.13",
        ("A type that nobody knows.", "Un tipo que nadie conoce."),
        _put(schema="urn:handoff:schema:weather-report:1"),
    ),
    _one(
        "not-permitted", "other-direction", "4.13",
        ("A type that only the other side may say.", "Un tipo que solo la otra parte puede decir."),
        _other_direction,
    ),
    _one(
        "not-permitted", "direction-before-body", "4.13",
        (
            "A type of the other side, with a body that is not the one bound.",
            "Un tipo de la otra parte, con un cuerpo que no es el ligado.",
        ),
        _other_direction_and_body,
    ),
    row(
        Group.ENVELOPE, "conflict-before-schema", "4.12",
        (
            "A known jti over another envelope of an unknown type.",
            "Un jti conocido con otro sobre de un tipo desconocido.",
        ),
        {"a": good(), "b": conflicting("a", schema="urn:handoff:schema:weather-report:1")},
        step("a", takes("a")),
        step("b", rejects("b", "jti-conflict")),
    ),
    _one(
        "body-digest", "other-body", "4.14",
        ("A body that is not the one bound.", "Un cuerpo que no es el ligado."),
        unbound(b'{"salt":"AAAAAAAAAAAAAAAAAAAAAA"}'),
    ),
    _one(
        "body-digest", "no-body", "2.2",
        ("A message without a body.", "Un mensaje sin cuerpo."),
        unbound(None),
    ),
)  # fmt: skip
