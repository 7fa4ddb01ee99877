"""Lines that are none (clauses 2.2, 2.3, 4.1, 4.2): refused, not recorded, never signed for."""

import re

import orjson

from exchange.conformance.case import Case, Frame, Group, Maker, row, step
from exchange.conformance.makers import Octets, garbage, good, spelled
from exchange.conformance.signing import headed, headed_octets, signed_by
from exchange.conformance.wants import LinesRefused, refuses, takes
from exchange.proof.jws import HEADER_BYTES_MAX, Typ

ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_SIGNATURE = re.compile(rb'"signature":"([^"]+)"')


def _in_signature(change: Octets) -> Octets:
    """Change the text of the first signature of a line."""

    def spell(octets: bytes) -> bytes:
        found = _SIGNATURE.search(octets)
        if found is None:
            raise TypeError  # not a line of ours
        return octets[: found.start(1)] + change(found[1]) + octets[found.end(1) :]

    return spell


def _loose(text: bytes) -> bytes:
    """Set the last bit of a text whose octets do not reach so far."""
    return text[:-1] + bytes([ALPHABET[ALPHABET.index(text[-1]) | 1]])


def _spaced(text: bytes) -> bytes:
    return text[:40] + b" " + text[40:]


def _flattened(octets: bytes) -> bytes:
    """Spell a line as a flattened JWS (RFC 7515 §7.2.2)."""
    outer = orjson.loads(octets)
    (first, *_) = outer.pop("signatures")
    return orjson.dumps(outer | first)


def _compact(octets: bytes) -> bytes:
    outer = orjson.loads(octets)
    first = outer["signatures"][0]
    return f"{first['protected']}.{outer['payload']}.{first['signature']}".encode("ascii")


def _malformed(
    name: str, clause: str, sent: tuple[str, str], maker: Maker, *, frame: Frame | None = None
) -> Case:
    step_ = (
        step("a", refuses("malformed"), frame=frame) if frame else step("a", refuses("malformed"))
    )
    return row(Group.UNSIGNED, name, clause, sent, {"a": maker}, step_)


CASES: tuple[Case, ...] = (
    _malformed(
        "not-json", "4.1",
        ("Octets that are no JSON.", "Octetos que no son JSON."),
        garbage(b"hello"),
    ),
    _malformed(
        "not-an-object", "4.1",
        ("A JSON array in place of a line.", "Un arreglo JSON en lugar de una línea."),
        spelled(lambda octets: b"[" + octets + b"]"),
    ),
    _malformed(
        "member-missing", "2.2",
        ("A line without its payload.", "Una línea sin su payload."),
        spelled(lambda octets: re.sub(rb'"payload":"[^"]*",', b"", octets)),
    ),
    _malformed(
        "member-more", "2.2",
        ("A line with one member more.", "Una línea con un miembro de más."),
        spelled(lambda octets: octets[:-1] + b',"header":{}}'),
    ),
    _malformed(
        "member-twice", "2.2",
        ("A line that has body twice.", "Una línea que tiene body dos veces."),
        spelled(lambda octets: b'{"body":"e30",' + octets[1:]),
    ),
    _malformed(
        "unprotected-header", "2.2",
        ("A signature with an unprotected header.", "Una firma con un encabezado sin proteger."),
        spelled(lambda octets: octets.replace(b'{"protected"', b'{"header":{},"protected"', 1)),
    ),
    _malformed(
        "no-signatures", "2.2",
        ("A line with no signature.", "Una línea sin ninguna firma."),
        spelled(lambda octets: re.sub(rb'"signatures":\[.*?\]', b'"signatures":[]', octets)),
    ),
    _malformed(
        "flattened", "2.2",
        ("A flattened JWS.", "Un JWS en forma aplanada (flattened)."),
        spelled(_flattened),
    ),
    _malformed(
        "compact", "2.2", ("A compact JWS.", "Un JWS en forma compacta."), spelled(_compact)
    ),
    _malformed(
        "padded-base64", "1.5",
        ("A signature with padding.", "Una firma con relleno."),
        spelled(_in_signature(lambda text: text + b"==")),
    ),
    _malformed(
        "loose-bits", "1.5",
        (
            "A signature in whose last character an unused bit is set.",
            "Una firma en cuyo último carácter hay un bit sobrante en uno.",
        ),
        spelled(_in_signature(_loose)),
    ),
    _malformed(
        "foreign-character", "1.5",
        ("A signature with a space in its text.", "Una firma con un espacio en su texto."),
        spelled(_in_signature(_spaced)),
    ),
    _malformed(
        "number-for-text", "2.2",
        ("A line whose body is a number.", "Una línea cuyo cuerpo es un número."),
        spelled(lambda octets: re.sub(rb'"body":"[^"]*"', b'"body":7', octets)),
    ),
    _malformed(
        "body-and-sealed", "2.2",
        ("A line with both body and sealed.", "Una línea con body y sealed a la vez."),
        spelled(lambda octets: octets[:-1] + b',"sealed":"e30.e30.e30.e30.e30"}'),
    ),
    _malformed(
        "byte-order-mark", "3.1",
        ("A byte order mark before a line.", "Una marca de orden de bytes ante una línea."),
        spelled(lambda octets: b"\xef\xbb\xbf" + octets),
    ),
    _malformed(
        "space-around", "2.1",
        ("A space before a line.", "Un espacio ante una línea."),
        spelled(lambda octets: b" " + octets),
    ),
    _malformed(
        "carriage-return", "2.1",
        ("A line that ends in CR LF.", "Una línea que termina en CR LF."),
        good(),
        frame=lambda lines: lines[0] + b"\r\n",
    ),
    _malformed(
        "empty-request", "2.1",
        ("A request without an octet.", "Una solicitud sin un solo octeto."),
        garbage(b""),
    ),
    row(
        Group.UNSIGNED, "blank-line", "2.1",
        ("Two lines with a blank one between them.", "Dos líneas con una en blanco entre ellas."),
        {"a": good(), "b": good()},
        step("a b", refuses("malformed", line=2), frame=b"\n\n".join),
    ),
    _malformed(
        "header-member-more", "2.3",
        ("A protected header with crit.", "Un encabezado protegido con crit."),
        headed(lambda header: header.update(crit=["exp"], exp=1)),
    ),
    _malformed(
        "header-member-missing", "2.3",
        ("A protected header without typ.", "Un encabezado protegido sin typ."),
        headed(lambda header: header.pop("typ")),
    ),
    _malformed(
        "header-member-twice", "2.3",
        ("A protected header that has alg twice.", "Un encabezado protegido con alg dos veces."),
        headed_octets(
            lambda signer, _: b'{"alg":"none","alg":"%s","kid":"%s","typ":"%s"}'
            % (signer.alg.encode(), signer.kid.encode(), Typ.MESSAGE.encode())
        ),
    ),
    _malformed(
        "header-too-long", "2.3",
        (
            "A protected header spaced out to 1,025 octets.",
            "Un encabezado protegido espaciado hasta 1,025 octetos.",
        ),
        headed_octets(
            lambda signer, _: orjson.dumps(
                {"alg": signer.alg, "kid": signer.kid, "typ": Typ.MESSAGE.value}
            ).ljust(HEADER_BYTES_MAX + 1)
        ),
    ),
    row(
        Group.UNSIGNED, "two-bad-lines-of-four", "7.3",
        (
            "Good, malformed, good, unknown key; then the good ones alone with a new one.",
            "Correcta, malformada, correcta, llave desconocida; luego las correctas con una nueva.",
        ),
        {
            "a": good(),
            "b": garbage(b"{}"),
            "c": good(),
            "d": signed_by(
                lambda kit: (kit.keys.stranger, *kit.keys.signers[1:])
            ),
            "e": good(),
        },
        step("a b c d", LinesRefused({2: "malformed", 4: "unknown-key"})),
        step("a c e", takes("a", "c", "e")),
    ),
)  # fmt: skip
