"""
Both sides in one process: real stores and real legs, and a road between them with knobs.

Only the network is replaced. ``Road`` takes the octets of a request to the other side's inbox
and brings its answer back, or does one of the things that networks do. Nothing runs by
itself: a test moves the clock and lets a side send.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar, cast

import aiohttp
import orjson

from exchange.domain.deadlines import Limits
from exchange.domain.discrepancies.scopes import Terms
from exchange.domain.discrepancies.thresholds import Thresholds
from exchange.domain.handoff import SharedHandoff
from exchange.domain.identity import IdentityLimits
from exchange.domain.parties import Side
from exchange.errors import LinesRefused, MessageRefused
from exchange.flow.acts import Acts
from exchange.flow.agreement import Agreement
from exchange.flow.answers import Answers
from exchange.flow.cancellations import Cancellations
from exchange.flow.changes import Changes
from exchange.flow.closures import Closures
from exchange.flow.corrections import Corrections
from exchange.flow.delivery import Answer, Delivery
from exchange.flow.departures import Departures
from exchange.flow.hearings import Hearings
from exchange.flow.holds import Holds
from exchange.flow.inbox import Inbox
from exchange.flow.intake import Intake
from exchange.flow.keyring import Keyring
from exchange.flow.outbox import Outbox, Pace
from exchange.flow.outcomes import Outcomes
from exchange.flow.partner import BackOff, Partner
from exchange.flow.presentations import Presentations
from exchange.flow.reconciling import Reconciling
from exchange.flow.revisions import Revisions
from exchange.flow.rows import shared_of
from exchange.flow.sealing import Sealer
from exchange.flow.splitting import Splitting
from exchange.flow.stating import Stating
from exchange.flow.stating import Terms as StatingTerms
from exchange.flow.stays import Stays
from exchange.flow.tally import Tally
from exchange.flow.welfare import Welfare
from exchange.installation.shipped import shipped_acceptance
from exchange.proof.custody import KeyEncryptionKey
from exchange.proof.policy import DEFAULT, SignatureSets
from exchange.store.engine import Store
from exchange.store.handoffs import find_handoff
from exchange.store.lanes import Lane
from exchange.store.ledger import Entry, list_entries
from tests import keys
from tests.builders import NOW, places, rule_book

TERMS = Terms(
    limits=Limits(),
    thresholds=Thresholds(),
    identity=IdentityLimits(),
    places=places(),
    acceptance=shipped_acceptance(),
    screening=rule_book(),
)
"""What the rules of reconciliation measure with on either side of a test."""

AnyActs = TypeVar("AnyActs", bound=Acts)


@dataclass(slots=True)
class ClockOfTests:
    """A clock that a test moves."""

    at: datetime = NOW

    def __call__(self) -> datetime:
        """Return the time it shows."""
        return self.at

    def monotonic(self) -> float:
        """Return the same time as a loop's clock would."""
        return self.at.timestamp()

    def pass_seconds(self, seconds: float) -> None:
        """Move on."""
        self.at += timedelta(seconds=seconds)


@dataclass(slots=True)
class Road:
    """
    The network to the other side. Each entry of *mishaps* spoils one request, in order.

    ``lost-request``: nothing arrives. ``lost-answer``: it arrives and the answer does not.
    ``twice``: it arrives twice and the second answer comes back. ``fine``: none.
    *instead* may answer in the place of the other side, which then hears nothing.
    """

    inbox: Inbox | None = None
    mishaps: deque[str] = field(default_factory=deque)
    requests: list[bytes] = field(default_factory=list)
    instead: Callable[[bytes], Answer | None] = lambda _: None

    async def carry(self, request: bytes) -> Answer:
        """Return the other side's answer to *request*, or fail as networks do."""
        mishap = self.mishaps.popleft() if self.mishaps else "fine"
        self.requests.append(request)
        if mishap == "lost-request":
            raise TimeoutError
        if (answer := self.instead(request)) is not None:
            return answer
        answer = await self._arrive(request)
        if mishap == "twice":
            answer = await self._arrive(request)
        if mishap == "lost-answer":
            raise TimeoutError
        return answer

    async def _arrive(self, request: bytes) -> Answer:
        assert self.inbox is not None
        try:
            return Answer(200, await self.inbox.receive(request), None)
        except LinesRefused as refused:
            lines = [{"line": fault.line, "code": fault.code} for fault in refused.lines]
            return Answer(400, orjson.dumps({"code": refused.code, "lines": lines}), None)
        except MessageRefused as refused:
            return Answer(413, orjson.dumps({"code": refused.code}), None)


class DeliveryByRoad(Delivery):
    """Delivery without a network of its own."""

    def __init__(self, road: Road, *, agreement: Agreement, partner: Partner) -> None:
        super().__init__(
            session=cast("aiohttp.ClientSession", None),
            url="http://partner.invalid",
            agreement=agreement,
            partner=partner,
            timeout_seconds=1,
        )
        self.road = road

    async def _post(self, request: bytes) -> Answer:
        return await self.road.carry(request)


class SideOfTests:
    """One side with every leg of the journey, on a store of its own."""

    def __init__(
        self,
        ours: keys.Party,
        theirs: keys.Party,
        store: Store,
        clock: ClockOfTests,
        sets: SignatureSets,
    ) -> None:
        self.store = store
        self.clock = clock
        self.changes = Changes()
        self.tally = Tally()
        self.road = Road()
        self.agreement = Agreement(
            side=Side(ours.side),
            ours=ours.urn,
            theirs=theirs.urn,
            we_sign=sets,
            they_sign=sets,
            places=places(),
            rules=rule_book(),
            limits=Limits(),
        )
        self.keyring = Keyring(
            signers={key.kid: key for key in ours.held},
            key_set=ours.key_set,
            journal_keys=ours.journal_keys,
            published=ours.key_set_line,
            key_encryption_key=KeyEncryptionKey(ours.wrap.kid, ours.wrap.octets),
            digest_key=ours.search.octets,
            opening={ours.opening.kid: ours.opening},
            entropy=keys.entropy_from(ours.side),
        )
        self.partner = Partner(
            key_set=theirs.key_set,
            monotonic=clock.monotonic,
            chance=lambda: 0.5,
            back_off=BackOff(),
        )
        self._make_legs()

    def _make_legs(self) -> None:
        store, agreement, keyring = self.store, self.agreement, self.keyring
        changes, clock, tally = self.changes, self.clock, self.tally
        self.intake = Intake(
            store=store,
            agreement=agreement,
            keyring=keyring,
            partner=self.partner,
            changes=changes,
            clock=clock,
            tally=tally,
        )
        self.answers = self._acts(Answers)
        self.cancellations = self._acts(Cancellations)
        self.holds = self._acts(Holds)
        self.departures = self._acts(Departures)
        self.revisions = self._acts(Revisions)
        self.splitting = self._acts(Splitting)
        self.hearings = self._acts(Hearings)
        self.presentations = self._acts(Presentations)
        self.closures = self._acts(Closures)
        self.stays = self._acts(Stays)
        self.corrections = self._acts(Corrections)
        self.welfare = self._acts(Welfare)
        self.reconciling = Reconciling(
            store=store,
            side=agreement.side,
            terms=TERMS,
            keyring=keyring,
            clock=clock,
            every_seconds=10,
        )
        self.stating = self._stating()
        self.inbox = Inbox(
            store=store,
            agreement=agreement,
            keyring=keyring,
            partner=self.partner,
            changes=changes,
            clock=clock,
            tally=tally,
        )
        self.outbox = Outbox(
            store=store,
            sealer=Sealer(store=store, agreement=agreement, keyring=keyring, clock=clock),
            delivery=DeliveryByRoad(self.road, agreement=agreement, partner=self.partner),
            outcomes=Outcomes(store=store, agreement=agreement, tally=tally, isolation=BackOff()),
            partner=self.partner,
            changes=changes,
            clock=clock,
            pace=Pace(),
        )

    def _stating(self) -> Stating:
        return Stating(
            store=self.store,
            agreement=self.agreement,
            keyring=self.keyring,
            partner=self.partner,
            changes=self.changes,
            clock=self.clock,
            terms=StatingTerms(),
            every_seconds=60,
        )

    def _acts(self, kind: type[AnyActs]) -> AnyActs:
        return kind(
            store=self.store,
            agreement=self.agreement,
            keyring=self.keyring,
            partner=self.partner,
            changes=self.changes,
            clock=self.clock,
        )

    async def send(self, *mishaps: str) -> int:
        """Send what is due in every lane, spoiled by *mishaps*, and return of how many messages."""
        self.road.mishaps.extend(mishaps)
        count = sum([await self.outbox.send_due(lane) for lane in Lane])
        self.road.mishaps.clear()
        return count

    async def shared(self, handoff: str) -> SharedHandoff:
        """Return what this side knows both sides to know of a handoff."""
        row = await self.store.read(partial(find_handoff, handoff=handoff))
        assert row is not None
        shared = shared_of(row)
        assert shared is not None
        return shared

    async def entries(self) -> list[Entry]:
        """Return the whole ledger."""
        return await self.store.read(partial(list_entries, limit=100_000))


@dataclass(slots=True)
class BothSides:
    """The two sides, joined by their roads, under one clock."""

    us: SideOfTests
    mx: SideOfTests
    clock: ClockOfTests

    async def settle(self, rounds: int = 20) -> None:
        """Let both sides send until nothing is due; the clock passes every back-off and tick."""
        for _ in range(rounds):
            self.clock.pass_seconds(61)
            if not await self.us.send() + await self.mx.send():
                return
        message = "the outboxes do not come to rest"
        raise AssertionError(message)


def join(us: Store, mx: Store, *, sets: SignatureSets = DEFAULT) -> BothSides:
    """Return the two sides on their stores, each at the other's door."""
    clock = ClockOfTests()
    ours = SideOfTests(keys.US, keys.MX, us, clock, sets)
    theirs = SideOfTests(keys.MX, keys.US, mx, clock, sets)
    ours.road.inbox, theirs.road.inbox = theirs.inbox, ours.inbox
    return BothSides(ours, theirs, clock)
