"""
Holds and departures at once, of three processes on one PostgreSQL: never a departure after a hold.

The US side is three real services on one database, the Mexican side another; ports speak to each
of the three by HTTP, and the version of the handoff's row is the order of what was recorded.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from http import HTTPStatus
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, TCPConnector
from sqlalchemy import URL

from exchange.demo.desks import LATER, Desk, Said
from exchange.demo.directories import Directory
from exchange.demo.faults import Part, Role, cast
from exchange.demo.ports import Ports
from exchange.domain.alarms import AlarmKind
from exchange.installation.shipped import shipped_places
from exchange.store.alarms import list_open
from exchange.store.engine import Store
from exchange.store.handoffs import find_handoff
from exchange.store.journal import list_events_of
from tests.databases import PostgresOfTests
from tests.processes import both_running, ordinary, two_directories
from tests.trial.replicas import Replicas

HANDOFFS = 20
ACTS_EACH = 10
"""Of each handoff so many acts at once, holds and departures in turn: 200 in all."""
LOOKS_MAX = 4
"""Whoever holds looks up to so often before: a departure looks more often than a hold."""
ROUNDS_MAX = 8
"""Without the version the order breaks in many rounds, and not in every one."""
CROSSING = {"crossing": "PEDWEST"}
FEAR = {"cause": "fear"}
UNGUARDED = '''
"""A store in which an act takes the place of whatever was stored since it looked."""

from dataclasses import replace

import exchange.store.handoffs as handoffs

guarded = handoffs.update_handoffs


def update_handoffs(connection, moves):
    return guarded(connection, [
        (replace(old, version=handoffs.find_handoff(connection, old.handoff).version), new)
        for old, new in moves
    ])


handoffs.update_handoffs = update_handoffs
'''


@dataclass(frozen=True, slots=True)
class Side:
    """The US side of a test: three processes, and the one database that they share."""

    directory: Directory
    replicas: Replicas
    session: ClientSession
    store: Store
    ports: dict[str, str]
    """The port of each handoff that the other side has accepted."""

    async def ask(self, number: int, handoff: str, act: str, document: dict[str, Any]) -> Said:
        """Return what one of the three answers, asked again while it has its hands full."""
        headers = {"Authorization": f"Bearer {self.directory.tokens[self.ports[handoff]]}"}
        while True:
            async with self.session.post(
                self._url(number, handoff, act), json=document, headers=headers
            ) as response:
                said = Said(response.status, await response.json(content_type=None))
            if said.status not in LATER:
                return said
            await asyncio.sleep(0.01)

    async def ask_and_leave(
        self, number: int, handoff: str, act: str, document: dict[str, Any]
    ) -> None:
        """Ask, and lose the connection before anything comes back."""
        body = json.dumps(document).encode()
        head = (
            f"POST /v1/handoffs/{handoff}/{act} HTTP/1.1\r\nHost: us\r\n"
            f"Authorization: Bearer {self.directory.tokens[self.ports[handoff]]}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        port = self.replicas.all[number].internal_port
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(head.encode() + body)
        await writer.drain()
        writer.transport.abort()

    def _url(self, number: int, handoff: str, act: str) -> str:
        port = self.replicas.all[number].internal_port
        return f"http://127.0.0.1:{port}/v1/handoffs/{handoff}/{act}"

    async def versions(self, handoff: str) -> tuple[list[int], list[int]]:
        """Return the versions that the holds of a handoff made, and those of its departures."""
        row = await self.store.read(partial(find_handoff, handoff=handoff))
        assert row is not None
        found = await self.store.read(partial(list_events_of, handoff=row.number))
        held, crossed = (
            [int(str(event.data["version"])) for event in found if event.kind in kinds]
            for kinds in ({"hold.placed", "hold.repeated"}, {"departure.recorded"})
        )
        return held, crossed

    async def recalls(self) -> set[str]:
        """Return whom the open recalls are about."""
        found = await self.store.read(list_open)
        return {one.subject for one in found if one.kind is AlarmKind.RECALL}


@dataclass(frozen=True, slots=True)
class Ground:
    """Both working directories, and the database of the US side."""

    sides: dict[str, Directory]
    url: URL


@pytest.fixture
def ground(postgres: PostgresOfTests, tmp_path: Path) -> Iterator[Ground]:
    """Both sides, the US side's on PostgreSQL."""
    with postgres.database() as url:
        yield Ground(two_directories(tmp_path, {"us": url.render_as_string()}), url)


@asynccontextmanager
async def at_the_gate(ground: Ground, count: int, seed: int = 7) -> AsyncIterator[Side]:
    """Run both sides, with *count* new persons accepted and in their window."""
    sides = ground.sides
    async with (
        both_running({"mx": sides["mx"]}) as running,
        ClientSession(connector=TCPConnector(limit=0)) as session,
    ):
        replicas = Replicas(sides["us"], session)
        store = Store(ground.url)
        try:
            await replicas.start()
            await store.open()
            side = Side(sides["us"], replicas, session, store, {})
            await _accept(side, Desk(sides["mx"], running.session), _roles(count, seed))
            yield side
        finally:
            await store.close()
            await replicas.stop()


def _roles(count: int, seed: int) -> list[Role]:
    """Return so many persons who travel alone, in a window that opens with the decision."""
    roles = cast(6 * count + 50, seed, shipped_places(), datetime.now(UTC))
    alone = [role for role in roles if role.document["family"] is None]
    return [replace(role, part=Part.RETURNED_AGAIN) for role in ordinary(alone, count)]


async def _accept(us: Side, officials: Desk, roles: Sequence[Role]) -> None:
    """Enter the decisions, and let Mexico accept every one; return once each may cross."""
    points = {port.code: port.receiving_points[0].id for port in shipped_places()}
    async with asyncio.TaskGroup() as tasks:
        ports = Ports(Desk(us.directory, us.session), tasks)
        for role in roles:
            handoff = await ports.enter(role)
            assert handoff is not None
            us.ports[handoff] = role.document["return"]["port"]
    answer = {"answer": "accepted", "officer": "INM-2231"}
    async with asyncio.timeout(60):
        for handoff, port in us.ports.items():
            path = f"/v1/handoffs/{handoff}/acknowledgment"
            while True:
                said = await officials.give(points[port], path, answer, key=f"accept-{handoff}")
                if said.status != HTTPStatus.NOT_FOUND:
                    break
                await asyncio.sleep(0.05)
            assert said.status == HTTPStatus.ACCEPTED, said
            for number in range(len(us.replicas.all)):
                while (await us.ask(number, handoff, "gate", {})).status != HTTPStatus.OK:  # noqa: ASYNC110  # another process
                    await asyncio.sleep(0.05)


async def _hold(us: Side, number: int, handoff: str, looks: int) -> Said:
    for _ in range(looks):
        await us.ask(number, handoff, "gate", {})
    return await us.ask(number, handoff, "hold", FEAR)


async def _all_at_once(us: Side) -> list[tuple[str, bool, Said]]:
    """Return the answers to 200 acts at once: whose, whether a hold, and what was said."""
    turns = cycle(range(len(us.replicas.all)))
    asked = [
        (
            handoff,
            is_hold,
            _hold(us, next(turns), handoff, turn % LOOKS_MAX)
            if is_hold
            else us.ask(next(turns), handoff, "departure", CROSSING),
        )
        for turn in range(ACTS_EACH)
        for one, handoff in enumerate(us.ports)
        for is_hold in [bool((turn + one) % 2)]  # of every second one the hold is asked first
    ]
    said = await asyncio.gather(*(act for _, _, act in asked))
    return [(handoff, held, one) for (handoff, held, _), one in zip(asked, said, strict=True)]


async def _out_of_order(us: Side) -> list[str]:
    """Return whom the rows have departing once or more, and not before the first hold."""
    found = []
    for handoff in us.ports:
        held, crossed = await us.versions(handoff)
        if any(version >= min(held) for version in crossed):
            found.append(handoff)
    return found


async def _is_as_answered(us: Side, said: Sequence[tuple[str, bool, Said]]) -> int:
    """Return how many departed, once what each caller heard is what stands."""
    departed = 0
    recalled = await us.recalls()
    for handoff in us.ports:
        held, crossed = await us.versions(handoff)
        assert len(set(held)) == ACTS_EACH // 2, "each hold is a version of its own"
        assert len(crossed) <= 1
        departed += len(crossed)
        go = {one.status for whose, is_hold, one in said if whose == handoff and not is_hold}
        assert (HTTPStatus.OK in go) == bool(crossed), "who was told to go has crossed"
        late = {one.status for whose, is_hold, one in said if whose == handoff and is_hold}
        assert (HTTPStatus.CONFLICT in late) == bool(crossed), "a hold says what it came after"
        assert (handoff in recalled) == bool(crossed)
    return departed


def test_no_departure_comes_after_a_hold(ground: Ground) -> None:
    """Of 200 acts at once on three processes each handoff departs before its holds, or never."""

    async def play() -> None:
        async with at_the_gate(ground, HANDOFFS) as us:
            said = await _all_at_once(us)
            assert await _out_of_order(us) == []
            departed = await _is_as_answered(us, said)
            assert 0 < departed < HANDOFFS, "one kind of act was always first: nothing was tried"
            for number, handoff in zip(cycle(range(3)), us.ports, strict=False):
                again = await us.ask(number, handoff, "departure", CROSSING)
                assert "held" in _conditions(again)

    asyncio.run(play())


def test_it_would_be_seen_without_the_version(
    ground: Ground, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a store that does not ask for the version, the same acts soon break the order."""
    (tmp_path / "sitecustomize.py").write_text(UNGUARDED, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    async def play(seed: int) -> list[str]:
        async with at_the_gate(ground, HANDOFFS, seed) as us:
            await _all_at_once(us)
            return await _out_of_order(us)

    assert any(asyncio.run(play(seed)) for seed in range(ROUNDS_MAX))


def test_a_go_that_was_lost_is_asked_again(ground: Ground) -> None:
    """Whoever did not hear that they may go, or that they went, hears after a hold to stop."""

    async def play() -> None:
        async with at_the_gate(ground, 2) as us:
            waiting, crossing = us.ports
            await us.ask_and_leave(0, waiting, "gate", {})
            await us.ask_and_leave(0, crossing, "departure", CROSSING)
            async with asyncio.timeout(30):
                while not (await us.versions(crossing))[1]:  # noqa: ASYNC110  # another process
                    await asyncio.sleep(0.05)

            assert (await us.ask(1, waiting, "hold", FEAR)).status == HTTPStatus.OK
            late = await us.ask(1, crossing, "hold", FEAR)

            assert (late.status, late.answer["code"]) == (HTTPStatus.CONFLICT, "departed")
            assert await us.recalls() == {crossing}
            for number in range(3):
                for act, document in (("gate", {}), ("departure", CROSSING)):
                    stopped = await us.ask(number, waiting, act, document)
                    assert _conditions(stopped) >= {"held"}
                    stopped = await us.ask(number, crossing, act, document)
                    assert _conditions(stopped) >= {"held"}
            assert (await us.versions(waiting))[1] == []

    asyncio.run(play())


def _conditions(said: Said) -> set[str]:
    """Return the names of what hinders the crossing, where the answer is to stop."""
    assert said.status == HTTPStatus.CONFLICT, said
    assert said.answer["code"] == "not-cleared"
    return {one["code"] for one in said.answer["conditions"]}
