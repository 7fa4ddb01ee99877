"""
Two whole services, twice: whatever the partner can see is the same, why ever a handoff ended.

Each run of a pair is a world of its own in which all but the ending is equal, down to how long
each packet takes. What the partner can see is written down in both and laid side by side.
"""

import asyncio
import shutil
from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass
from datetime import timedelta
from io import StringIO
from pathlib import Path
from tempfile import mkdtemp
from typing import Any
from uuid import UUID

import structlog
from simloop._net import _Packet
from structlog.processors import JSONRenderer, add_log_level

from exchange.demo.people import Document
from exchange.domain.wire import utc_text
from exchange.proof.merkle import Frontier
from exchange.web.logs import only_allowed
from tests.sim import faults as faulty
from tests.sim import sides, stories
from tests.sim.asking import Asker
from tests.sim.desks import Desk
from tests.sim.faults import PROXY, Place
from tests.sim.files import ask
from tests.sim.history import History
from tests.sim.run import INSIDERS, looking
from tests.sim.sides import BEGUN_AT, OTHER, SideOfWorld, joined_to, scratch
from tests.sim.steady import steady_world
from tests.sim.stories import TICK, Ending, Pair, Story
from tests.sim.transcripts import Difference, Event, Transcript, first_difference

ASKER = "asker"
"""The machine at the partner's end from which we are asked whatever comes to mind."""

NEIGHBOURS = "neighbours"
"""The machine of the ports that have nothing to do with the family: all they do is equal."""

OUTSIDE = frozenset({"mx", ASKER})
LOOK_SECONDS, FIRST_LOOK_AT = 5.0, 0.9
"""How often it is noted what a checkpoint of our ledger would tell, and when first."""

STANDS_AT = 119.0
"""When at the latest the family is where the story has it."""

_STAGE = "SELECT stage FROM handoffs WHERE handoff = ?"
_SAID = """
SELECT count(*) FROM ledger JOIN handoffs ON handoffs.number = ledger.handoff
WHERE ledger.direction = 0 AND ledger.schema = ? AND handoffs.handoff = ?
"""
_HEADS = """
SELECT ledger.size, ledger.peaks, seq.size FROM heads AS ledger, heads AS seq
WHERE ledger.name = 'ledger' AND seq.name = 'seq'
"""

ANSWERED_AT, SEEN_AT, DOCUMENTED_AT, REVISED_AT, BACK_AT = 10.0, 20.0, 25.0, 15.0, 15.0
JUMPS_AT, DEPARTS_AT = 40.0, 110.0
JUMP = stories.OPENS_AFTER + timedelta(minutes=10)
"""By how much both clocks are set forward where people depart: into their window."""

ACCEPTED: Document = {"answer": "accepted", "officer": "INM-2231"}
ANSWERS: dict[str, Document] = {
    stories.ACCEPTED: ACCEPTED,
    stories.REVISED: ACCEPTED,
    stories.DEPARTED: ACCEPTED,
    stories.DOCUMENTED: ACCEPTED,
    stories.REFUSED: {"answer": "refused", "code": "CAPACITY", "officer": "INM-2231"},
    stories.DEFERRED: {
        "answer": "deferred",
        "officer": "INM-2231",
        "window": stories.window(stories.OPENS_AFTER + timedelta(days=1)),
    },
}


@dataclass(frozen=True, slots=True)
class Told:
    """What came of a pair: where its runs differ, and whether anything ended unforeseen."""

    pair: Pair
    difference: Difference | None
    events: int
    unforeseen: tuple[str, ...]

    @property
    def is_well(self) -> bool:
        """Whether nobody could tell one run from the other."""
        return self.difference is None and not self.unforeseen

    @property
    def brief(self) -> str:
        """Return in a line by what the runs are told apart."""
        if self.difference is None:
            return "; ".join(self.unforeseen) or "nothing"
        return self.difference.brief


def run_pair(pair: Pair) -> Told:
    """Run a story with each of its endings, and return how they compare for the partner."""
    one, other = (Telling(pair.story, ending) for ending in (pair.one, pair.other))
    for telling in (one, other):
        telling.run()
    return Told(
        pair=pair,
        difference=first_difference(one.transcript, other.transcript),
        events=len(one.transcript.events),
        unforeseen=(*one.world.unforeseen, *other.world.unforeseen),
    )


class Telling:
    """One run of a story, with one of its endings."""

    def __init__(self, story: Story, ending: Ending) -> None:
        self.story = story
        self.ending = ending
        self.world = steady_world(story.number)
        self.history = History()
        self.transcript = Transcript()
        self.handoffs: list[str] = []
        """Those of the family, in the order in which it was decided on."""
        self._others: list[str] = []
        self._sides: dict[str, SideOfWorld] = {}
        self._desks: dict[str, Desk] = {}

    def run(self) -> None:
        """Let it all happen, and write down what the partner can see of it."""
        root = Path(mkdtemp(prefix="pair-", dir=scratch()))
        try:
            self._settle_in(root)
            structlog.configure(
                processors=[add_log_level, only_allowed, JSONRenderer()],
                logger_factory=structlog.PrintLoggerFactory(StringIO()),
                cache_logger_on_first_use=False,
            )
            with looking(often=False), joined_to(self.world, self._sides):
                self.world.run(self._main)
        finally:
            for side in self._sides.values():
                side.disk.drop()
            shutil.rmtree(root, ignore_errors=True)

    def _settle_in(self, root: Path) -> None:
        sides.copy_template(root)
        for side, insider in INSIDERS.items():
            held = SideOfWorld(self.world, side, root / side, self.story.settings)
            token = (root / side / "token").read_text(encoding="ascii")
            self._sides[side] = held
            self._desks[side] = Desk(self.world, self.history, insider, held, token)
            if side == "us":
                self._neighbours = Desk(self.world, self.history, NEIGHBOURS, held, token)
        for name in (*INSIDERS.values(), NEIGHBOURS, ASKER, PROXY):
            self.world.machine(name)
        self.world.net.watch = self._see

    def _see(self, where: str, packet: _Packet) -> None:
        """Write down a packet that the partner, or who asks at its end, sends or is sent."""
        if {packet.src, packet.dst} & OUTSIDE and "us" in {packet.src, packet.dst}:
            what = f"{packet.src} {packet.kind}"
            self.transcript.see(Event(self.world.now, where, what, packet.payload))

    async def _main(self) -> None:
        living = [asyncio.create_task(side.live()) for side in self._sides.values()]
        told = asyncio.gather(
            self.world.start("ports", self._family()),
            self.world.start(NEIGHBOURS, self._beside()),
            self.world.start("officials", self._answer()),
            self.world.start(ASKER, self._ask()),
            self._look(),
            faulty.go_wrong(
                list(self.story.faults), Place(self.world, self._sides, dict(INSIDERS))
            ),
        )
        fallen = asyncio.create_task(self.world.fallen.wait())
        ends: set[asyncio.Future[Any]] = {told, fallen}
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        if told.done():
            told.result()
        for task in (*ends, *living):
            task.cancel()
        await self._leave()

    async def _leave(self) -> None:
        for desk in (*self._desks.values(), self._neighbours):
            await desk.close()
        for side in self._sides.values():
            side.stop(down_seconds=1e9)
        await asyncio.sleep(60)

    async def _until(self, at: float) -> None:
        await asyncio.sleep(max(0.0, at - self.world.now))

    # --- What is equal in both runs -------------------------------------------------------

    async def _family(self) -> None:
        """The family is announced, comes to where the story has it, and ends as this run has it."""
        story, us = self.story, self._desks["us"]
        await self._until(story.decided_at)
        if self.ending.kind != stories.NEVER:
            self.handoffs += [await self._announce(us, one) for one in story.family]
        if story.stage == stories.REVISED:
            await self._until(REVISED_AT)
            await self._each(us, "revision", [_later(one) for one in story.family])
        if story.stage == stories.BACK:
            await self._until(BACK_AT)
            await self._each(us, "cancellation", [{"cause": "other"}] * len(self.handoffs))
        if story.stage == stories.DEPARTED:
            await self._depart()
        await self._until(min(self.ending.at, STANDS_AT))
        stood = self._of_each(_STAGE)
        self._require(set(stood) <= {story.stands}, f"before the end they were {stood}")
        await self._until(self.ending.at)
        await self._end()
        await us.close()
        await self._until(story.ends_at)
        schema, times = story.said
        said = self._of_each(_SAID, f"urn:handoff:schema:{schema}:1")
        self._require(set(said) <= {times}, f"{schema} was said so often: {said}")

    async def _depart(self) -> None:
        await self._until(JUMPS_AT)
        for side in self._sides.values():
            side.clock.ahead_seconds += JUMP.total_seconds()
        await self._until(DEPARTS_AT)
        await self._each(
            self._desks["us"], "departure", [{"crossing": "PEDWEST"}] * len(self.handoffs)
        )

    async def _announce(self, desk: Desk, decision: Document) -> str:
        subject = str(decision["decision_id"])
        done = await desk.insist(
            "return-decision", subject, "/v1/return-decisions", decision, key=None
        )
        self._require(done.status == 202, f"a decision was answered with {done.status}")
        return str(done.answer.get("handoff"))

    async def _beside(self) -> None:
        """Others are announced meanwhile, taken back and held, as on any day."""
        us, (*before, after) = self._neighbours, self.story.others
        await self._until(4.0)
        self._others = [await self._announce(us, one) for one in before]
        if self.story.stage == stories.UNSEALED:  # it cannot be delivered: we are quiet for a while
            await self._until(TICK - 88)
            await self._announce(us, after)
        acts = zip(("cancellation", "hold"), (1, 2), self.story.others_at, strict=True)
        for act, which, at in sorted(acts, key=lambda one: one[2]):
            await self._until(at)
            await self._act(us, act, self._others[which], {"cause": "other"})
        if self.story.stage != stories.UNSEALED:
            await self._until(TICK + 30 + stories.BESIDE)
            await self._announce(us, after)

    async def _answer(self) -> None:
        """Mexico answers, sees and documents, as the story has it."""
        story, mx = self.story, self._desks["mx"]
        answer = ANSWERS.get(story.stage)
        await self._until(ANSWERED_AT)
        await self._act(mx, "acknowledgment", self._others[0], ACCEPTED)
        if answer is not None:
            await self._each(mx, "acknowledgment", [answer] * len(self.handoffs))
        if story.stage == stories.DOCUMENTED:
            await self._until(SEEN_AT)
            await self._each(mx, "reception", [self._seen(one) for one in story.family])
            await self._until(DOCUMENTED_AT)
            visas = [_visa(number) for number, _ in enumerate(story.family)]
            await self._each(mx, "visa-issuance", visas)
        if story.stage == stories.REVISED:
            await self._until(SEEN_AT)
            await self._each(mx, "acknowledgment", [ACCEPTED] * len(self.handoffs))
        for act, at in (("acknowledgment", story.answered_at), ("reception", story.seen_at)):
            if at is not None and self.handoffs and story.stage != stories.UNSEALED:
                await self._until(at)
                said = ACCEPTED if act == "acknowledgment" else self._seen(story.family[0])
                await self._act(mx, act, self.handoffs[0], said)

    def _seen(self, decision: Document) -> Document:
        at = utc_text(self._sides["mx"].clock() - timedelta(seconds=3))
        point = decision["return"]["receiving_point"]
        return {"receiving_point": point, "outcome": "received", "identity": "match", "at": at}

    async def _ask(self) -> None:
        asker = Asker(self.world, "us", OTHER["us"])
        for probe in self.story.probes:
            await self._until(probe.at)
            await asker.ask(probe.kind, self._others[0])

    async def _look(self) -> None:
        """Write down what a checkpoint of our ledger would tell, every few seconds."""
        await self._until(FIRST_LOOK_AT)
        while self.world.now < self.story.ends_at:
            ((size, peaks, spoken),) = ask(self._sides["us"].database, _HEADS)
            root = Frontier.of(size, peaks).root.hex()
            told = f'{{"size":{size},"root":"{root}","spoken":{spoken}}}'
            self.transcript.see(Event(self.world.now, "ledger", "us", told.encode(), is_whole=True))
            await asyncio.sleep(LOOK_SECONDS)

    # --- What is not ----------------------------------------------------------------------

    async def _end(self) -> None:
        """Let the family's handoffs end as this run has it."""
        ending, us = self.ending, self._desks["us"]
        causes: list[Document] = [{"cause": one} for one in ending.causes]
        family = [self.handoffs[member] for member in ending.order] if self.handoffs else []
        match ending.kind:
            case "held":
                await self._act(us, "hold", family[0], causes[0])
            case "held twice":
                await self._act(us, "hold", family[0], causes[0])
                await self._act(us, "hold", family[-1], causes[-1])
            case "held and lifted":
                await self._act(us, "hold", family[0], causes[0])
                await self._act(us, "lift", family[0], causes[0])
            case "withdrawn":
                for handoff, cause in zip(family, causes, strict=False):
                    await self._act(us, "cancellation", handoff, cause)
            case "closed":
                for handoff, cause in zip(family, causes, strict=False):
                    await self._act(us, "closure", handoff, cause)
            case "withheld anew":
                for handoff, member in zip(family, ending.order, strict=True):
                    await self._act(us, "revision", handoff, _feared(self.story.family[member]))

    async def _each(self, desk: Desk, act: str, documents: Iterable[Document]) -> None:
        for handoff, document in zip(self.handoffs, documents, strict=True):
            await self._act(desk, act, handoff, document)

    async def _act(self, desk: Desk, act: str, handoff: str, document: Document) -> None:
        await desk.insist(act, handoff, f"/v1/handoffs/{handoff}/{act}", document, key=None)

    def _of_each(self, question: str, *values: str) -> list[object]:
        """Return what our database answers about each of the family's handoffs."""
        file = self._sides["us"].database
        asked = ((*values, UUID(one).bytes) for one in self.handoffs)
        return [ask(file, question, *one)[0][0] for one in asked]

    def _require(self, holds: bool, otherwise: str) -> None:  # noqa: FBT001  # the question itself
        if not holds:
            self.world.fall(f"the story went wrong: {otherwise}")


def _later(decision: Document) -> Document:
    """Return a decision with a window that opens an hour later."""
    later = deepcopy(decision)
    later["return"]["window"] = stories.window(stories.OPENS_AFTER + timedelta(hours=1))
    return later


def _feared(decision: Document) -> Document:
    """Return a decision about somebody who has said since that they fear to return."""
    feared = _later(decision)
    feared["screening"]["fear"] = "expressed"
    return feared


def _visa(number: int) -> Document:
    issued = BEGUN_AT + timedelta(seconds=SEEN_AT)
    return {
        "document": "FMM",
        "number": f"{10**10 + number}",
        "issued_at": utc_text(issued),
        "office": "INM-TIJ-01",
        "valid_from": issued.date().isoformat(),
        "valid_until": (issued.date() + timedelta(days=180)).isoformat(),
        "entries": "multiple",
        "curp_assigned": False,
    }
