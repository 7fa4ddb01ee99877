"""
Two ordinary working directories, made by ``exchange init`` and trusting each other.

Some settings are shortened so that a run of seconds shows what takes hours in the field;
`SHORTENED` says which. While the demo runs each partner's address is that of a relay; at
the end `reconnect` makes the two speak directly again.
"""

import socket
import subprocess
import sys
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from exchange.access.rights import Role
from exchange.cli.clients import add_client
from exchange.errors import Sentence, UsageWrong
from exchange.installation.published import KEY_SET, ROOTS_FILE, our_keys, trust
from exchange.proof.keys import fingerprint
from exchange.settings import CONFIG_NAME, Settings, load_settings

GRACE_SECONDS = 1

SHORTENED: Mapping[str, str] = {
    "release_seconds = 60": "release_seconds = 1",
    "visa_seconds = 86400": "visa_seconds = 5",
    "last_delivery_seconds = 259200": "last_delivery_seconds = 0",
    "presentation_grace_seconds = 7200": f"presentation_grace_seconds = {GRACE_SECONDS}",
    "backoff_first_seconds = 1": "backoff_first_seconds = 0.2",
    "backoff_max_seconds = 60": "backoff_max_seconds = 2",
}
"""What `exchange init` writes, and what stands there in a demo."""

WATCHER = "demo-watcher"


@dataclass(slots=True)
class Directory:
    """One side of the demo: where it is, where it listens, and who may call it."""

    side: str
    path: Path
    partner_port: int
    internal_port: int
    relay_port: int
    """Where this side believes that its partner listens."""
    tokens: dict[str, str] = field(default_factory=dict, repr=False)

    @property
    def config(self) -> Path:
        """The settings file."""
        return self.path / CONFIG_NAME

    @property
    def internal_url(self) -> str:
        """Where ports and officials call."""
        return f"http://127.0.0.1:{self.internal_port}"

    @property
    def partner_url(self) -> str:
        """Where the other side calls."""
        return f"http://127.0.0.1:{self.partner_port}"

    def settings(self) -> Settings:
        """Return its settings as they stand now."""
        return load_settings(self.config)


def make_directories(
    out: Path, places: Mapping[str, Iterable[str]], databases: Mapping[str, str] | None = None
) -> dict[str, Directory]:
    """
    Return both sides under *out*, with a client at each of the *places* of each side.

    Each side keeps a SQLite file of its own, unless *databases* names the URL of another.

    Raises:
        UsageWrong: There is a working directory already.
        NotConfigured: One could not be made.
    """
    ports = iter(free_ports(6))
    sides = {
        side: Directory(side, out / side, next(ports), next(ports), next(ports))
        for side in ("us", "mx")
    }
    for one in sides.values():
        if one.path.exists():
            there = Sentence(
                f"{one.path}: exists already; the demo makes it",
                f"{one.path}: ya existe; la demostración lo crea",
            )
            raise UsageWrong(there)
    _initialise(sides.values(), databases or {})
    for one in sides.values():
        shorten(one.config)
    us, mx = sides["us"].settings(), sides["mx"].settings()
    _trust(us, mx)
    _trust(mx, us)
    for side, role in (("us", Role.PORT_SUPERVISOR), ("mx", Role.RECEIVING_OFFICER)):
        one, settings = sides[side], sides[side].settings()
        for place in places[side]:
            one.tokens[place] = add_client(settings, f"demo-{place.lower()}", role, (place,))
        one.tokens[WATCHER] = add_client(settings, WATCHER, Role.AUDITOR, ("*",))
    return sides


def shorten(config: Path) -> None:
    """Make the settings in a file as short as a demo wants them; of equal ones the first."""
    _replace(config, SHORTENED)


def reconnect(sides: Mapping[str, Directory]) -> None:
    """Let the two speak directly to each other from now on."""
    for side, other in (("us", "mx"), ("mx", "us")):
        relay = f"http://127.0.0.1:{sides[side].relay_port}"
        _replace(sides[side].config, {relay: sides[other].partner_url})


def free_ports(count: int) -> list[int]:
    """Return ports of loopback that nobody listens on."""
    with ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


def _initialise(sides: Iterable[Directory], databases: Mapping[str, str]) -> None:
    """Run ``exchange init`` for all of them at once."""
    making = [
        subprocess.Popen(  # noqa: S603  # our own command
            [
                *(sys.executable, "-m", "exchange", "init", str(one.path), "--side", one.side),
                *("--partner-url", f"http://127.0.0.1:{one.relay_port}"),
                *("--listen-partner", f"127.0.0.1:{one.partner_port}"),
                *("--listen-internal", f"127.0.0.1:{one.internal_port}"),
                *(("--database", databases[one.side]) if one.side in databases else ()),
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for one in sides
    ]
    try:
        said = [(process.communicate()[1], process.returncode) for process in making]
    except KeyboardInterrupt:
        for process in making:
            process.terminate()
        raise
    if failed := [words for words, code in said if code != 0]:
        words = "\n".join(failed)  # what `init` said, in the language that it was asked in
        raise UsageWrong(Sentence(words, words))


def _trust(ours: Settings, theirs: Settings) -> None:
    """Compare a fingerprint as two people would, here in one."""
    published = theirs.keys.directory
    trust(
        ours,
        roots_file=published / ROOTS_FILE,
        key_set_file=published / KEY_SET,
        fingerprint=fingerprint(our_keys(theirs).roots),
    )


def _replace(file: Path, texts: Mapping[str, str]) -> None:
    content = file.read_text(encoding="utf-8")
    for old, new in texts.items():
        content = content.replace(old, new, 1)
    file.write_text(content, encoding="utf-8")
