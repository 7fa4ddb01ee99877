"""
What a request costs the library that serves it and the one that makes it, and nothing else.

Each is measured in a process of its own (``python -m bench.floor_http``), so that what drives
it is not counted with it.
"""

import asyncio
import os
import subprocess
import sys
from typing import cast

import aiohttp
import uvloop
from aiohttp import web

from bench.client import HEAD_END, Client
from bench.figures import usage_of

REQUESTS_BYTES = 60_000_000
REQUESTS_MAX = 4_000
ANSWER = b"x" * 300


async def server_microseconds(body_bytes: int, in_flight: int) -> float:
    """Return the CPU of serving one POST of *body_bytes* over keep-alive."""
    count = _count(body_bytes)
    child = await _child("serve")
    assert child.stdout is not None  # noqa: S101  # a pipe, as started
    client = Client(int(await child.stdout.readline()))
    await _post_all(client, bytes(body_bytes), count // 5, in_flight)
    before = usage_of(child.pid)
    await _post_all(client, bytes(body_bytes), count, in_flight)
    spent = usage_of(child.pid) - before
    client.close()
    child.terminate()
    await child.wait()
    return spent.cpu_seconds / count * 1e6


async def client_microseconds(body_bytes: int, answer_bytes: int, in_flight: int) -> float:
    """Return the CPU of making one POST of *body_bytes* over keep-alive."""
    count = _count(body_bytes)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Sink(answer_bytes), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    child = await _child("post", str(port), str(body_bytes), str(count), str(in_flight))
    assert child.stdout is not None  # noqa: S101  # a pipe, as started
    spent = float(await child.stdout.readline())
    await child.wait()
    server.close()
    return spent / count * 1e6


def _count(body_bytes: int) -> int:
    return min(REQUESTS_MAX, max(200, REQUESTS_BYTES // body_bytes))


async def _child(*arguments: str) -> asyncio.subprocess.Process:
    command = (sys.executable, "-m", "bench.floor_http", *arguments)
    return await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE)


async def _post_all(client: Client, body: bytes, count: int, in_flight: int) -> None:
    async def post_some() -> None:
        for _ in range(count // in_flight):
            await client.post("/", body)

    await asyncio.gather(*(post_some() for _ in range(in_flight)))


class _Sink(asyncio.Protocol):
    """Answers each POST that has come in whole."""

    def __init__(self, answer_bytes: int) -> None:
        self._answer = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % answer_bytes
        self._answer += bytes(answer_bytes)
        self._missing = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is no subclass

    def data_received(self, data: bytes) -> None:
        if self._missing == 0:
            head, _, data = data.partition(HEAD_END)
            length = head.lower().partition(b"content-length:")[2].partition(b"\r")[0]
            self._missing = int(length)
        self._missing -= len(data)
        if self._missing == 0:
            self._transport.write(self._answer)


async def _serve() -> None:
    async def answer(request: web.Request) -> web.Response:
        await request.read()
        return web.Response(body=ANSWER)

    app = web.Application(client_max_size=2**30)
    app.router.add_post("/", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


async def _post(port: int, body_bytes: int, count: int, in_flight: int) -> None:
    body, url = bytes(body_bytes), f"http://127.0.0.1:{port}/"
    async with aiohttp.ClientSession() as session:

        async def post_some(times: int) -> None:
            for _ in range(times):
                async with session.post(url, data=body) as response:
                    await response.read()

        await asyncio.gather(*(post_some(20) for _ in range(in_flight)))
        before = usage_of(os.getpid())
        await asyncio.gather(*(post_some(count // in_flight) for _ in range(in_flight)))
        spent = usage_of(os.getpid()) - before
    print(spent.cpu_seconds, flush=True)


if __name__ == "__main__":
    what, *numbers = sys.argv[1:]
    uvloop.run(_serve() if what == "serve" else _post(*map(int, numbers)))
