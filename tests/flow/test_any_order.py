"""
A state machine that does anything in any order on both sides, over a road that does anything.

After every step neither side holds a stage that the table does not know; in the end, once the
road is kind, both sides know the same of every handoff, both ledgers agree, and both have found the
same discrepancies: whether looked for as messages arrived, or in all of them at once.
"""

import asyncio
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from exchange.domain.causes import Cause
from exchange.domain.handoff import MOVES
from exchange.domain.wire import utc_text
from exchange.errors import CallerMistaken
from exchange.flow.intake import Taken
from exchange.flow.rows import shared_of
from exchange.store.engine import Store
from exchange.store.handoffs import list_changed
from tests.builders import a_decision_document
from tests.databases import SqliteOfTests
from tests.flow.looks import assert_whole, found_together
from tests.flow.test_journey import VISA
from tests.ledgers import assert_agree
from tests.sides import BothSides, SideOfTests, join

ROAD = st.lists(st.sampled_from(["fine", "lost-request", "lost-answer", "twice"]), max_size=2)
WHICH = st.integers(0, 4)
_STAGES = {move.stage for move in MOVES} | {move.to for move in MOVES}


class BothSidesInAnyOrder(RuleBasedStateMachine):
    """Ports, officials and the network, each doing what it likes."""

    sqlite: SqliteOfTests

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.directory = tempfile.TemporaryDirectory()
        self.handoffs: list[str] = []
        self.decisions = 0
        self.both = self.run(self._open())

    async def _open(self) -> BothSides:
        stores = []
        for side in ("us", "mx"):
            directory = Path(self.directory.name) / side
            directory.mkdir()
            store = Store(self.sqlite.database(directory))
            await store.open()
            stores.append(store)
        return join(*stores)

    def run(self, coroutine: Any) -> Any:
        """Return what *coroutine* returns."""
        return self.runner.run(coroutine)

    def act(self, coroutine: Any) -> None:
        """Let an official or port try something; that it is refused to them is an answer."""
        with suppress(CallerMistaken):
            self.run(coroutine)

    @rule(fear=st.sampled_from(["none", "none", "none", "expressed"]))
    def decide(self, fear: str) -> None:
        """A port decides."""
        self.decisions += 1
        number = f"00000000-0000-4000-8000-{self.decisions:012d}"
        document = a_decision_document(decision_id=number, screening__fear=fear)
        self.act(self._submit(orjson.dumps(document)))

    async def _submit(self, document: bytes) -> None:
        result = await self.both.us.intake.submit(document, actor="port")
        if isinstance(result, Taken):
            self.handoffs.append(result.handoff)

    @rule(which=WHICH, cause=st.sampled_from(sorted(Cause)))
    def withdraw(self, which: int, cause: str) -> None:
        """A port takes a handoff back."""
        if which < len(self.handoffs):
            handoff = self.handoffs[which]
            self.act(self.both.us.cancellations.withdraw(handoff, {"cause": cause}, actor="port"))

    @rule(which=WHICH, answer=st.sampled_from(["accepted", "refused", "deferred"]))
    def acknowledge(self, which: int, answer: str) -> None:
        """An official answers."""
        document: dict[str, object] = {"answer": answer, "officer": "INM-31"}
        if answer == "refused":
            document["code"] = "CAPACITY"
        if answer == "deferred":
            document["window"] = {"from": "2031-03-19T16:00:00Z", "to": "2031-03-19T20:00:00Z"}
        if which < len(self.handoffs):
            self.act(self.both.mx.answers.acknowledge(self.handoffs[which], document, actor="desk"))

    @rule(which=WHICH, seen=st.booleans())
    def receive(self, which: int, *, seen: bool) -> None:
        """An official records what was seen at the line."""
        document = {
            "outcome": "received" if seen else "not-received",
            "code": None if seen else "NOT_SEEN",
            "identity": "match" if seen else None,
            "at": utc_text(self.both.clock()),
            "receiving_point": "MX-CHAPARRAL",
        }
        if which < len(self.handoffs):
            handoff = self.handoffs[which]
            self.act(self.both.mx.answers.record_reception(handoff, document, actor="desk"))

    @rule(which=WHICH)
    def document(self, which: int) -> None:
        """An official gives the document."""
        if which < len(self.handoffs):
            self.act(self.both.mx.answers.record_visa(self.handoffs[which], VISA, actor="desk"))

    @rule(side=st.sampled_from(["us", "mx"]), road=ROAD, seconds=st.integers(0, 70))
    def send(self, side: str, road: list[str], seconds: int) -> None:
        """Time passes and a side sends over whatever road there is."""
        self.both.clock.pass_seconds(seconds)
        sender: SideOfTests = getattr(self.both, side)
        self.run(sender.send(*road))

    @rule(side=st.sampled_from(["us", "mx"]), hours=st.sampled_from([0, 0, 1, 30]))
    def look(self, side: str, hours: int) -> None:
        """Time passes, and the rules look at whatever has changed."""
        self.both.clock.pass_seconds(hours * 3600)
        looker: SideOfTests = getattr(self.both, side)
        self.run(looker.reconciling.look())

    @invariant()
    def every_stage_is_of_the_table(self) -> None:
        """No row is in a stage that the table does not draw."""
        for side in (self.both.us, self.both.mx):
            for row in self.run(side.store.read(lambda c: list_changed(c, after=0, limit=100))):
                assert row.stage in _STAGES
                shared = shared_of(row)
                assert shared is None or shared.stage == row.stage

    def teardown(self) -> None:
        """Make the road kind, and hold the two sides against each other."""
        try:
            self.run(self._compare())
        finally:
            self.run(self.both.us.store.close())
            self.run(self.both.mx.store.close())
            self.runner.close()
            self.directory.cleanup()

    async def _compare(self) -> None:
        self.both.clock.pass_seconds(600)
        await self.both.settle()
        await assert_agree(self.both)
        known = await self.both.mx.store.read(lambda c: list_changed(c, after=0, limit=100))
        for row in known:
            assert await self.both.us.shared(row.handoff) == shared_of(row)
            assert row.intent is None  # nothing waits any more
        for row in await self.both.us.store.read(lambda c: list_changed(c, after=0, limit=100)):
            assert row.intent is None
        self.both.clock.pass_seconds(5 * 86_400)
        for side in (self.both.us, self.both.mx):
            await assert_whole(side)
        assert await found_together(self.both.us) == await found_together(self.both.mx)


@pytest.mark.parametrize("examples", [25])
def test_both_sides_end_the_same_whatever_happens(sqlite: SqliteOfTests, examples: int) -> None:
    """Any acts in any order over any road: in the end both sides know the same."""
    machine = type("Machine", (BothSidesInAnyOrder,), {"sqlite": sqlite})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
