"""Two working directories that trust each other, made once and copied for every test."""

import shutil
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import ThreadingHTTPServer
from pathlib import Path
from secrets import token_bytes

import pytest

from exchange.installation.directory import make_directory, plan_of
from exchange.installation.published import trust
from exchange.proof.keys import fingerprint
from exchange.settings import load_settings
from tests.cli.commands import Commands
from tests.cli.listener import TOKEN, Listener


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both sides, as `init` and `keys trust` make them."""
    root = tmp_path_factory.mktemp("made")
    roots = {
        side: make_directory(root / side, plan_of(side), now=datetime.now(UTC), entropy=token_bytes)
        for side in ("us", "mx")
    }
    for side, other in (("us", "mx"), ("mx", "us")):
        trust(
            load_settings(root / side / "exchange.toml"),
            roots_file=root / other / "keys/roots.json",
            key_set_file=root / other / "keys/public.jws",
            fingerprint=fingerprint(roots[other]),
        )
    return root


@pytest.fixture
def commands(
    made: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Commands:
    """Commands on a fresh copy of both sides, in English."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG", "EXCHANGE_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("EXCHANGE_LANG", "en")
    directory = tmp_path / "sides"
    shutil.copytree(made, directory)
    monkeypatch.chdir(directory)
    return Commands(directory, capsys, monkeypatch)


@pytest.fixture
def listener(commands: Commands) -> Iterator[type[Listener]]:
    """Run the listener where the US side's settings expect it, and give `send` its token."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Listener)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    Listener.seen.clear()
    Listener.busy.clear()
    commands.patch.setenv("EXCHANGE_LISTEN__INTERNAL", f"127.0.0.1:{server.server_port}")
    (commands.directory / "us/send.token").write_text(TOKEN, encoding="utf-8")
    yield Listener
    server.shutdown()
    server.server_close()
