"""A bundle is verified by a command that needs nothing else, and says what it proves."""

import json
import os
import subprocess
import sys
from importlib.metadata import distribution, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from exchange.proof.trust import write_trust
from tests.cli.commands import Commands
from tests.keys import MX, US
from tests.proof.bundles import TRUST, Exchange, erased

ROOT = Path(__file__).parents[2]
NEEDED = ("typer", "rich", "orjson", "pydantic", "cryptography", "rfc3161-client")
"""All that verifying stands on."""


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """A bundle about one message, and beside it the file of what is trusted."""
    (tmp_path / "trust.json").write_bytes(write_trust(TRUST))
    (tmp_path / "one.zip").write_bytes(Exchange().octets())
    return tmp_path / "one.zip"


def test_what_a_bundle_proves_is_said_step_by_step(commands: Commands, bundle: Path) -> None:
    """Each step with the keys it was checked against, for people in both languages."""
    ended = commands.run("evidence", "verify", bundle, "--trust", bundle.parent / "trust.json")
    assert ended.code == 0
    for words in ("the other side received it", US.sign.kid, MX.witness.kid, "2 not contained"):
        assert words in ended.out
    trust = ("--trust", bundle.parent / "trust.json")
    spanish = commands.run("evidence", "verify", bundle, *trust, "--lang", "es")
    assert "el otro lado lo recibió" in spanish.out
    assert "0 ROTO" in spanish.out


def test_programs_get_the_same(commands: Commands, bundle: Path) -> None:
    """The steps, and which lines hold."""
    trust = ("--trust", bundle.parent / "trust.json")
    found = commands.run("evidence", "verify", bundle, *trust, "--json").json()
    assert (found["made_by"], found["broken"]) == (US.urn, False)
    assert {step["standing"] for step in found["steps"]} == {"proven", "not-contained"}
    message, receipt = found["lines"]
    assert (message["kind"], message["handoff"]) == ("message", found["about"]["handoff"])
    assert (receipt["kind"], receipt["jti"], receipt["has_body"]) == ("receipt", None, False)


def test_a_bundle_that_does_not_hold_ends_with_6(commands: Commands, bundle: Path) -> None:
    """What is broken is named; a file that is no bundle is called so."""
    trust = ("--trust", bundle.parent / "trust.json")
    other = Exchange().with_files(**{"checkpoints/us.note": b"another"})
    bundle.write_bytes(other)
    ended = commands.run("evidence", "verify", bundle, *trust)
    assert (ended.code, "BROKEN" in ended.out, "malformed" in ended.out) == (6, True, True)
    bundle.write_bytes(b"nothing")
    ended = commands.run("evidence", "verify", bundle, *trust)
    assert (ended.code, "is no bundle" in ended.err) == (6, True)
    bundle.unlink()
    assert commands.run("evidence", "verify", bundle, *trust).code == 2


def test_a_side_trusts_whom_it_was_told_to(commands: Commands, bundle: Path) -> None:
    """Its own roots and the partner's are what it verifies by, and hands on."""
    mine = bundle.parent / "mine.json"
    assert commands.us("evidence", "trust", "-o", mine).code == 0
    parties = sorted(json.loads(mine.read_bytes())["parties"])
    assert parties == ["urn:handoff:mx:inm", "urn:handoff:us:cbp"]
    ended = commands.us("evidence", "verify", bundle)
    assert (ended.code, "untrusted-root" in ended.out) == (6, True)
    again = commands.run("evidence", "verify", bundle, "--trust", mine)
    assert again.out == ended.out


@pytest.mark.parametrize("line", ["whole", "erased"])
def test_it_needs_nothing_but_what_verifies(line: str, bundle: Path, tmp_path: Path) -> None:
    """Where only the verifier's own packages are, before and after erasure."""
    if line == "erased":
        bundle.write_bytes(Exchange(line=erased()).octets())
    bare = tmp_path / "bare"
    bare.mkdir()
    (bare / "exchange").symlink_to(ROOT / "exchange")
    for name in _closed(NEEDED):
        for file in distribution(name).files or ():
            top = file.parts[0]
            if top not in {"..", "__pycache__"} and not (bare / top).exists():
                (bare / top).symlink_to(Path(str(distribution(name).locate_file(top))))
    trust = ("--trust", tmp_path / "trust.json")
    command = (sys.executable, "-S", "-m", "exchange", "evidence", "verify", bundle, *trust)
    environment = {"PYTHONPATH": str(bare), "PATH": os.environ["PATH"]}
    done = subprocess.run(
        (*command, "--json"), cwd=tmp_path, env=environment, check=False, capture_output=True
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout)["broken"] is False
    for absent in ("sqlalchemy", "aiohttp", "structlog", "alembic", "jinja2"):
        assert not (bare / absent).exists()


def _closed(names: tuple[str, ...]) -> set[str]:
    """Return the packages and all that they need."""
    found: set[str] = set()
    left = list(names)
    while left:
        name = left.pop()
        if name in found:
            continue
        found.add(name)
        needs = map(Requirement, requires(name) or ())
        left += [one.name for one in needs if one.marker is None or one.marker.evaluate()]
    return found
