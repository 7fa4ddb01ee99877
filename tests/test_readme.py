"""The README's quick start works as it stands, and what it names exists."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")

# The command as the README calls it; `init` alone is told which ports are free just now.
SHIM = """\
#!/bin/sh
case "$1 $2" in
  "init us") set -- "$@" {us} ;;
  "init mx") set -- "$@" {mx} ;;
esac
exec {python} -m exchange "$@"
"""

# The official calls with it. A bare machine may have none; `.ci/run` brings it.
CURL = ["curl"] if shutil.which("curl") or "CI" in os.environ else []

# A block that fails must not leave the two sides running.
STOP = "trap 'kill $(cat us/pid mx/pid 2> /dev/null) 2> /dev/null || true' EXIT"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Give a stand-in for the clone, with its examples and a command that finds free ports."""
    repository = tmp_path / "repository"
    (repository / ".venv/bin").mkdir(parents=True)
    (repository / "examples").symlink_to(ROOT / "examples")
    ports = free_ports(4)
    options = {
        "us": (ports[0], ports[1], ports[2]),
        "mx": (ports[2], ports[3], ports[0]),
    }
    texts = {
        side: f"--listen-partner 127.0.0.1:{partner} --listen-internal 127.0.0.1:{internal} "
        f"--partner-url http://127.0.0.1:{other}"
        for side, (partner, internal, other) in options.items()
    }
    command = repository / ".venv/bin/exchange"
    command.write_text(SHIM.format(python=sys.executable, **texts), encoding="utf-8")
    command.chmod(0o755)
    return repository


def free_ports(count: int) -> list[int]:
    """Return ports that nobody listens on."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


@pytest.mark.parametrize("curl", CURL)
def test_the_quick_start_runs_as_it_stands(curl: str, repository: Path, tmp_path: Path) -> None:
    """In an empty directory every sh block succeeds, and both ledgers then tell the same story."""
    empty = tmp_path / "empty"
    empty.mkdir()
    blocks = re.findall(r"^```sh\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    script = "\n".join(["set -euo pipefail", STOP, *blocks])
    variables = {"REPO": str(repository), "PYTHONPATH": str(ROOT), "LANG": "C"}
    with subprocess.Popen(
        ["/bin/bash", "-c", script],
        cwd=empty,
        env={**os.environ, **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as shell:
        try:
            printed, _ = shell.communicate(timeout=120)
        except subprocess.TimeoutExpired:
            os.killpg(shell.pid, signal.SIGTERM)
            raise
    assert shell.returncode == 0, printed[-4000:]
    assert "12 sent: 11 accepted, 1 withheld, 0 refused" in printed
    us, mx = (_messages(empty / f"{side}.jsonl") for side in ("us", "mx"))
    assert len(us["sent"]) == 11
    assert len(us["received"]) == 1
    assert us["sent"] == mx["received"]
    assert us["received"] == mx["sent"]


def _messages(file: Path) -> dict[str, set[str]]:
    """Return the payloads of the messages in an export, by direction."""
    found: dict[str, set[str]] = {"sent": set(), "received": set()}
    for line in file.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        if entry["kind"] == "message":
            found[entry["direction"]].add(entry["line"]["payload"])
    return found


def test_every_command_is_in_the_readme() -> None:
    """The README's table of commands is what `exchange --help` and its nouns list."""
    table = README.split("<!-- commands -->")[1].split("<!-- /commands -->")[0].strip()
    assert table == command_table()


def command_table() -> str:
    """Return every command with its first sentence, as the README has it."""
    from typer.main import get_command  # noqa: PLC0415  # not for the other tests

    from exchange.cli.app import app  # noqa: PLC0415  # not for the other tests

    rows = ["| command | does |", "|---|---|"]
    for name, command in get_command(app).commands.items():  # type: ignore[attr-defined]  # it is a group of commands
        below = getattr(command, "commands", None) or {None: command}
        for verb, one in below.items():
            words = " ".join(filter(None, ("exchange", name, verb)))
            rows.append(f"| `{words}` | {one.help.strip().splitlines()[0]} |")
    return "\n".join(rows)


def test_every_path_named_exists() -> None:
    """Files and folders that the README names are in the tree."""
    named = re.findall(r"`((?:exchange|docs|tests|schemas|keys\.example|\.ci)/[\w./-]*)`", README)
    assert [path for path in named if not (ROOT / path).exists()] == []
