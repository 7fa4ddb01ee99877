"""The two authorities: their working directories, and each as a process of its own."""

import asyncio
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from bench.client import Client

POLICIES = {"es256": "ES256 alone", "hybrid": "ES256 and ML-DSA-65"}
EXCHANGE = (sys.executable, "-m", "exchange")
READY_SECONDS_MAX = 30
NO_SETTINGS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Installation:
    """Both working directories under one root, trusting each other, and a token for each."""

    root: Path
    tokens: dict[str, str]

    def copied_to(self, root: Path) -> "Installation":
        """Return a copy, which has lived the same life until now."""
        shutil.rmtree(root, ignore_errors=True)
        shutil.copytree(self.root, root)
        return Installation(root, self.tokens)


def install(root: Path) -> Installation:
    """Return two new working directories, made by the commands that an operator uses."""
    for side in ("us", "mx"):
        _run("init", str(root / side), "--side", side)
    for side, other in (("us", "mx"), ("mx", "us")):
        theirs = root / other / "keys"
        print_ = json.loads(_run("keys", "list", *_config(root / other), "--json"))
        trust = ("--roots", str(theirs / "roots.json"), str(theirs / "public.jws"))
        fingerprint = print_["ours"]["fingerprint"]
        _run("keys", "trust", *_config(root / side), "--fingerprint", fingerprint, *trust)
    roles = {"us": "port-officer", "mx": "receiving-officer"}
    tokens = {
        side: _run(
            "clients", "add", "bench", "--role", role, "--every-port", *_config(root / side)
        ).strip()
        for side, role in roles.items()
    }
    return Installation(root, tokens)


def _config(directory: Path) -> tuple[str, str]:
    return "--config", str(directory / "exchange.toml")


def _run(*arguments: str) -> str:
    done = subprocess.run((*EXCHANGE, *arguments), check=True, capture_output=True, text=True)
    return done.stdout


@dataclass(frozen=True, slots=True)
class Side:
    """One authority that runs."""

    process: asyncio.subprocess.Process
    directory: Path
    port: int
    token: str
    ready_seconds: float

    @property
    def pid(self) -> int:
        """The process, as the kernel names it."""
        return self.process.pid

    @property
    def database(self) -> Path:
        """Its SQLite file."""
        return self.directory / "exchange.db"

    def client(self) -> Client:
        """Return a client of its internal listener."""
        return Client(self.port, self.token)

    async def stop(self) -> None:
        """Let it finish what it took, and end; what has ended already has ended."""
        if self.process.returncode is None:
            self.process.terminate()
        await self.process.wait()


@dataclass(frozen=True, slots=True)
class Pair:
    """Both authorities, running."""

    us: Side
    mx: Side


async def straight(port: int) -> int:
    """Return the port itself: there is nothing on the road to the partner."""
    return port


@asynccontextmanager
async def running(
    installation: Installation,
    policy: str,
    road: Callable[[int], Awaitable[int]] = straight,
    settings: Mapping[str, str] = NO_SETTINGS,
) -> AsyncIterator[Pair]:
    """
    Give both sides once they are ready; the Mexican side first, so that ours starts alone.

    *road* gives the port at which the other side's partner listener is found; *settings* are
    variables of the environment that override those of both.
    """
    ports, given = _free_ports(4), {"EXCHANGE_SIGNATURE_POLICY": policy, **settings}
    mx = await _start(installation, "mx", given, ports[:2], await road(ports[2]))
    try:
        us = await _start(installation, "us", given, ports[2:], await road(ports[0]))
        try:
            yield Pair(us, mx)
        finally:
            await us.stop()
    finally:
        await mx.stop()


async def _start(
    installation: Installation,
    name: str,
    given: Mapping[str, str],
    ports: list[int],
    partner_port: int,
) -> Side:
    directory = installation.root / name
    partner, internal = ports
    settings = {
        **given,
        "EXCHANGE_LISTEN__PARTNER": f"127.0.0.1:{partner}",
        "EXCHANGE_LISTEN__INTERNAL": f"127.0.0.1:{internal}",
        "EXCHANGE_PARTNER__URL": f"http://127.0.0.1:{partner_port}",
        "EXCHANGE_LOG__FILE": str(directory / "exchange.log.jsonl"),
    }
    began = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        *EXCHANGE, "serve", *_config(directory), env={**os.environ, **settings}
    )
    try:
        await ready(process, internal)
    except BaseException:
        process.kill()
        raise
    ready_seconds = time.perf_counter() - began
    return Side(process, directory, internal, installation.tokens[name], ready_seconds)


async def ready(
    process: asyncio.subprocess.Process, port: int, *, seconds_max: float = READY_SECONDS_MAX
) -> None:
    """Return once the side whose internal listener is at *port* takes work."""
    client = Client(port)
    async with asyncio.timeout(seconds_max):
        while process.returncode is None:
            try:
                status, _ = await client.get("/readyz")
            except OSError:
                status = 0
            if status == 200:  # noqa: PLR2004  # an HTTP status is its own name
                client.close()
                return
            await asyncio.sleep(0.01)
    message = f"exchange serve ended with {process.returncode} before it was ready"
    raise RuntimeError(message)


def _free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [int(one.getsockname()[1]) for one in sockets]
    for one in sockets:
        one.close()
    return ports
