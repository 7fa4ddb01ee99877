"""A real service process that is attacked, and what the kernel and its own metrics say of it."""

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection, HTTPSConnection
from pathlib import Path
from typing import Final, Literal

from bench.figures import memory_mb
from exchange.access.rights import Role
from exchange.cli.clients import add_client
from exchange.domain.parties import Side
from exchange.settings import Settings
from tests.hostile.attacks import Shown
from tests.web.tls_sides import make_sides

START_SECONDS: Final = 60.0

Door = Literal["partner", "internal"]


@dataclass(frozen=True, slots=True)
class Victim:
    """One running side. Its partner does not run: nothing that it does is for somebody else."""

    settings: Settings
    other: Settings
    pid: int
    token: str

    def port(self, door: Door) -> int:
        """Return where a listener listens."""
        listen = self.settings.listen
        return listen.partner.port if door == "partner" else listen.internal.port

    def tls(self, door: Door) -> Shown | None:
        """Return how to speak to a listener: to the partner's as the partner itself."""
        partner = self.other.partner
        if door == "internal":
            return None
        return Shown(
            authorities=partner.ca_file,
            certificate=partner.client_certificate_file,
            key=partner.client_key_file,
        )

    @property
    def has_uvloop(self) -> bool:
        """Whether the loop of the service is in the memory of the process."""
        return "uvloop" in Path(f"/proc/{self.pid}/maps").read_text()

    def forget_peak(self) -> None:
        """Let the kernel measure the peak of memory anew."""
        Path(f"/proc/{self.pid}/clear_refs").write_text("5")

    @property
    def peak_mb(self) -> float:
        """The most memory that was resident since it was forgotten."""
        return memory_mb(self.pid, "VmHWM")

    @property
    def files(self) -> int:
        """How many files the process holds open."""
        return len(list(Path(f"/proc/{self.pid}/fd").iterdir()))

    def connection(self, door: Door, seconds: float) -> HTTPConnection:
        """Return a good client's connection to a listener, *seconds* for each step."""
        shown = self.tls(door)
        if shown is None:
            return HTTPConnection("127.0.0.1", self.port(door), timeout=seconds)
        return HTTPSConnection(
            "127.0.0.1", self.port(door), timeout=seconds, context=shown.context()
        )

    def hits(self, door: Door) -> dict[str, int]:
        """Return how often each limit of a listener was hit, by the service's own count."""
        with closing(self.connection("internal", START_SECONDS)) as asking:
            asking.request("GET", "/metrics")
            text = asking.getresponse().read().decode()
        found = re.findall(
            rf'^exchange_limits_hit_total{{limit="(\w+)",listener="{door}"}} (\S+)$',
            text,
            re.MULTILINE,
        )
        return {limit: int(float(count)) for limit, count in found}


@contextmanager
def victim(directory: Path) -> Iterator[Victim]:
    """Run the US side for as long as the block lasts, with the settings as `init` writes them."""
    sides = make_sides(directory)
    settings = sides[Side.US]
    token = add_client(settings, "san-ysidro", Role.PORT_SUPERVISOR, ("*",))
    log = (directory / "serve.log").open("wb")
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "exchange",
            "serve",
            "--config",
            settings.directory / "exchange.toml",
        ],
        stdout=log,
        stderr=log,
    )
    try:
        running = Victim(settings, sides[Side.MX], process.pid, token)
        if not _is_ready(running, process):
            said = (directory / "serve.log").read_text("utf-8")[-2000:]
            message = f"the service did not start: {said}"
            raise AssertionError(message)
        yield running
        assert process.poll() is None, "the service did not survive"
    finally:
        process.terminate()
        process.wait(30)
        log.close()


def _is_ready(running: Victim, process: "subprocess.Popen[bytes]") -> bool:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        with closing(running.connection("internal", START_SECONDS)) as asking:
            try:
                asking.request("GET", "/readyz")
                if asking.getresponse().status == HTTPStatus.OK:
                    return True
            except ConnectionError:
                time.sleep(0.1)
    return False
