"""Signed notes, taken apart strictly and put together the same."""

from base64 import b64decode

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from exchange.proof.algorithms import OkpPublic, new_private
from exchange.proof.notes import (
    NOTE_BYTES_MAX,
    SIGNATURES_MAX,
    Note,
    NoteKey,
    NoteSignature,
    read_note,
    read_signatures,
    write_signatures,
)

PUBLISHED = (
    "This is an example message.\n"
    "\n"
    "— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKu"
    "wHjG1Yu72IneyaQM=\n"
).encode()
"""The example of the specification, and below it its verifier key."""
PUBLISHED_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"

SIGNATURE = NoteSignature("example.com/log", b"\x00\x01\x02\x03", b"signed")
OTHER = NoteSignature("example.com/witness", b"\xff\x01\x02\x03", b"too")


def test_the_example_of_the_specification_is_read_and_holds() -> None:
    """Its key has the published id and text, and signed exactly the text of the note."""
    name, _, material = PUBLISHED_KEY.split("+", 2)
    half = OkpPublic(Ed25519PublicKey.from_public_bytes(b64decode(material)[1:]))
    key = NoteKey(name, half)
    note = read_note(PUBLISHED)
    (signature,) = note.signatures
    assert key.text == PUBLISHED_KEY
    assert (signature.name, signature.key_id) == (key.name, key.key_id)
    assert note.text == "This is an example message.\n"
    assert half.verify(note.text.encode(), signature.octets)
    assert note.octets() == PUBLISHED


@given(
    st.lists(st.sampled_from(["", "a b", "— ñ", "\u2028"]), min_size=1, max_size=4),
    st.lists(
        st.builds(
            NoteSignature,
            st.sampled_from(["a", "urn:handoff:us:cbp:ledger:1", "ñ—"]),
            st.binary(min_size=4, max_size=4),
            st.binary(min_size=1, max_size=9),
        ),
        min_size=1,
        max_size=3,
    ),
)
def test_a_note_is_read_as_it_was_written(
    lines: list[str], signatures: list[NoteSignature]
) -> None:
    """Whatever its text, empty lines in it too: the last one parts it from the signatures."""
    note = Note("".join(f"{line}\n" for line in lines), tuple(signatures))
    assert read_note(note.octets()) == note


@given(st.integers(0, len(PUBLISHED) - 1), st.integers(0, 255))
def test_no_two_notes_are_read_as_one(place: int, octet: int) -> None:
    """Octets that are read at all are written again exactly as they were."""
    altered = PUBLISHED[:place] + bytes([octet]) + PUBLISHED[place + 1 :]
    try:
        note = read_note(altered)
    except ValueError:
        return
    assert note.octets() == altered


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"text\n",
        b"text\n\n",
        b"text\n\n\n",
        PUBLISHED[:-1],
        PUBLISHED + b"\n",
        PUBLISHED.replace(b"\n\n", b"\n"),
        PUBLISHED.replace("— ".encode(), b"- "),
        PUBLISHED.replace("— ".encode(), "—  ".encode()),
        PUBLISHED.replace("— ".encode(), " — ".encode()),
        PUBLISHED.replace(b"foo Uw", b"foo+1 Uw"),
        PUBLISHED.replace(b"foo Uw", "fo\u00a0o Uw".encode()),
        PUBLISHED.replace(b"foo Uw", "fo\u3000 Uw".encode()),
        PUBLISHED.replace(b"aQM=", b"aQM"),
        PUBLISHED.replace(b"aQM=", b"aQN="),
        PUBLISHED.replace(b"aQM=", b"aQM= "),
        PUBLISHED.replace(b"aQM=\n", b"aQM=\r\n"),
        PUBLISHED.replace(b"This", b"Th\tis"),
        PUBLISHED.replace(b"This", b"Th\x00is"),
        PUBLISHED.replace(b"This", b"Th\xffis"),
        "text\n\n— a AAAAAA==\n".encode(),
        b"x" * NOTE_BYTES_MAX + PUBLISHED,
        Note("text\n", (SIGNATURE,) * (SIGNATURES_MAX + 1)).octets(),
    ],
    ids=[
        "nothing",
        "only a text",
        "no signature",
        "an empty line for one",
        "no newline at the end",
        "a newline too many",
        "no empty line",
        "a hyphen for the dash",
        "two spaces",
        "a space before the dash",
        "a plus in the name",
        "a hard space in the name",
        "a wide space in the name",
        "no padding",
        "trailing bits",
        "a space at the end",
        "a carriage return",
        "a tab",
        "a null",
        "no UTF-8",
        "a key id and no signature",
        "too long",
        "too many signatures",
    ],
)
def test_what_is_not_exactly_a_note_is_refused(octets: bytes) -> None:
    """Nothing is mended and nothing is guessed."""
    with pytest.raises(ValueError):  # noqa: PT011 - any ValueError is the promise
        read_note(octets)


def test_as_many_signatures_are_read_as_everyone_must_accept() -> None:
    """Sixteen, which the specification asks of every verifier."""
    assert SIGNATURES_MAX == 16
    signatures = (SIGNATURE,) * SIGNATURES_MAX
    assert read_note(Note("text\n", signatures).octets()).signatures == signatures


def test_signature_lines_stand_alone_as_they_stand_in_a_note() -> None:
    """That is how a witness answers."""
    lines = write_signatures([SIGNATURE, OTHER])
    assert lines == "— example.com/log AAECA3NpZ25lZA==\n— example.com/witness /wECA3Rvbw==\n"
    assert read_signatures(lines) == (SIGNATURE, OTHER)
    with pytest.raises(ValueError):  # noqa: PT011 - any ValueError is the promise
        read_signatures("")


@pytest.mark.parametrize(
    ("name", "alg"),
    [
        ("", "Ed25519"),
        ("a b", "Ed25519"),
        ("a+b", "Ed25519"),
        ("a\x00b", "Ed25519"),
        ("é" * 128, "Ed25519"),
        ("a", "ES256"),
        ("a", "ML-DSA-65"),
    ],
)
def test_a_key_that_signs_no_notes_has_no_name_in_them(name: str, alg: str) -> None:
    """Names without a space, a plus or a control; the two algorithms that we use."""
    half = new_private(alg, bytes(range(64))).public if alg != "Ed25519" else ED25519
    with pytest.raises(ValueError, match=r"^$"):
        NoteKey(name, half)


ED25519 = OkpPublic(
    Ed25519PublicKey.from_public_bytes(b64decode(PUBLISHED_KEY.split("+", 2)[2])[1:])
)


def test_the_same_key_has_another_id_under_another_name() -> None:
    """And a key of each algorithm has the length of its kind in its text."""
    half = new_private("ML-DSA-44", bytes(range(64))).public
    one, other = NoteKey("a" * 255, half), NoteKey("b", half)
    assert one.key_id != other.key_id
    assert len(b64decode(other.text.split("+", 2)[2])) == 1 + 1312
    assert b64decode(other.text.split("+", 2)[2])[0] == 6
