"""The example keys are public, whole, and what the program itself publishes."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from exchange.proof.encoding import unb64u
from exchange.proof.keys import KeyState, Role
from exchange.proof.keysets import read_key_set, read_roots

FOLDER = Path(__file__).parent.parent / "keys.example"


@pytest.mark.parametrize(
    ("side", "party"), [("us", "urn:handoff:us:cbp:test"), ("mx", "urn:handoff:mx:inm:test")]
)
def test_the_roots_signed_the_key_set(side: str, party: str) -> None:
    """Each example key set verifies under the example roots beside it, for a test installation."""
    roots = read_roots((FOLDER / f"{side}.roots.json").read_bytes())
    line = (FOLDER / f"{side}.public.jws").read_bytes()
    keys = read_key_set(line, roots, issuer=party).keys.values()
    assert {key.role for key in keys} == {*Role} - {Role.JOURNAL}


def test_the_american_keys_are_in_every_state() -> None:
    """One set shows what each state looks like, on the day that the README names."""
    roots = read_roots((FOLDER / "us.roots.json").read_bytes())
    line = (FOLDER / "us.public.jws").read_bytes()
    keys = read_key_set(line, roots, issuer="urn:handoff:us:cbp:test").keys
    states = {kid: key.state_at(datetime(2026, 12, 1, tzinfo=UTC)) for kid, key in keys.items()}
    assert {*states.values()} == {*KeyState}
    told = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert all(f"`{kid[: kid.rindex('-') + 5]}…`" in told for kid in states)


def test_no_private_member_is_in_the_folder() -> None:
    """No key of the folder has a private or symmetric member."""
    for file in FOLDER.iterdir():
        if file.suffix not in {".json", ".jws"}:
            continue
        document = json.loads(file.read_text(encoding="utf-8"))
        keys = document.get("keys") or json.loads(unb64u(document["payload"]))["keys"]
        assert all({"d", "priv", "k", "p", "q"}.isdisjoint(key) for key in keys), file
