"""Keys and signatures (clauses 4.4 to 4.8): whose, when, which, how many, over what."""

from exchange.conformance.case import Case, Group, Maker, Need, row, step
from exchange.conformance.kit import Kit
from exchange.conformance.signing import (
    Picked,
    for_another_purpose,
    headed,
    impostor,
    signature_changed,
    signed_by,
    tampered,
    typed,
)
from exchange.conformance.wants import refuses
from exchange.proof.jws import Signer, Typ
from exchange.proof.keys import KeyState


def _first_by(state: KeyState) -> Picked:
    """Sign with the key in *state*, and with ours where a second signature is agreed."""
    return lambda kit: (kit.keys.unusable[state], *kit.keys.signers[1:])


def _by_stranger(kit: Kit) -> tuple[Signer, ...]:
    return (kit.keys.stranger, *kit.keys.signers[1:])


def _der(signature: bytes) -> bytes:
    """Spell r‖s as DER, as most libraries do unless told otherwise."""
    numbers = [_integer(signature[:32]), _integer(signature[32:])]
    content = b"".join(numbers)
    return bytes([0x30, len(content)]) + content


def _integer(octets: bytes) -> bytes:
    number = octets.lstrip(b"\0") or b"\0"
    if number[0] & 0x80:
        number = b"\0" + number
    return bytes([0x02, len(number)]) + number


def _flipped(signature: bytes) -> bytes:
    return signature[:-1] + bytes([signature[-1] ^ 1])


def _one(
    code: str,
    name: str,
    clause: str,
    sent: tuple[str, str],
    maker: Maker,
    *needs: Need,
) -> Case:
    return row(
        Group.SIGNATURES, name, clause, sent, {"a": maker}, step("a", refuses(code)), needs=needs
    )


BOTH = Need.TWO_SIGNATURES

CASES: tuple[Case, ...] = (
    _one(
        "unknown-key", "unknown-key", "4.4",
        ("A key that is not in our key set.", "Una llave que no está en nuestro juego."),
        signed_by(_by_stranger),
    ),
    _one(
        "unknown-key", "kid-that-is-a-path", "4.4",
        (
            "A kid that has the form of a path.",
            "Un kid con forma de ruta de archivo.",
        ),
        headed(lambda header: header.update(kid="../../keys/" + header["kid"])),
    ),
    _one(
        "unknown-key", "kid-in-capitals", "4.4",
        ("Our kid in capital letters.", "Nuestro kid en mayúsculas."),
        headed(lambda header: header.update(kid=header["kid"].upper())),
    ),
    _one(
        "key-not-active", "expired-key", "4.5",
        ("A key of ours that has expired.", "Una llave nuestra que venció."),
        signed_by(_first_by(KeyState.EXPIRED)),
    ),
    _one(
        "key-not-active", "revoked-key", "4.5",
        ("A key of ours that we have revoked.", "Una llave nuestra que revocamos."),
        signed_by(_first_by(KeyState.REVOKED)),
    ),
    _one(
        "key-not-active", "key-of-later", "4.5",
        ("A key of ours that has not begun.", "Una llave nuestra que aún no comienza."),
        signed_by(_first_by(KeyState.STAGED)),
    ),
    _one(
        "bad-signature", "envelope-changed", "4.7",
        ("An envelope that was changed after signing.", "Un sobre modificado después de firmarlo."),
        tampered,
    ),
    _one(
        "bad-signature", "signature-changed", "4.7",
        ("A signature of which one bit is another.", "Una firma con un bit distinto."),
        signature_changed(_flipped),
    ),
    _one(
        "bad-signature", "impostor", "4.7",
        (
            "A stranger's signature in the name of our key.",
            "La firma de un extraño en nombre de nuestra llave.",
        ),
        impostor,
    ),
    _one(
        "bad-signature", "signature-in-der", "12.1",
        ("An ES256 signature in DER.", "Una firma ES256 en DER."),
        signature_changed(_der),
    ),
    _one(
        "bad-signature", "signature-of-zeros", "4.7",
        (
            "An ES256 signature in which r and s are zero.",
            "Una firma ES256 en la que r y s son cero.",
        ),
        signature_changed(lambda _: bytes(64)),
    ),
    _one(
        "bad-signature", "no-signature-octets", "4.7",
        ("A signature of no octets.", "Una firma sin octetos."),
        signature_changed(lambda _: b""),
    ),
    _one(
        "bad-signature", "alg-none", "4.6",
        ("A header whose alg is none.", "Un encabezado cuyo alg es none."),
        headed(lambda header: header.update(alg="none")),
    ),
    _one(
        "bad-signature", "alg-of-another-key", "4.6",
        (
            "A header whose alg is not that of the key.",
            "Un encabezado cuyo alg no es el de la llave.",
        ),
        headed(lambda header: header.update(alg="ES384")),
    ),
    _one(
        "bad-signature", "second-signature-changed", "9.1",
        (
            "A good first signature and a bad second one.",
            "Una primera firma correcta y una segunda incorrecta.",
        ),
        signature_changed(_flipped, at=1),
        BOTH,
    ),
    _one(
        "policy", "second-signature-missing", "9.1",
        ("Only the first of two agreed signatures.", "Solo la primera de dos firmas acordadas."),
        signed_by(lambda kit: kit.keys.signers[:1]),
        BOTH,
    ),
    _one(
        "policy", "signatures-swapped", "9.1",
        ("Both agreed signatures, turned around.", "Ambas firmas acordadas, en orden inverso."),
        signed_by(lambda kit: kit.keys.signers[::-1]),
        BOTH,
    ),
    _one(
        "policy", "one-signature-more", "9.1",
        (
            "The agreed signatures and the first once more.",
            "Las firmas acordadas y la primera una vez más.",
        ),
        signed_by(lambda kit: (*kit.keys.signers, kit.keys.first)),
    ),
    _one(
        "policy", "key-of-another-role", "4.7",
        (
            "A key of ours that was published to encrypt.",
            "Una llave nuestra publicada para cifrar.",
        ),
        for_another_purpose,
    ),
    _one(
        "wrong-type", "typ-of-a-receipt", "4.8",
        (
            "A message signed with the typ of a receipt.",
            "Un mensaje firmado con el typ de una constancia.",
        ),
        typed(Typ.RECEIPT),
    ),
    _one(
        "wrong-type", "typ-of-a-key-set", "4.8",
        (
            "A message signed with the typ of a key set.",
            "Un mensaje firmado con el typ de un juego de llaves.",
        ),
        typed(Typ.KEYS),
    ),
    _one(
        "key-not-active", "expired-and-changed", "4.5",
        (
            "An expired key and a bad signature: the first check that fails is told.",
            "Una llave vencida y una firma incorrecta: se dice la primera falla.",
        ),
        signature_changed(_flipped, of=signed_by(_first_by(KeyState.EXPIRED))),
    ),
)  # fmt: skip
