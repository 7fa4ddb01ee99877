"""One side on a real database, its legs and both its applications, with a clock to move."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

import orjson
from aiohttp import ClientSession, web
from yarl import URL

from exchange.access.rights import Role
from exchange.access.tokens import new_token, token_digest
from exchange.domain.deadlines import Limits
from exchange.domain.parties import Side
from exchange.flow.agreement import Agreement
from exchange.flow.alarms import Alarms
from exchange.flow.answers import Answers
from exchange.flow.bulletins import Bulletins
from exchange.flow.cancellations import Cancellations
from exchange.flow.changes import Changes
from exchange.flow.closures import Closures
from exchange.flow.corrections import Corrections
from exchange.flow.departures import Departures
from exchange.flow.hearings import Hearings
from exchange.flow.holds import Holds
from exchange.flow.inbox import Inbox
from exchange.flow.intake import Intake
from exchange.flow.keyring import Keyring
from exchange.flow.naming import Naming
from exchange.flow.partner import Partner
from exchange.flow.presentations import Presentations
from exchange.flow.resolving import Resolving
from exchange.flow.revisions import Revisions
from exchange.flow.sharing import sign_report
from exchange.flow.splitting import Splitting
from exchange.flow.stays import Stays
from exchange.flow.tally import Tally
from exchange.flow.welfare import Welfare
from exchange.installation.shipped import shipped_acceptance
from exchange.proof.custody import KeyEncryptionKey
from exchange.proof.policy import DEFAULT
from exchange.store import Store
from exchange.store.clients import NewClient, insert_client
from exchange.web.alarms import AlarmDesk
from exchange.web.app import internal_app
from exchange.web.arrivals import ArrivalList
from exchange.web.calls import Calls
from exchange.web.cases import Cases
from exchange.web.corrections import CorrectionList
from exchange.web.desk import ReceivingDesk
from exchange.web.discrepancies import DiscrepancyDesk
from exchange.web.either import EitherDesk
from exchange.web.gate import Drain
from exchange.web.handoffs import Handoffs
from exchange.web.metrics import Metrics
from exchange.web.operations import Operations
from exchange.web.persons import Persons
from exchange.web.ports import PortDesk
from exchange.web.reports import Reports
from exchange.web.statements import StatementDesk
from exchange.web.worklist import TaskList
from tests.builders import NOW, places, rule_book
from tests.keys import MX, US, Party, entropy_from
from tests.partner import OtherGovernment
from tests.web.serving import Moved, listening


@dataclass
class Reply:
    """What a route answered."""

    status: int
    document: Any
    headers: dict[str, str] = field(default_factory=dict)
    octets: bytes = b""


class Overheard(Changes):
    """A bell that tells a test when somebody waits for it."""

    def __init__(self) -> None:
        super().__init__()
        self.awaited = asyncio.Event()

    async def wait(self, rung: int, seconds: float) -> bool:
        """Wait as ever."""
        self.awaited.set()
        return await super().wait(rung, seconds)


class Installation:
    """One side of the exchange, as `service` would wire it, without its loops."""

    def __init__(self, store: Store, side: Side) -> None:
        us, them = (US, MX) if side is Side.US else (MX, US)
        self.side = side
        self.store = store
        self.now = NOW
        self.monotonic = Moved()
        self.drain = Drain()
        self.can_sign = True
        self.changes = Overheard()
        self.other = OtherGovernment(them, us)
        self.partner = Partner(
            key_set=self.other.key_set, monotonic=self.monotonic, chance=lambda: 0.5
        )
        self.tally = Tally()
        self.keyring = _keyring(us)
        self.agreement = _agreement(side, us, them)
        self.metrics = Metrics(partner=self.partner, tally=self.tally, version="0", side=side.value)
        self.inbox = Inbox(
            store=store,
            agreement=self.agreement,
            keyring=self.keyring,
            partner=self.partner,
            changes=self.changes,
            clock=self.clock,
            tally=self.tally,
        )
        self._tokens: dict[tuple[str, tuple[str, ...]], str] = {}
        self._url = ""

    def clock(self) -> datetime:
        """Return the time that the test has set."""
        return self.now

    def internal(self) -> web.Application:
        """Return the application of the internal listener."""
        calls = Calls(
            store=self.store, clock=self.clock, monotonic=self.monotonic, drain=self.drain
        )
        handoffs = Handoffs(self.side, self.store, self.changes, self.drain, calls)
        return internal_app(
            desk=self._port_desk(calls) if self.side is Side.US else self._receiving_desk(calls),
            either=self._either_desk(handoffs, calls),
            handoffs=handoffs,
            reports=Reports(
                self.side,
                self.store,
                self.agreement.places,
                self.agreement.limits,
                self.clock,
                calls,
                partial(
                    sign_report, agreement=self.agreement, keyring=self.keyring, clock=self.clock
                ),
                Naming(store=self.store, side=self.side, keyring=self.keyring, clock=self.clock),
            ),
            operations=Operations(
                store=self.store,
                partner=self.partner,
                metrics=self.metrics,
                drain=self.drain,
                clock=self.clock,
                version="0",
                side=self.side.value,
                can_sign=lambda: self.can_sign,
            ),
            requests=self.metrics.requests,
        )

    def _port_desk(self, calls: Calls) -> PortDesk:
        intake = Intake(
            store=self.store,
            agreement=self.agreement,
            keyring=self.keyring,
            partner=self.partner,
            changes=self.changes,
            clock=self.clock,
            tally=self.tally,
        )
        means = self._means()
        cases = Cases(
            Revisions(**means),
            Hearings(**means),
            Presentations(**means),
            Closures(**means),
            Splitting(**means),
        )
        return PortDesk(
            intake,
            Cancellations(**means),
            Holds(**means),
            Departures(**means),
            cases,
            calls,
        )

    def _receiving_desk(self, calls: Calls) -> ReceivingDesk:
        persons = Persons(
            self.store, self.agreement.places, self.keyring, shipped_acceptance(), self.clock
        )
        return ReceivingDesk(
            Answers(**self._means()),
            Stays(**self._means()),
            ArrivalList(persons),
            TaskList(persons, self.agreement.limits),
            calls,
        )

    def _either_desk(self, handoffs: Handoffs, calls: Calls) -> EitherDesk:
        means = self._means()
        alarms = Alarms(store=self.store, side=self.side, clock=self.clock)
        resolving = Resolving(store=self.store, side=self.side, clock=self.clock)
        return EitherDesk(
            self.side,
            Corrections(**means),
            Welfare(**means),
            Bulletins(**means),
            CorrectionList(self.store, self.keyring, self.clock, handoffs.place_of),
            AlarmDesk(self.store, alarms, calls),
            DiscrepancyDesk(self.store, resolving, calls),
            StatementDesk(self.side, self.store, self.clock, calls),
            calls,
        )

    def _means(self) -> dict[str, Any]:
        """Return what every act on a handoff is made with."""
        return {
            "store": self.store,
            "agreement": self.agreement,
            "keyring": self.keyring,
            "partner": self.partner,
            "changes": self.changes,
            "clock": self.clock,
        }

    async def token(self, role: Role, *ports: str) -> str:
        """Return the token of a client with *role* at *ports* (none given: every port)."""
        wanted = (role.value, ports or ("*",))
        if wanted not in self._tokens:
            token = self._tokens[wanted] = new_token()
            client = NewClient(
                name=f"{role}-{len(self._tokens)}",
                token_hash=token_digest(token),
                role=role.value,
                ports=wanted[1],
                created_at=self.now,
            )
            await self.store.write(lambda connection: insert_client(connection, client))
        return self._tokens[wanted]

    async def ask(self, method: str, path: str, document: object = None, **headers: str) -> Reply:
        """Ask a route with a JSON document, or without one."""
        octets = None if document is None else orjson.dumps(document)
        return await self.ask_octets(method, path, octets, **headers)

    async def ask_octets(
        self, method: str, path: str, octets: bytes | None, **headers: str
    ) -> Reply:
        """Ask a route; a header is named with underscores, ``token`` is the bearer token."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if token := sent.pop("token", None):
            sent["Authorization"] = f"Bearer {token}"
        if octets is not None:
            sent.setdefault("Content-Type", "application/json")
        url = URL(self._url + path, encoded=True)
        async with (
            ClientSession() as http,
            http.request(method, url, data=octets, headers=sent) as answer,
        ):
            is_json = "json" in answer.content_type
            octets = await answer.read()
            document = (
                orjson.loads(octets) if is_json and octets else octets.decode(errors="replace")
            )
            return Reply(answer.status, document, dict(answer.headers), octets)

    @asynccontextmanager
    async def serving(self) -> AsyncIterator["Installation"]:
        """Serve the internal listener for as long as the block lasts."""
        async with listening(self.internal()) as listener:
            self._url = f"http://127.0.0.1:{listener.port}"
            yield self


def _keyring(party: Party) -> Keyring:
    return Keyring(
        signers={key.kid: key for key in party.held},
        key_set=party.key_set,
        journal_keys=party.journal_keys,
        published=party.key_set_line,
        key_encryption_key=KeyEncryptionKey(party.wrap.kid, party.wrap.octets),
        digest_key=party.search.octets,
        entropy=entropy_from("keyring"),
    )


def _agreement(side: Side, us: Party, them: Party) -> Agreement:
    return Agreement(
        side=side,
        ours=us.urn,
        theirs=them.urn,
        we_sign=DEFAULT,
        they_sign=DEFAULT,
        places=places(),
        rules=rule_book(),
        limits=Limits(),
    )
