"""docs/verify-by-hand.md: its commands, as they stand, see what the program sees."""

import os
import re
import shutil
import subprocess
import zipfile
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest

from exchange.proof.timestamps import ask_for
from exchange.proof.trust import write_trust
from tests.proof.bundles import TRUST, Exchange, erased
from tests.stamping import new_authority

DOCUMENT = Path(__file__).parents[1] / "docs" / "verify-by-hand.md"
SHELL = "\n".join(re.findall(r"```sh\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL))
IS_EQUIPPED = all(map(shutil.which, ("bash", "jq", "openssl", "sha256sum")))
LINES = ["whole", "erased"] if IS_EQUIPPED or "CI" in os.environ else []
MESSAGE, RECEIPT = "lines/0001.jws", "lines/0002.jws"


def unpacked(directory: Path, exchange: Exchange) -> Path:
    """Return a directory with what the bundle holds, and with what is trusted."""
    (directory / "authority").mkdir()
    authority = new_authority(directory / "authority")
    note = exchange.files()["checkpoints/us.note"]
    exchange.stamp = authority.answer(ask_for(note).octets)
    here = directory / "bundle"
    with zipfile.ZipFile(BytesIO(exchange.octets())) as packed:
        packed.extractall(here)
    trust = replace(TRUST, authorities={"here": authority.trusted})
    (here / "trust.json").write_bytes(write_trust(trust))
    return here


def run(directory: Path) -> subprocess.CompletedProcess[str]:
    """Run the document's commands."""
    return subprocess.run(
        [shutil.which("bash") or "bash", "-c", "set -euo pipefail\n" + SHELL],
        cwd=directory,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize("line", LINES)
def test_the_commands_see_that_all_holds(line: str, tmp_path: Path) -> None:
    """Files, keys, lines, receipt, places, checkpoints and stamp, before and after erasure."""
    exchange = Exchange() if line == "whole" else Exchange(line=erased())
    done = run(unpacked(tmp_path, exchange))
    assert done.returncode == 0, done.stderr
    said = done.stdout.splitlines()
    for expected in (
        "files: OK",
        "2",
        "manifest.jws: Verified OK",
        f"{MESSAGE}: Verified OK",
        f"{RECEIPT}: Verified OK",
        f"{MESSAGE}: accepted by {RECEIPT}",
        f"{MESSAGE}: stands in checkpoints/us.note",
        f"{MESSAGE}: stands in checkpoints/mx.note",
        f"{RECEIPT}: stands in checkpoints/mx.note",
        "checkpoints/us.note: signed for urn:handoff:us:cbp:test",
        "checkpoints/mx.note: signed for urn:handoff:mx:inm:test",
    ):
        assert expected in said
    assert "Verification: OK" in done.stdout + done.stderr
    assert any(one.startswith("Time stamp: ") for one in said)
    has_body = f"{MESSAGE}: the body is the one that was signed" in said
    assert has_body is (line == "whole")


@pytest.mark.parametrize("line", LINES[:1])
def test_the_commands_see_what_does_not_hold(line: str, tmp_path: Path) -> None:
    """A file that was altered is named, and what hangs on it is not said to hold."""
    assert line == "whole"
    directory = unpacked(tmp_path, Exchange())
    file = directory / MESSAGE
    file.write_bytes(file.read_bytes().replace(b'"body":"', b'"body":"AAAA'))
    said = run(directory).stdout.splitlines()
    assert f"{MESSAGE}: FAILED" in said
    assert not {"files: OK", f"{MESSAGE}: the body is the one that was signed"} & {*said}
    assert f"{RECEIPT}: stands in checkpoints/us.note" in said
