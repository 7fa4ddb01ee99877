"""Both authorities as processes on loopback that speak over mutual TLS, ready to be worked with."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager

from bench.sides import Pair, ready
from bench.sides import Side as Serving
from exchange.access.rights import Role
from exchange.cli.clients import add_client
from exchange.domain.parties import Side
from exchange.settings import Settings

START_SECONDS_MAX = 120.0
_ROLES = {Side.US: Role.PORT_SUPERVISOR, Side.MX: Role.RECEIVING_OFFICER}


@asynccontextmanager
async def serving(
    sides: Mapping[Side, Settings], wishes: Mapping[str, str] | None = None
) -> AsyncIterator[Pair]:
    """
    Run both *sides* for as long as the block lasts, each with a client who may do its daily work.

    *wishes* are settings by the name of their environment variable.
    """
    async with AsyncExitStack() as running:
        mx, us = [
            await running.enter_async_context(_serve(side, sides[side], wishes or {}))
            for side in (Side.MX, Side.US)
        ]
        yield Pair(us, mx)


@asynccontextmanager
async def _serve(
    side: Side, settings: Settings, wishes: Mapping[str, str]
) -> AsyncIterator[Serving]:
    token = await asyncio.to_thread(add_client, settings, "trial", _ROLES[side], ("*",))
    log = settings.directory / "serve.log"
    with log.open("ab") as written:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "exchange", "serve", "--config"),
            settings.directory / "exchange.toml",
            env={**os.environ, **wishes},
            stderr=written,
        )
    port = settings.listen.internal.port
    try:
        await ready(process, port, seconds_max=START_SECONDS_MAX)
        yield Serving(process, settings.directory, port, token, ready_seconds=0.0)
    except BaseException as error:
        error.add_note(log.read_text("utf-8")[-2000:])
        raise
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()
