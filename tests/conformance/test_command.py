"""The command: it prepares, refuses, runs against a whole service, and says how it ended."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_bytes
from typing import Any

import pytest

from exchange.cli.conformance import _instruct
from exchange.cli.exits import speak
from exchange.conformance import conduct as conducting
from exchange.conformance.conduct import Conduct
from exchange.conformance.listening import Instruction
from exchange.conformance.road import CONNECT_SECONDS, Patience
from exchange.conformance.run import Outcome, Played
from exchange.domain.parties import Side
from exchange.errors import NotAPartner, NotConfigured, Sentence, UsageWrong
from exchange.settings import CONFIG_NAME, load_settings
from tests.cli.commands import Commands
from tests.conformance.officials import Pair, running_partner

Copy = Callable[[Side], Path]
NAMES = {"report.jws", "report.json", "report.en.html", "report.es.html"}


@dataclass
class Ended:
    """How the command ended."""

    code: int
    out: str
    err: str


async def run(*arguments: object, language: str = "en") -> Ended:
    """Run the command in a process of its own."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "exchange", "conformance", *map(str, arguments)),
        env={**os.environ, "EXCHANGE_LANG": language, "COLUMNS": "200"},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await asyncio.wait_for(process.communicate(), 120)
    return Ended(process.returncode or 0, out.decode(), err.decode())


@dataclass
class Stranger:
    """Something that listens and is no partner; it remembers what it was asked."""

    url: str
    asked: set[bytes] = field(default_factory=set)


@asynccontextmanager
async def a_stranger(answer: bytes | None) -> AsyncIterator[Stranger]:
    """Listen on loopback, and answer every connection with *answer*, or never."""
    stranger = Stranger("")

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        stranger.asked.add(head.partition(b"\r\n")[0])
        if answer is not None:
            writer.write(answer)
            await writer.drain()
            writer.close()
        else:
            await reader.read()
            writer.close()

    server = await asyncio.start_server(meet, "127.0.0.1", 0)
    stranger.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield stranger
    finally:
        server.close()


def a_conduct(pair_or_kit: Pair | Path, url: str, **changes: Any) -> Conduct:
    """Return a run that is wired and not begun."""
    kit = pair_or_kit if isinstance(pair_or_kit, Path) else pair_or_kit.kit
    given: dict[str, Any] = {
        "settings": load_settings(kit / CONFIG_NAME),
        "url": url,
        "told": _nobody,
        "tell": _no_official,
        "clock": lambda: datetime.now(UTC),
        "entropy": token_bytes,
    }
    return Conduct(**given | changes)


def _nobody(_: Played) -> None:
    """Hear nothing."""


async def _no_official(_: Instruction) -> None:
    """Do nothing."""


async def test_a_whole_run_by_the_command(pair_of: Copy) -> None:
    """Prepared, trusted, run: exit 0, four files beside the settings, and seq is remembered."""
    async with running_partner(pair_of(Side.MX), Side.MX) as pair:
        ended = await run(pair.url, "--config", pair.kit / CONFIG_NAME, "--lang", "es")
        assert (ended.code, ended.err) == (0, "")
        assert "Todos los casos aplicables pasaron." in ended.out
        (kept,) = (pair.kit / "reports").iterdir()
        assert {path.name for path in kept.iterdir()} == NAMES
        assert int((pair.kit / "conformance.seq").read_text(encoding="ascii")) > 300


async def test_a_partner_with_another_limit_fails(tmp_path: Path, pair_of: Copy) -> None:
    """A case that fails ends the command with 1; the JSON names it and says what was found."""
    smaller = {"request_bytes_max = 4194304": "request_bytes_max = 262143"}
    async with running_partner(pair_of(Side.US), Side.US, smaller) as pair:
        config, out = pair.kit / CONFIG_NAME, tmp_path / "out"
        ended = await run(pair.url, "--config", config, "--out", out, "--json")
        assert ended.code == 1
        document = json.loads(ended.out)
        assert json.loads((out / "report.json").read_bytes()) == document
    failures = {case["name"]: case for case in document["cases"] if case["outcome"] == "failed"}
    assert failures.keys() == {"longest-line", "most-lines", "too-many-lines"}
    (found,) = failures["longest-line"]["findings"]
    assert (found["what"], found["expected"], found["found"]) == ("status", "200", "413 too-large")


def test_what_cannot_be_is_told_apart(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each mistake has its exit code: usage 2, settings 3; what is made is named."""
    monkeypatch.setenv("EXCHANGE_LANG", "en")
    commands = Commands(tmp_path, capsys, monkeypatch)
    made = commands.run("conformance", "--prepare", tmp_path / "kit", "--side", "us", "--json")
    document = made.json()
    assert document["party"] == "urn:handoff:us:cbp:test"
    assert len(document["fingerprint"].split()) == 12
    assert all(Path(path).is_file() for path in document["give_to_partner"])
    config = ("--config", document["config"])
    nowhere = "http://127.0.0.1:1"
    attempts: list[tuple[object, ...]] = [
        ("--prepare", tmp_path / "kit", "--side", "us"),
        ("--prepare", tmp_path / "other"),
        config,
        (nowhere, *config, "--side", "mx"),
        (nowhere, *config),
    ]
    ended = [commands.run("conformance", *attempt) for attempt in attempts]
    assert [one.code for one in ended] == [2, 2, 2, 2, 3]
    assert all(one.err.startswith("exchange: ") for one in ended)


async def test_what_is_asked_of_an_official_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    """An instruction goes to stderr in the operator's language, beside what programs read."""
    speak("es")
    try:
        asks = Sentence("Accept handoff 7.", "Acepte la entrega 7.")
        await _instruct(Instruction("accepts", asks, "7"))
    finally:
        speak(None)
    out, err = capsys.readouterr()
    assert (out, err) == ("", "→ accepts: Acepte la entrega 7.\n")


STRANGERS = (
    b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi",
    b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/1.1 301 Moved\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
    b"SSH-2.0-OpenSSH_9.2\r\n",
    b"",
)


async def test_what_is_no_partner_is_sent_nothing(pair_of: Copy) -> None:
    """Whatever else listens there is asked for its keys, and for nothing more."""
    async with running_partner(pair_of(Side.MX), Side.MX) as pair:
        for answer in STRANGERS:
            async with a_stranger(answer) as stranger:
                with pytest.raises(NotAPartner):
                    await a_conduct(pair, stranger.url).run()
            assert stranger.asked == {b"GET /v1/keys HTTP/1.1"}


async def test_silence_ends(pair_of: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who never answers is given up within a minute."""
    assert conducting.MEETING.answer_seconds + CONNECT_SECONDS < 60
    monkeypatch.setattr(conducting, "MEETING", Patience(answer_seconds=0.2))
    async with running_partner(pair_of(Side.MX), Side.MX) as pair, a_stranger(None) as stranger:
        with pytest.raises(NotAPartner):
            await a_conduct(pair, stranger.url).run()


async def test_a_party_of_the_field_is_refused(pair_of: Copy) -> None:
    """Where a party is not one of a test installation nothing is sent, not even a question."""
    kit = pair_of(Side.MX) / "kit"
    config = kit / CONFIG_NAME
    config.write_text(config.read_text(encoding="utf-8").replace(":test", ""), encoding="utf-8")
    async with a_stranger(b"") as stranger:
        with pytest.raises(NotConfigured) as refused:
            await a_conduct(kit, stranger.url).run()
    assert len(refused.value.faults) == 2
    assert stranger.asked == set()


@pytest.mark.parametrize("url", ["ftp://x", "http://192.0.2.1", "https://h/path", "h:1"])
async def test_an_address_that_cannot_be(pair_of: Copy, url: str) -> None:
    """Only HTTPS, or HTTP on this machine, and no path."""
    kit = pair_of(Side.US) / "kit"
    with pytest.raises(UsageWrong):
        await a_conduct(kit, url).run()


async def test_listening_off_this_machine_wants_tls(pair_of: Copy) -> None:
    """An address for the partner that is open to a network is not taken without TLS."""
    kit = pair_of(Side.US) / "kit"
    with pytest.raises(UsageWrong):
        await a_conduct(kit, "http://127.0.0.1:1", listen="0.0.0.0:9000").run()


async def test_a_partner_that_goes_away_is_not_waited_for(pair_of: Copy) -> None:
    """After two cases without an answer the rest is failed at once, and says why."""
    outcomes: list[Played] = []
    async with running_partner(pair_of(Side.MX), Side.MX) as pair:

        def told(played: Played) -> None:
            outcomes.append(played)

        async def leave() -> None:
            while len(outcomes) < 3:  # noqa: ASYNC110 - another task plays the cases
                await asyncio.sleep(0.01)
            await pair.officials.stop()

        leaving = asyncio.create_task(leave())
        report = await a_conduct(
            pair, pair.url, told=told, patience=Patience(answer_seconds=1, slow_seconds=1)
        ).run()
        await leaving
        await pair.officials.start()
    failures = [one for one in outcomes if one.outcome is Outcome.FAILED]
    assert not report.has_passed
    assert len(failures) > 100
    assert {found.what for one in failures[3:] for found in one.findings} == {"no-answer"}
