"""Who calls is looked up by token, and what a key was answered is answered again."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

import aiohttp
import pytest
from aiohttp import web
from sqlalchemy import URL

from exchange import errors
from exchange.access.rights import Action, Role
from exchange.domain.parties import Side
from exchange.flow.acts import Keep
from exchange.store import Store
from exchange.store.clients import revoke_client
from exchange.store.engine import Connection
from exchange.store.idempotency import find_answer
from exchange.store.journal import list_events
from exchange.store.outbox import list_outbox
from exchange.web.calls import REMEMBERED_SECONDS, Act, Call, Calls
from exchange.web.documents import json_response
from exchange.web.routes import Route, mount
from tests.builders import HANDOFF, NOW, a_decision_document
from tests.web.installation import Installation, Reply
from tests.web.serving import listening
from tests.web.test_desk import ACCEPTED, announce

PATH = "/v1/return-decisions"
T = TypeVar("T")


async def test_a_revoked_token_opens_nothing_soon(us: Installation) -> None:
    """A token that was revoked is refused once the few seconds of memory are over."""
    token = await us.token(Role.LIAISON)
    assert (await us.ask("GET", "/v1/handoffs", token=token)).status == 200
    await us.store.write(lambda connection: revoke_client(connection, "liaison-1", at=us.now))
    us.monotonic.seconds += REMEMBERED_SECONDS
    assert (await us.ask("GET", "/v1/handoffs", token=token)).status == 401


async def test_a_key_is_answered_the_same(each_us: Installation) -> None:
    """The same key and body get the same status and answer, though the clock has moved on."""
    token = await each_us.token(Role.PORT_OFFICER)
    first = await each_us.ask("POST", PATH, a_decision_document(), token=token, Idempotency_Key="k")
    each_us.now += timedelta(hours=1)
    again = await each_us.ask("POST", PATH, a_decision_document(), token=token, Idempotency_Key="k")
    assert (first.status, again.status) == (202, 202)
    assert again.document == first.document


async def test_a_key_with_another_body_is_a_conflict(each_us: Installation) -> None:
    """A key that comes with another body is 409, and that body has no effect."""
    token = await each_us.token(Role.PORT_OFFICER)
    await each_us.ask("POST", PATH, a_decision_document(), token=token, Idempotency_Key="k")
    other = a_decision_document(decision_id="e1d2c3b4-a596-4877-8695-a4b3c2d1e099")
    reply = await each_us.ask("POST", PATH, other, token=token, Idempotency_Key="k")
    assert (reply.status, reply.document["code"]) == (409, "idempotency-conflict")
    feed = await each_us.ask("GET", "/v1/handoffs", token=token)
    assert len(feed.document["handoffs"]) == 1


async def test_keys_are_each_clients_own(us: Installation) -> None:
    """Two clients may use the same key for different things."""
    for number, port in enumerate(("2504", "2503")):
        token = await us.token(Role.PORT_OFFICER, port)
        document = a_decision_document(decision_id=f"e1d2c3b4-a596-4877-8695-a4b3c2d1e00{number}")
        reply = await us.ask("POST", PATH, document, token=token, Idempotency_Key="k")
        assert reply.status == (202, 403)[number]


@pytest.mark.parametrize(
    "document",
    [a_decision_document(person__sex="?"), a_decision_document(person__nationality="MEX")],
)
async def test_a_refusal_is_an_answer_too(us: Installation, document: object) -> None:
    """A key whose request was at fault or withheld is answered the same, in the same words."""
    token = await us.token(Role.PORT_OFFICER)
    first = await us.ask(
        "POST", PATH, document, token=token, Idempotency_Key="k", Accept_Language="es"
    )
    again = await us.ask("POST", PATH, document, token=token, Idempotency_Key="k")
    assert (first.status, again.status) == (422, 422)
    assert again.document == first.document
    assert again.headers["Content-Type"] == "application/problem+json"


async def test_two_at_once_are_done_once(us: Installation) -> None:
    """Of requests with one key that come together one is done, and all get its answer."""
    token = await us.token(Role.PORT_OFFICER)
    replies = await asyncio.gather(
        *(
            us.ask("POST", PATH, a_decision_document(), token=token, Idempotency_Key="k")
            for _ in range(5)
        )
    )
    assert {reply.status for reply in replies} == {202}
    assert len({reply.document["handoff"] for reply in replies}) == 1


@pytest.mark.parametrize("key", ["", "x" * 201, "ñ"])
async def test_a_key_is_short_and_plain(us: Installation, key: str) -> None:
    """A key that is empty, long or not plain text is 400."""
    token = await us.token(Role.PORT_OFFICER)
    reply = await us.ask("POST", PATH, a_decision_document(), token=token, Idempotency_Key=key)
    assert (reply.status, reply.document["code"]) == (400, "bad-request")


async def test_what_is_kept_says_nothing_of_the_person(us: Installation) -> None:
    """The stored answer to a key holds no part of the decision it answers."""
    token = await us.token(Role.PORT_OFFICER)
    await us.ask("POST", PATH, a_decision_document(), token=token, Idempotency_Key="k")
    kept = await us.store.read(lambda connection: find_answer(connection, client=1, key="k"))
    assert kept is not None
    assert "Núñez" not in str(kept.response)
    assert "F482915" not in str(kept.response)


# --- Processes that die, and processes that race ----------------------------------------------


class Meddled(Store):
    """A store that a test can cut off from its process at a moment."""

    def __init__(self, url: URL) -> None:
        super().__init__(url)
        self.dies = False
        self.reads_left = 0
        self.has_read = asyncio.Event()
        self.may_go_on = asyncio.Event()

    async def write(self, function: Callable[[Connection], T]) -> T:
        """Write as ever; a process that dies then never learns that it is on disk."""
        result = await super().write(function)
        if self.dies:
            raise errors.StoreFailed
        return result

    async def read(self, function: Callable[[Connection], T]) -> T:
        """Read as ever; the last of *reads_left* reads waits until it may go on."""
        result = await super().read(function)
        if self.reads_left:
            self.reads_left -= 1
            if not self.reads_left:
                self.has_read.set()
                await self.may_go_on.wait()
        return result


@asynccontextmanager
async def process(url: URL, side: Side) -> AsyncIterator[tuple[Installation, Meddled]]:
    """Give one more process of a side on the database at *url*."""
    store = Meddled(url)
    await store.open()
    async with Installation(store, side).serving() as installation:
        yield installation, store
    await store.close()


@dataclass(frozen=True)
class Ask:
    """One request under one key, which any process can be asked."""

    path: str
    document: object
    token: str

    async def __call__(self, one: Installation, document: object = None, **headers: str) -> Reply:
        """Return what a process answers, to another *document* where one is given."""
        asked = document or self.document
        headers |= {"token": self.token, "Idempotency_Key": "k"}
        return await one.ask("POST", self.path, asked, **headers)


@dataclass(frozen=True)
class Case:
    """An act: what is asked, what is answered, and the journal entry that stands for its effect."""

    side: Side
    path: str
    document: object
    status: int
    event: str

    async def prepared(self, one: Installation) -> Ask:
        """Return how a process is asked, once there is a handoff to act on."""
        if self.side is Side.MX:
            await announce(one)
            token = await one.token(Role.RECEIVING_OFFICER)
            return Ask(self.path.format(handoff=HANDOFF), self.document, token)
        token = await one.token(Role.PORT_OFFICER)
        if self.path == PATH:
            return Ask(PATH, self.document, token)
        taken = await one.ask("POST", PATH, a_decision_document(), token=token)
        path = self.path.format(handoff=taken.document["handoff"])
        return Ask(path, self.document, await one.token(Role.PORT_SUPERVISOR))


WINDOW = {"from": "2031-03-19T16:00:00Z", "to": "2031-03-19T20:00:00Z"}
DEFERRED = {"answer": "deferred", "window": WINDOW, "officer": "INM-2231"}
ANSWERS = "/v1/handoffs/{handoff}"
ACTS = {
    "decision": Case(Side.US, PATH, a_decision_document(), 202, "decision.cleared"),
    "withheld": Case(
        Side.US, PATH, a_decision_document(person__nationality="MEX"), 422, "decision.withheld"
    ),
    "cancellation": Case(
        Side.US, f"{ANSWERS}/cancellation", {"cause": "custody"}, 202, "handoff.withdrawn"
    ),
    "acceptance": Case(
        Side.MX, f"{ANSWERS}/acknowledgment", ACCEPTED, 202, "acknowledgment.decided"
    ),
    "deferral": Case(Side.MX, f"{ANSWERS}/acknowledgment", DEFERRED, 202, "acknowledgment.decided"),
}


def _looks(case: Case) -> int:
    """Return how often an act reads before it writes: for a kept answer, and for its handoff."""
    return 1 if case.path == PATH else 2


@pytest.mark.parametrize("name", ACTS)
async def test_an_answer_outlives_its_process(database_url: URL, name: str) -> None:
    """A process that dies once the act is on disk has left its answer there too."""
    case = ACTS[name]
    async with process(database_url, case.side) as (first, store):
        ask = await case.prepared(first)
        store.dies = True
        assert (await ask(first)).status == 503
    async with process(database_url, case.side) as (second, store):
        again, and_again = await ask(second), await ask(second)
        events = [event.kind for event in await store.read(list_events)]
    assert again.status == case.status, again.document
    assert and_again.document == again.document
    assert events.count(case.event) == 1


@pytest.mark.parametrize(
    ("name", "reads"), [(name, reads) for name in ACTS for reads in (1, 2)[: _looks(ACTS[name])]]
)
async def test_of_two_processes_one_acts(database_url: URL, name: str, reads: int) -> None:
    """Asked under one key at once, one process acts and both give its answer."""
    case = ACTS[name]
    async with (
        process(database_url, case.side) as (one, store),
        process(database_url, case.side) as (other, late),
    ):
        ask = await case.prepared(one)
        await other.ask("GET", "/v1/handoffs", token=ask.token)
        late.reads_left = reads
        waiting = asyncio.create_task(ask(other))
        await late.has_read.wait()
        first = await ask(one)
        late.may_go_on.set()
        second = await waiting
        events = [event.kind for event in await store.read(list_events)]
    assert (first.status, second.status) == (case.status, case.status), second.document
    assert second.document == first.document
    assert events.count(case.event) == 1


async def test_a_racing_key_with_another_body_does_nothing(database_url: URL) -> None:
    """Of two bodies under one key, in two processes at once, the later one leaves no effect."""
    other_body = a_decision_document(decision_id="e1d2c3b4-a596-4877-8695-a4b3c2d1e099")
    async with (
        process(database_url, Side.US) as (one, store),
        process(database_url, Side.US) as (other, late),
    ):
        ask = await ACTS["decision"].prepared(one)
        await other.ask("GET", "/v1/handoffs", token=ask.token)
        late.reads_left = 1
        waiting = asyncio.create_task(ask(other, document=other_body))
        await late.has_read.wait()
        assert (await ask(one)).status == 202
        late.may_go_on.set()
        refused = await waiting
        drafts = await store.read(list_outbox)
    assert (refused.status, refused.document["code"]) == (409, "idempotency-conflict")
    assert len(drafts) == 1


async def test_of_two_refusals_one_stands(database_url: URL) -> None:
    """Where two processes refuse under one key at once, both say the same in one language."""
    bad = a_decision_document(person__sex="?")
    async with (
        process(database_url, Side.US) as (one, _),
        process(database_url, Side.US) as (other, late),
    ):
        ask = await ACTS["decision"].prepared(one)
        await other.ask("GET", "/v1/handoffs", token=ask.token)
        late.reads_left = 1
        waiting = asyncio.create_task(ask(other, document=bad, Accept_Language="es"))
        await late.has_read.wait()
        first = await ask(one, document=bad, Accept_Language="en")
        late.may_go_on.set()
        assert (await waiting).document == first.document


# --- Turns ------------------------------------------------------------------------------------


@dataclass
class Turnstile:
    """An act that a test lets through one by one, and that counts who is inside at once."""

    most: int = 0
    began: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(0))
    gate: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(0))
    inside: int = 0

    async def does(self, call: Call, keep: Keep[None] | None) -> None:
        """Find nothing, once the test lets it: nothing is stored, so whoever waits comes in."""
        del call, keep
        self.inside += 1
        self.most = max(self.most, self.inside)
        self.began.release()
        await self.gate.acquire()
        self.inside -= 1
        raise errors.NotFound


@dataclass
class ClockThatTells:
    """A clock that tells a test when somebody read it."""

    reads: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(0))

    def __call__(self) -> datetime:
        """Return the time."""
        self.reads.release()
        return NOW


async def test_a_key_has_one_turn_however_many_wait(us: Installation) -> None:
    """Whoever comes while one is inside and another waits comes in after both."""
    act, clock = Turnstile(), ClockThatTells()
    calls = Calls(store=us.store, clock=clock, monotonic=us.monotonic, drain=us.drain)
    route = Route(
        "POST",
        "/v1/act",
        calls.acting(Action.DECIDE, Act(act.does, lambda _call, _result: json_response(b"{}"))),
        "An act of this test",
    )
    app = web.Application()
    mount(app, [route], lambda _name, _status: None)
    headers = {
        "Authorization": f"Bearer {await us.token(Role.PORT_OFFICER)}",
        "Idempotency-Key": "k",
    }
    async with listening(app) as listener, aiohttp.ClientSession(headers=headers) as http:
        url = f"http://127.0.0.1:{listener.port}/v1/act"

        async def ask() -> int:
            async with http.post(url, json={}) as answer:
                return answer.status

        asked = []
        for comes_in in (True, False):
            asked.append(asyncio.create_task(ask()))
            await clock.reads.acquire()
            if comes_in:
                await act.began.acquire()
        act.gate.release()  # the first leaves, the second comes in
        await act.began.acquire()
        asked.append(asyncio.create_task(ask()))
        await clock.reads.acquire()
        for _ in range(3):  # whoever is not kept waiting has looked for an answer by then
            await us.store.read(lambda _connection: None)
        assert act.most == 1
        for _ in range(2):
            act.gate.release()
        assert await asyncio.gather(*asked) == [404] * 3
    assert act.most == 1
