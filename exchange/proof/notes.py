"""
Signed notes: a short text and the signatures below it (C2SP signed-note).

A note says nothing until a signature of a key we trust holds (``checkpoints`` judges them). Here
its octets are taken apart, strictly, and put together: a note that was read is written the same.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from exchange.proof.algorithms import PublicHalf
from exchange.proof.encoding import b64, digest, unb64, unb64u

NOTE_BYTES_MAX = 128 * 1024
SIGNATURES_MAX = 16
"""As many as the specification wants everyone to accept; the partner and we sign with four."""

KEY_ID_BYTES = 4
NAME_BYTES_MAX = 255
_LINE = re.compile(r"— (\S+) (\S+)")
_CONTROLS = re.compile(r"[\x00-\x09\x0b-\x1f]")

_TYPES = {"Ed25519": b"\x01", "ML-DSA-44": b"\x06"}
"""The signature types that we use: the plain one, and the cosignature with its time."""


@dataclass(frozen=True, slots=True)
class NoteSignature:
    """One signature line: the name of a key, its id, and what it signed with."""

    name: str
    key_id: bytes
    octets: bytes

    def line(self) -> str:
        """The line as it stands in a note."""
        return f"— {self.name} {b64(self.key_id + self.octets)}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A text that ends in a newline, and its signatures."""

    text: str
    signatures: tuple[NoteSignature, ...]

    def octets(self) -> bytes:
        """The note as it is sent and kept."""
        return f"{self.text}\n{write_signatures(self.signatures)}".encode()


@dataclass(frozen=True, slots=True)
class NoteKey:
    """
    A key under the name that it signs notes by.

    Raises:
        ValueError: No note has such a name, or no note is signed with that algorithm.
    """

    name: str
    half: PublicHalf

    def __post_init__(self) -> None:
        if not is_name(self.name) or len(self.name.encode()) > NAME_BYTES_MAX:
            raise ValueError
        if self.half.alg not in _TYPES:
            raise ValueError

    @property
    def key_id(self) -> bytes:
        """The four octets that a signature line begins with."""
        return digest(f"{self.name}\n".encode() + self._material)[:KEY_ID_BYTES]

    @property
    def text(self) -> str:
        """The *verifier key*: the form in which such a key is handed to other programs."""
        return f"{self.name}+{self.key_id.hex()}+{b64(self._material)}"

    @property
    def _material(self) -> bytes:
        jwk = self.half.jwk()
        return _TYPES[self.half.alg] + unb64u(jwk["pub"] if jwk["kty"] == "AKP" else jwk["x"])


def is_name(text: str) -> bool:
    """Whether a key may have that name: it is not empty and has no space and no plus."""
    return bool(text) and "+" not in text and not any(map(_is_space_or_control, text))


def read_note(octets: bytes) -> Note:
    """
    The note that *octets* are; who signed it is not known yet.

    Raises:
        ValueError: They are too many, are not the form of a note, or have too many signatures.
    """
    if len(octets) > NOTE_BYTES_MAX:
        raise ValueError
    whole = octets.decode()
    text, parted, lines = whole.rpartition("\n\n")
    if not (parted and lines) or _CONTROLS.search(whole):
        raise ValueError
    return Note(f"{text}\n", read_signatures(lines))


def read_signatures(lines: str) -> tuple[NoteSignature, ...]:
    """
    The signatures that *lines* are, each ended by a newline.

    Raises:
        ValueError: They are not the form of signature lines, or too many.
    """
    *found, rest = lines.split("\n")
    if rest or not 0 < len(found) <= SIGNATURES_MAX:
        raise ValueError
    return tuple(map(_read_signature, found))


def write_signatures(signatures: Iterable[NoteSignature]) -> str:
    """The lines of *signatures*, as they stand below a text."""
    return "".join(one.line() for one in signatures)


def _read_signature(line: str) -> NoteSignature:
    parts = _LINE.fullmatch(line)
    if parts is None or not is_name(parts[1]):
        raise ValueError
    octets = unb64(parts[2])
    if len(octets) <= KEY_ID_BYTES:
        raise ValueError
    return NoteSignature(parts[1], octets[:KEY_ID_BYTES], octets[KEY_ID_BYTES:])


def _is_space_or_control(character: str) -> bool:
    return character.isspace() or character < " "
