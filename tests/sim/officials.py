"""The Mexican officials of a run: they follow their own feed and answer what they see."""

import asyncio
from datetime import timedelta
from random import Random
from typing import Any

from exchange.demo.people import Document
from exchange.domain.stages import Stage
from exchange.domain.wire import utc_text
from tests.sim.desks import FEED_WAIT_SECONDS, Desk

VISA_DAYS = 180
IMPATIENT = 0.15
"""How many send the same form a second time."""
REFUSALS = ("CAPACITY", "IDENTITY_DOUBT", "DOCUMENT_MISSING", "NO_FUTURE_HEARING")
ACTS = {
    Stage.NOTICED: "acknowledgment",
    Stage.DEFERRED: "acknowledgment",
    Stage.ACCEPTED: "reception",
    Stage.RECEIVED: "visa-issuance",
}


class Officials:
    """Answer each handoff that asks something of them; sometimes two answer at once."""

    def __init__(self, desk: Desk, chance: Random) -> None:
        self._desk = desk
        self._chance = chance
        self._seen: set[tuple[str, str]] = set()
        self._busy: set[asyncio.Task[None]] = set()
        self._cursor = "0"

    @property
    def are_done(self) -> bool:
        """Whether nobody is about to answer anything."""
        return not self._busy

    async def work(self) -> None:
        """Follow the feed until cancelled."""
        while True:
            page = await self._desk.read(
                f"/v1/handoffs?after={self._cursor}&wait={FEED_WAIT_SECONDS}&limit=100"
            )
            if page is None:
                await asyncio.sleep(1)
                continue
            self._cursor = page["next"]
            for row in page["handoffs"]:
                self._see(row)

    def _see(self, row: dict[str, Any]) -> None:
        handoff, stage = str(row["handoff"]), str(row["intent"] or row["stage"])
        act = ACTS.get(Stage(stage))
        if act is None or (handoff, stage) in self._seen:
            return
        self._seen.add((handoff, stage))
        for _ in range(1 + (self._chance.random() < 0.1)):
            document = self._document(act, row)
            if document is not None:
                self._let(self._answer(handoff, act, document, self._pause()))
        if act == "acknowledgment" and self._chance.random() < 0.05:
            # Somebody stands at the line of whom no answer was given.
            self._let(self._answer(handoff, "reception", self._seen_at_line(row), self._pause()))

    def _let(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._busy.add(task)
        task.add_done_callback(self._busy.discard)

    def _pause(self) -> float:
        return self._chance.choice((0.0, 0.5, 10.0, 60.0, 300.0))

    async def _answer(self, handoff: str, act: str, document: Document, pause: float) -> None:
        key = f"{act}-{handoff}-{self._chance.getrandbits(32):08x}"
        await asyncio.sleep(pause)
        if act == "reception":
            document |= {"at": utc_text(self._desk.side.clock() - timedelta(seconds=30))}
        path = f"/v1/handoffs/{handoff}/{act}"
        await self._desk.insist(act, handoff, path, document, key=key)
        if self._chance.random() < IMPATIENT:
            await self._desk.insist(act, handoff, path, document, key=key)

    def _document(self, act: str, row: dict[str, Any]) -> Document | None:
        match act:
            case "acknowledgment":
                return self._acknowledgment(deferred_before=row["stage"] == Stage.DEFERRED)
            case "reception":
                return self._seen_at_line(row)
            case _:
                return self._visa() if self._chance.random() < 0.9 else None

    def _acknowledgment(self, *, deferred_before: bool) -> Document:
        officer = f"INM-{self._chance.randint(2200, 2299)}"
        answer = self._chance.choices(("accepted", "refused", "deferred"), (75, 13, 12))[0]
        if answer == "refused":
            return {"answer": answer, "code": self._chance.choice(REFUSALS), "officer": officer}
        if answer == "accepted" or deferred_before:
            return {"answer": "accepted", "officer": officer}
        opens = self._desk.side.clock() + timedelta(days=2)
        window = {"from": utc_text(opens), "to": utc_text(opens + timedelta(hours=2))}
        return {"answer": answer, "window": window, "officer": officer}

    def _seen_at_line(self, row: dict[str, Any]) -> Document:
        seen = {"receiving_point": row["receiving_point"]}
        if self._chance.random() < 0.15:
            return {**seen, "outcome": "not-received", "code": "NOT_SEEN"}
        return {**seen, "outcome": "received", "identity": "match"}

    def _visa(self) -> Document:
        now = self._desk.side.clock() - timedelta(seconds=30)
        return {
            "document": "FMM",
            "number": f"{self._chance.randint(10**10, 10**11 - 1)}",
            "issued_at": utc_text(now),
            "office": "INM-TIJ-01",
            "valid_from": now.date().isoformat(),
            "valid_until": (now.date() + timedelta(days=VISA_DAYS)).isoformat(),
            "entries": "multiple",
            "curp_assigned": False,
        }
