"""The code on a paper: made from the message alone, read back, and worth nothing without it."""

import base64
import hashlib
import hmac
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.proof.papers import PaperCode, make_paper_code, read_paper_code

HANDOFF = "0f9b3a52-6d0e-4f57-9a43-5d2c1be7a001"
SALT = "AAECAwQFBgcICQoLDA0ODw"


def test_a_code_is_what_the_protocol_says() -> None:
    """Anyone who holds the message makes the same code with nothing but HMAC and base32."""
    key = bytes(range(16))
    mark = hmac.new(key, b"0f9b3a52-6d0e-4f57-9a43-5d2c1be7a001/12", hashlib.sha256).digest()
    expected = base64.b32encode(mark).decode()[:10]
    code = make_paper_code(HANDOFF, 12, salt=SALT)
    assert code.text == f"0F9B3A52-6D0E-4F57-9A43-5D2C1BE7A001/12/{expected}"


@pytest.mark.parametrize("document", ["docs/paper.md", "docs/protocol.md"])
def test_the_example_of_the_manual(document: str) -> None:
    """The code that both documents give as their example is the one that is made."""
    manual = (Path(__file__).parents[2] / document).read_text(encoding="utf-8")
    code = make_paper_code(HANDOFF, 1, salt=SALT)
    assert code.text == "0F9B3A52-6D0E-4F57-9A43-5D2C1BE7A001/1/45YKPAN42Q"
    for told in (HANDOFF, SALT, code.text):
        assert told in manual


@pytest.mark.parametrize("typed", [str, str.lower, lambda text: f" {text[:9]} \n{text[9:]}\t"])
def test_a_code_is_read_as_people_type_it(typed: object) -> None:
    """Small letters, spaces and line breaks do not matter."""
    code = make_paper_code(HANDOFF, 9_999, salt=SALT)
    assert callable(typed)
    assert read_paper_code(typed(code.text)) == code


@pytest.mark.parametrize(
    "text",
    [
        "",
        HANDOFF,
        f"{HANDOFF}/1",
        f"{HANDOFF}/0/45YKPAN42Q",
        f"{HANDOFF}/01/45YKPAN42Q",
        f"{HANDOFF}/10000/45YKPAN42Q",
        f"{HANDOFF}/-1/45YKPAN42Q",
        f"{HANDOFF}/1/45YKPAN42",
        f"{HANDOFF}/1/45YKPAN42QA",
        f"{HANDOFF}/1/45YKPAN421",
        f"{HANDOFF}/1/45YKPAN420",
        f"{HANDOFF}/1/45YKPAN42\u017f",
        f"{HANDOFF[1:]}/1/45YKPAN42Q",
        f"{HANDOFF}x/1/45YKPAN42Q",
        f"{HANDOFF}/\u0661/45YKPAN42Q",
        f"{HANDOFF}/1/45YKPAN42Q/",
    ],
)
def test_what_was_misread_is_no_code(text: str) -> None:
    """A text that no paper can bear is refused, so that a slip is never called a forgery."""
    with pytest.raises(ValueError, match="not the code of a paper"):
        read_paper_code(text)


@given(
    st.one_of(
        st.text(max_size=60),
        st.from_regex(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}/[0-9]{1,5}/\w{9,11}"),
    )
)
def test_whatever_is_scanned_is_a_code_or_is_not(text: str) -> None:
    """Anything at all is refused, or is a code that reads back as the same capitals."""
    try:
        code = read_paper_code(text)
    except ValueError:
        return
    assert code.text == "".join(text.split()).upper()
    assert read_paper_code(code.text) == code


@pytest.mark.parametrize(
    ("handoff", "revision", "salt"),
    [
        (HANDOFF.replace("a001", "a002"), 1, SALT),
        (HANDOFF, 2, SALT),
        (HANDOFF, 1, "AQECAwQFBgcICQoLDA0ODw"),
    ],
)
def test_another_handoff_revision_or_salt_has_another_mark(
    handoff: str, revision: int, salt: str
) -> None:
    """A mark holds for the one handoff, revision and message it was made from."""
    mark = make_paper_code(HANDOFF, 1, salt=SALT).mark
    assert not PaperCode(handoff, revision, mark).is_marked_by(salt)
    assert PaperCode(HANDOFF, 1, mark).is_marked_by(SALT)
