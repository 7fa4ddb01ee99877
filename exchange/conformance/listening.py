"""
The second half of a run: the partner speaks, and its officials do what the kit asks of them.

The kit tells each duty as an instruction, listens until what must come has come or the time is
over, and then says what it has to say about the same handoff.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TypeAlias

from exchange.conformance.bodies import Document
from exchange.conformance.case import Group, Scene, step
from exchange.conformance.duties import DUTIES
from exchange.conformance.duty import BEATS, ORDERS, RESTARTS, ROTATES, Duty, Errand
from exchange.conformance.ear import RETRY_AFTER_SECONDS, Arrival, Ear, Reaction
from exchange.conformance.findings import Finding, finding
from exchange.conformance.kit import Sent
from exchange.conformance.makers import first_of_all
from exchange.conformance.order import order_findings
from exchange.conformance.rotation import Rotation
from exchange.conformance.run import Exchanged, Outcome, Played, Run, Told
from exchange.conformance.wants import Want, repeats, takes
from exchange.domain.messages.catalogue import by_schema
from exchange.errors import Sentence
from exchange.flow.clock import random_id
from exchange.proof.encoding import b64u

SLACK_SECONDS = 0.25
SOON_SECONDS = 0.25
BACK_TRIES_MAX = 240


@dataclass(frozen=True, slots=True)
class Instruction:
    """What an official of the partner is asked; *is_awaited*: they say when it is done."""

    name: str
    asks: Sentence
    handoff: str | None = None
    is_awaited: bool = False


Tell: TypeAlias = Callable[[Instruction], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Waits:
    """How long an official may take, and the partner's heartbeat."""

    official_seconds: float = 600.0
    beat_seconds: float = 75.0


@dataclass
class Listening:
    """Plays every duty of the partner's side."""

    run: Run
    ear: Ear
    tell: Tell
    told: Told
    waits: Waits = field(default_factory=Waits)
    handoffs: dict[str, str] = field(default_factory=dict)
    notices: dict[str, Document] = field(default_factory=dict)

    async def play_all(self) -> list[Played]:
        """Return every duty with its outcome, and what the whole of it showed."""
        played = [await self._errand(BEATS, self._beats)]
        ours = [duty for duty in DUTIES if duty.side is self.run.kit.side]
        played += [await self._duty(duty) for duty in ours]
        played.append(await self._errand(ROTATES, Rotation(self.run, self.ear, self.waits).play))
        played.append(await self._errand(RESTARTS, self._remembers))
        played.append(await self._errand(ORDERS, self._orders))
        return played

    # --- Errands -------------------------------------------------------------------------------

    async def _errand(
        self, errand: Errand, play: Callable[[list[Exchanged]], Awaitable[list[Finding]]]
    ) -> Played:
        exchanged: list[Exchanged] = []
        findings = await play(exchanged)
        return self._end(errand.name, errand.clause, errand.asks, errand.must, findings, exchanged)

    async def _beats(self, exchanged: list[Exchanged]) -> list[Finding]:
        del exchanged
        came = await self.ear.until(lambda: bool(self.ear.beats), self.waits.beat_seconds)
        return [] if came else [finding("no-heartbeat")]

    async def _remembers(self, exchanged: list[Exchanged]) -> list[Finding]:
        await self.tell(Instruction(RESTARTS.name, RESTARTS.asks, is_awaited=True))
        for _ in range(BACK_TRIES_MAX):
            if (await self.run.road.ask("GET", "/v1/keys")).status:
                break
            await asyncio.sleep(SOON_SECONDS)
        scene = Scene(self.run.kit, {"a": first_of_all})
        return await self.run.step(step("a", repeats("a")), scene, exchanged)

    async def _orders(self, exchanged: list[Exchanged]) -> list[Finding]:
        del exchanged
        return list(order_findings(self.ear.arrivals))

    # --- Duties --------------------------------------------------------------------------------

    async def _duty(self, duty: Duty) -> Played:
        exchanged: list[Exchanged] = []
        findings = await self._perform(duty, exchanged)
        self.ear.reactions.clear()
        handoff = self.handoffs.get(duty.about, "…")
        asks = Sentence(*(words.format(handoff=handoff) for words in (duty.asks.en, duty.asks.es)))
        return self._end(duty.name, duty.clause, asks, duty.must, findings, exchanged)

    async def _perform(self, duty: Duty, exchanged: list[Exchanged]) -> list[Finding]:
        if duty.begins_with_notice:
            findings = await self._announce(duty, exchanged)
            if findings:
                return findings
        handoff = self.handoffs.get(duty.about)
        said, asked = len(self.ear.findings), len(self.ear.requests)
        known = {*self.handoffs.values()}
        self.ear.reactions = deque(duty.reactions)
        words = (duty.asks.en, duty.asks.es)
        asks = Sentence(*(one.format(handoff=handoff) for one in words))
        await self.tell(Instruction(duty.name, asks, handoff))

        def came() -> list[Arrival]:
            return list(_matching(self.ear.arrivals, duty, asked, handoff, known))

        await self.ear.until(lambda: self._is_done(came()), self.waits.official_seconds)
        arrivals = came()
        if not self._is_done(arrivals):
            return [*self.ear.findings[said:], finding("nothing-came", duty.hears.type)]
        self._remember(duty, arrivals[-1])
        findings = [*self.ear.findings[said:], *self._judge(duty, arrivals, asked)]
        return findings or await self._say_all(duty, exchanged)

    def _is_done(self, arrivals: Sequence[Arrival]) -> bool:
        if self.ear.reactions or not arrivals:
            return False
        return not arrivals[-1].is_lost

    def _remember(self, duty: Duty, arrival: Arrival) -> None:
        said = arrival.envelope
        if said.sub is not None:
            self.handoffs[duty.about] = said.sub
        kind = by_schema(said.schema)
        if kind is not None and kind.name == "return-notice":
            self.notices[duty.about] = {"jti": said.jti, "pld": b64u(arrival.line.pld)}

    async def _announce(self, duty: Duty, exchanged: list[Exchanged]) -> list[Finding]:
        kit = self.run.kit
        handoff = self.handoffs[duty.about] = random_id(kit.entropy)
        sent = kit.message("return-notice", kit.bodies.notice(), handoff=handoff)
        if sent.line is not None:
            self.notices[duty.about] = {"jti": sent.jtis[0], "pld": b64u(sent.line.pld)}
        return await self._post(sent, takes("a", code=None), exchanged)

    async def _say_all(self, duty: Duty, exchanged: list[Exchanged]) -> list[Finding]:
        kit, handoff = self.run.kit, self.handoffs[duty.about]
        for said in duty.says:
            answers = self.notices[duty.about] if said.type == "acknowledgment" else None
            sent = kit.message(said.type, said.body(kit), handoff=handoff, answers=answers)
            findings = await self._post(sent, takes("a", code=said.code), exchanged)
            if findings:
                return findings
        return []

    async def _post(self, sent: Sent, want: Want, exchanged: list[Exchanged]) -> list[Finding]:
        scene = Scene(self.run.kit, {"a": lambda _: sent})
        return await self.run.step(step("a", want), scene, exchanged)

    # --- What came -----------------------------------------------------------------------------

    def _judge(self, duty: Duty, arrivals: Sequence[Arrival], asked: int) -> Iterator[Finding]:
        first = arrivals[0]
        for name, value in duty.hears.members.items():
            if first.body.get(name) != value:
                yield finding("body-member", f"{name} {value}", first.body.get(name))
        if first.code is not None:
            yield finding("code-of-message", "null", first.code)
        if duty.hears.answers:
            irt = first.envelope.irt
            named = {"jti": irt.jti, "pld": b64u(irt.pld)} if irt else None
            if named != self.notices[duty.about]:
                yield finding("not-in-reply", self.notices[duty.about], named)
        if len({one.line.sig for one in arrivals}) > 1:
            yield finding("not-the-same-line")
        yield from self._judge_pace(duty, asked)

    def _judge_pace(self, duty: Duty, asked: int) -> Iterator[Finding]:
        """Say whether requests that failed came again as clause 6.3 has it."""
        requests = self.ear.requests[asked:]
        gaps = []
        for one, after in pairwise(requests):
            gap = after.at - one.at
            match one.reaction:
                case Reaction.BUSY if gap < RETRY_AFTER_SECONDS - SLACK_SECONDS:
                    yield finding("too-soon", f"≥ {RETRY_AFTER_SECONDS} s", f"{gap:.2f} s")
                case Reaction.REFUSE if after.lines > 1:
                    yield finding("not-alone", 1, after.lines)
                case Reaction.FAIL:
                    if after.under_way > 1:
                        yield finding("more-than-one-probe", 1, after.under_way)
                    if not any(one.at < beat < after.at for beat, _ in self.ear.beats):
                        gaps.append(gap)
        if len(gaps) == len(duty.reactions) > 1 and not SOON_SECONDS < gaps[0] < gaps[-1]:
            yield finding("too-soon", "", ", ".join(f"{gap:.2f} s" for gap in gaps))

    def _end(
        self,
        name: str,
        clause: str,
        asks: Sentence,
        must: Sentence,
        findings: Sequence[Finding],
        exchanged: Sequence[Exchanged],
    ) -> Played:
        outcome = Outcome.FAILED if findings else Outcome.PASSED
        played = Played(
            name=name,
            group=Group.LISTENING,
            clause=clause,
            sent=asks,
            must=must,
            outcome=outcome,
            findings=tuple(findings),
            exchanged=tuple(exchanged) if findings else (),
        )
        self.told(played)
        return played


def _matching(
    arrivals: Sequence[Arrival], duty: Duty, asked: int, handoff: str | None, known: set[str]
) -> Iterator[Arrival]:
    """Give the arrivals since request *asked* that are what *duty* waits for."""
    jti = None
    for one in arrivals:
        kind = by_schema(one.envelope.schema)
        if one.request < asked or kind is None or kind.name != duty.hears.type:
            continue
        is_about_it = one.envelope.sub == handoff if handoff else one.envelope.sub not in known
        if is_about_it and jti in (None, one.envelope.jti):
            jti = one.envelope.jti
            yield one
