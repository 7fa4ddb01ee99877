"""
The other government, in memory or on loopback, with knobs for everything that can go wrong.

It signs with the project's ``proof`` and the keys of the tests, and is as small as a partner
can be: it believes signatures, keeps what it was told, and answers each message once and the
same for ever. It decides nothing: a test says what it says. Turn a knob to make it misbehave.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal

import orjson
from aiohttp import ClientSession, web

from exchange.domain.messages.body import Body
from exchange.domain.messages.catalogue import MESSAGE_TYPES
from exchange.proof import grammar
from exchange.proof.algorithms import new_private
from exchange.proof.envelope import Envelope, InReplyTo, make_envelope, new_jti
from exchange.proof.jws import KeyId, Line, Signer, Typ, read_line
from exchange.proof.keys import KeySet, PrivateKey
from exchange.proof.keysets import write_key_set
from exchange.proof.lines import read_envelope, seal, verify
from exchange.proof.policy import DEFAULT, SignatureSets
from exchange.proof.receipts import (
    Receipt,
    ReceiptItem,
    Status,
    make_receipt,
    read_receipt,
    write_receipt,
)
from tests.builders import HANDOFF, NOW
from tests.keys import MX, US, Party, entropy_from, key_set_of, private_key, publish

LINES = {"Content-Type": "application/jsonl"}
RETIRED_AT = NOW - timedelta(days=1)


@dataclass
class Knobs:
    """How the partner misbehaves; as it stands, not at all."""

    silent: bool = False
    """Takes a request and never answers."""
    slow: asyncio.Event | None = None
    """Answers only once this is set."""
    loses_answer: bool = False
    """Keeps what came, then hangs up without an answer."""
    problem: tuple[int, str] | None = None
    """Answers with this status and code instead of receipts, and keeps nothing."""
    refuses_lines: dict[int, str] = field(default_factory=dict)
    """Says of these lines, from 1, that their signatures do not hold."""
    rejects: str | None = None
    """Signs a rejection of every new message, with this code."""
    leaves_out: int = 0
    """Says nothing of this many of the last new messages of a request."""
    repeats: bool = False
    """Sends every receipt, and every line of its own, twice."""
    reorders: bool = False
    """Turns the order of receipt items, and of its own lines, around."""
    signs_with: Literal["own", "stranger", "impostor", "retired"] = "own"
    """A key never published, one under a published name, or one whose time is over."""
    tampers: Literal["body", "payload"] | None = None
    """Changes its lines after they were signed."""


@dataclass(frozen=True)
class Heard:
    """What came back from a request: status, headers, octets."""

    status: int
    headers: dict[str, str]
    octets: bytes

    @property
    def problem(self) -> dict[str, object]:
        """The problem that was answered."""
        assert self.status >= 400
        document: dict[str, object] = orjson.loads(self.octets)
        return document


class OtherGovernment:
    """The partner of *us*: it has keys, a counter, a memory, and knobs."""

    def __init__(
        self,
        party: Party = MX,
        us: Party = US,
        *,
        sets: SignatureSets = DEFAULT,
        clock: Callable[[], datetime] = lambda: NOW,
    ) -> None:
        self.party = party
        self.us = us
        self.knobs = Knobs()
        self.received: list[tuple[Envelope, Line]] = []
        self.requests: list[bytes] = []
        self.seq = 0
        self._sets = sets
        self._clock = clock
        self._entropy = entropy_from(party.urn)
        self._receipts: dict[bytes, Line] = {}
        self._retired = private_key(f"{party.side}-sign-2018a", "sign", "ES256")

    # --- What it publishes ---------------------------------------------------------------------

    @property
    def key_set(self) -> KeySet:
        """Its keys, with one that was retired the day before."""
        keys = self.party.key_set.keys.values()
        return key_set_of(self.party.urn, [*keys, publish(self._retired, expires_at=RETIRED_AT)])

    @property
    def key_set_line(self) -> bytes:
        """Its key set as its roots signed it."""
        return write_key_set(self.key_set, self.party.root_keys)

    # --- What it says --------------------------------------------------------------------------

    def line(
        self,
        body: Body,
        handoff: str | None = HANDOFF,
        *,
        irt: InReplyTo | None = None,
        **changes: object,
    ) -> Line:
        """Return *body* as the next message about *handoff*; *changes* are envelope members."""
        kind = next(kind for kind in MESSAGE_TYPES if kind.model is type(body))
        octets = grammar.canonical(body.model_dump(mode="json"))
        self.seq += 1
        envelope = make_envelope(
            iss=self.party.urn,
            aud=self.us.urn,
            jti=new_jti(self._clock(), self._entropy),
            sealed_at=self._clock(),
            seq=self.seq,
            schema=kind.schema,
            sub=handoff,
            irt=irt,
            body=octets,
        )
        changed = replace(envelope, **changes)  # type: ignore[arg-type]  # a test may break any member
        sealed = seal(changed, octets, self._signers(Typ.MESSAGE))
        return self._tampered(sealed)

    def in_reply_to(self, handoff: str = HANDOFF) -> InReplyTo:
        """Return the name of the last message it was told about *handoff*."""
        envelope, line = [one for one in self.received if one[0].sub == handoff][-1]
        return InReplyTo(envelope.jti, line.pld)

    async def send(self, url: str, lines: Sequence[Line]) -> Heard:
        """Post *lines* to *url*, as the knobs have it, and return what came back."""
        arranged = list(reversed(lines)) if self.knobs.reorders else list(lines)
        if self.knobs.repeats:
            arranged += arranged
        return await self.post(url, b"\n".join(line.octets() for line in arranged))

    async def post(self, url: str, octets: bytes) -> Heard:
        """Post any *octets* to *url* and return what came back."""
        async with (
            ClientSession() as http,
            http.post(f"{url}/v1/messages", data=octets, headers=LINES) as answer,
        ):
            return Heard(answer.status, dict(answer.headers), await answer.read())

    def receipts_in(self, heard: Heard) -> list[Receipt]:
        """Return the receipts of an answer, each proven to be ours and for the partner."""
        return [
            read_receipt(
                read_line(piece), self.us.key_set, accepted=self._sets, audience=self.party.urn
            )
            for piece in heard.octets.splitlines()
        ]

    # --- What it makes of what it hears --------------------------------------------------------

    def receive(self, octets: bytes) -> bytes:
        """Keep what a request says and return the receipts, stored ones first."""
        lines = [read_line(piece) for piece in octets.removesuffix(b"\n").split(b"\n")]
        new = {line.sig: line for line in lines if line.sig not in self._receipts}
        stored = dict.fromkeys(
            self._receipts[line.sig].octets() for line in lines if line.sig in self._receipts
        )
        answer = [*stored, *self._receipted(list(new.values()))]
        if self.knobs.repeats:
            answer += answer
        return b"\n".join(answer)

    def _receipted(self, lines: Sequence[Line]) -> list[bytes]:
        """Keep new lines; return one fresh receipt for those it has something to say of."""
        opened = [(self._opened(line), line) for line in lines]
        self.received += opened
        told = opened[: len(opened) - self.knobs.leaves_out]
        if not told:
            return []
        items = [self._item(envelope, line) for envelope, line in told]
        receipt = make_receipt(
            iss=self.party.urn,
            aud=self.us.urn,
            jti=new_jti(self._clock(), self._entropy),
            signed_at=self._clock(),
            items=list(reversed(items)) if self.knobs.reorders else items,
        )
        written = write_receipt(receipt, self._signers(Typ.RECEIPT))
        self._receipts |= {line.sig: written for _, line in told}
        return [written.octets()]

    def _opened(self, line: Line) -> Envelope:
        verified = verify(line, self.us.key_set, accepted=self._sets, received_at=self._clock())
        return read_envelope(verified, audience=self.party.urn)

    def _item(self, envelope: Envelope, line: Line) -> ReceiptItem:
        return ReceiptItem(
            jti=envelope.jti,
            pld=line.pld,
            sig=line.sig,
            status=Status.REJECTED if self.knobs.rejects else Status.ACCEPTED,
            code=self.knobs.rejects,
            pointer=None,
        )

    # --- On loopback ---------------------------------------------------------------------------

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[str]:
        """Serve its own two routes for as long as the block lasts, and give their address."""
        app = web.Application()
        app.add_routes([web.post("/v1/messages", self._take), web.get("/v1/keys", self._show)])
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        try:
            yield f"http://127.0.0.1:{runner.addresses[0][1]}"
        finally:
            await runner.cleanup()

    async def _take(self, request: web.Request) -> web.Response:
        octets = await request.read()
        self.requests.append(octets)
        knobs = self.knobs
        if knobs.silent:
            await asyncio.Event().wait()
        if knobs.slow is not None:
            await knobs.slow.wait()
        if knobs.problem is not None:
            return _problem(*knobs.problem)
        if knobs.refuses_lines:
            lines = [{"line": at, "code": code} for at, code in knobs.refuses_lines.items()]
            return _problem(400, "lines-refused", lines=lines)
        receipts = self.receive(octets)
        if knobs.loses_answer and request.transport is not None:
            request.transport.abort()
        return web.Response(body=receipts, content_type="application/jsonl")

    async def _show(self, request: web.Request) -> web.Response:
        line = self.key_set_line
        tag = f'"{self.key_set.serial}"'
        if request.headers.get("If-None-Match") == tag:
            return web.Response(status=304, headers={"ETag": tag})
        return web.Response(body=line, content_type="application/jose+json", headers={"ETag": tag})

    # --- How it signs --------------------------------------------------------------------------

    def _signers(self, typ: Typ) -> tuple[Signer, ...]:
        """Return who signs, in the order of the agreement; a knob changes the first of them."""
        own = {key.alg: key for key in self.party.signers}
        wanted = self._sets.preferred(typ, self._clock())
        first, *others = [own[algorithm] for algorithm in wanted]
        return (self._first(first), *others)

    def _first(self, own: PrivateKey) -> PrivateKey:
        match self.knobs.signs_with:
            case "stranger":
                return private_key(f"{self.party.side}-stranger", own.role, own.alg)
            case "impostor":
                return _impostor(own)
            case "retired":
                return self._retired
        return own

    def _tampered(self, line: Line) -> Line:
        match self.knobs.tampers:
            case "body":
                return replace(line, body=(line.body or b"").replace(b":", b": ", 1))
            case "payload":
                return replace(line, payload=line.payload.replace(b":", b": ", 1))
        return line


def _impostor(own: PrivateKey) -> PrivateKey:
    """Return a key that bears the name of *own* and is another."""
    return PrivateKey(KeyId(own.kid), own.role, new_private(own.alg, b"\x07" * 64))


def _problem(status: int, code: str, **members: object) -> web.Response:
    document = {"type": f"urn:handoff:problem:{code}", "status": status, "code": code, **members}
    headers = {"Retry-After": "1"} if status in {429, 503} else {}
    return web.Response(
        status=status,
        body=orjson.dumps(document),
        content_type="application/problem+json",
        headers=headers,
    )
