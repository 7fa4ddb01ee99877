"""
What listens to the partner: it believes signatures, remembers, answers as the protocol says.

It can be told to answer the next requests otherwise (`Reaction`), so that the kit sees what the
partner does then. Whatever is wrong with what comes is a finding, and is answered as clause 4
has it. Nothing it hears is written anywhere but in memory.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from email.utils import format_datetime
from enum import StrEnum

import orjson
from aiohttp import web

from exchange.conformance.findings import Finding, finding
from exchange.conformance.kit import Kit, known_code
from exchange.conformance.road import LINES_TYPE
from exchange.domain.messages.catalogue import by_schema
from exchange.errors import (
    GrammarBroken,
    JtiConflict,
    LineRefused,
    MessageRejected,
    NotPermitted,
    RequestRefused,
    UnsupportedSchema,
)
from exchange.proof.encoding import b64u, digest
from exchange.proof.envelope import Envelope, find_jti, new_jti
from exchange.proof.jws import Line, read_line, split_request
from exchange.proof.lines import check_body, read_envelope, verify
from exchange.proof.receipts import ReceiptItem, Status, make_receipt, write_receipt

REQUEST_BYTES_MAX = 4 * 1024 * 1024
RETRY_AFTER_SECONDS = 3


class Reaction(StrEnum):
    """How one request is answered other than with receipts."""

    LOSE = "lose"
    """It is kept, and the connection ends without an answer."""
    FAIL = "fail"
    """500, and nothing of it is kept."""
    BUSY = "busy"
    """503 with Retry-After, and nothing of it is kept."""
    REFUSE = "refuse"
    """400 that names its first line, and nothing of it is kept."""
    STRANGE = "strange"
    """A receipt that speaks of a message nobody sent as well."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """One message of the partner, each time it comes: *at* is the loop's time."""

    line: Line
    envelope: Envelope
    body: dict[str, object]
    at: float
    request: int
    code: str | None
    is_lost: bool
    """Its answer was lost on purpose: it must come again."""


@dataclass(frozen=True, slots=True)
class Requested:
    """One request of the partner: when it came, how many lines, how many were under way."""

    at: float
    lines: int
    under_way: int
    reaction: Reaction | None


@dataclass
class Ear:
    """The kit's own door. *published* is what it answers of its keys."""

    kit: Kit
    monotonic: Callable[[], float]
    published: bytes
    reactions: deque[Reaction] = field(default_factory=deque)
    arrivals: list[Arrival] = field(default_factory=list)
    requests: list[Requested] = field(default_factory=list)
    beats: list[tuple[float, bytes]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    _sigs: set[bytes] = field(default_factory=set)
    _receipts: dict[bytes, Line] = field(default_factory=dict)
    """By ``pld``: the same envelope signed anew is the same message."""
    _plds: dict[str, bytes] = field(default_factory=dict)
    _under_way: int = 0
    _rung: asyncio.Event = field(default_factory=asyncio.Event)

    def app(self) -> web.Application:
        """Return the application of its two routes."""
        app = web.Application(client_max_size=REQUEST_BYTES_MAX)
        app.add_routes([web.post("/v1/messages", self._take), web.get("/v1/keys", self._show)])
        return app

    async def until(self, holds: Callable[[], bool], seconds: float) -> bool:
        """Return whether *holds* came to hold within *seconds*; looked at after each request."""
        try:
            async with asyncio.timeout(seconds):
                while not holds():
                    self._rung.clear()
                    await self._rung.wait()
        except TimeoutError:
            return False
        return True

    # --- Keys ----------------------------------------------------------------------------------

    async def _show(self, request: web.Request) -> web.Response:
        self.beats.append((self.monotonic(), self.published))
        self._rung.set()
        tag = b64u(digest(self.published))
        headers = {"ETag": f'"{tag}"', "Date": format_datetime(self.kit.clock(), usegmt=True)}
        if any(known.value == tag for known in request.if_none_match or ()):
            return web.Response(status=304, headers=headers)
        return web.Response(
            body=self.published, content_type="application/jose+json", headers=headers
        )

    # --- Messages ------------------------------------------------------------------------------

    async def _take(self, request: web.Request) -> web.Response:
        self._under_way += 1
        try:
            octets = await request.read()
            reaction = self.reactions.popleft() if self.reactions else None
            count = octets.removesuffix(b"\n").count(b"\n") + 1
            noted = Requested(self.monotonic(), count, self._under_way, reaction)
            self.requests.append(noted)
            return self._answer(request, octets, reaction)
        finally:
            self._under_way -= 1
            self._rung.set()

    def _answer(
        self, request: web.Request, octets: bytes, reaction: Reaction | None
    ) -> web.Response:
        if request.content_type != LINES_TYPE:
            self.findings.append(finding("media-type", LINES_TYPE, request.content_type))
        match reaction:
            case Reaction.FAIL:
                return _problem(500, "internal")
            case Reaction.BUSY:
                return _problem(503, "store-busy")
            case Reaction.REFUSE:
                return _problem(400, "lines-refused", [{"line": 1, "code": "unknown-key"}])
        answer = self._received(octets, is_strange=reaction is Reaction.STRANGE)
        if reaction is Reaction.LOSE and request.transport is not None:
            request.transport.abort()
        return answer

    def _received(self, octets: bytes, *, is_strange: bool) -> web.Response:
        try:
            pieces = split_request(octets)
        except RequestRefused as error:
            self.findings.append(finding("partner-said", found=error.code))
            return _problem(413, error.code)
        lines = [self._verified(piece) for piece in pieces]
        faults = [
            {"line": number, "code": one.code}
            for number, one in enumerate(lines, 1)
            if isinstance(one, LineRefused)
        ]
        if faults:
            self.findings.append(finding("partner-said", found=orjson.dumps(faults)))
            return _problem(400, "lines-refused", faults)
        receipts = self._receipted([one for one in lines if isinstance(one, Line)], is_strange)
        return web.Response(body=b"\n".join(receipts), content_type=LINES_TYPE)

    def _verified(self, piece: bytes) -> Line | LineRefused:
        try:
            line = read_line(piece)
            if line.sig not in self._sigs:
                now = self.kit.clock()
                verify(line, self.kit.partner, accepted=self.kit.sets, received_at=now)
        except LineRefused as refusal:
            return refusal
        return line

    def _receipted(self, lines: Sequence[Line], is_strange: bool) -> list[bytes]:  # noqa: FBT001 - the one thing that may be odd
        """Return the stored receipts of known messages, then a fresh one for the rest."""
        known = [line for line in lines if line.pld in self._receipts]
        stored = dict.fromkeys(self._receipts[line.pld].octets() for line in known)
        for line in known:
            self._note_again(line)
        fresh: dict[bytes, Line] = {}
        for line in lines:
            if line.pld not in self._receipts:
                fresh.setdefault(line.pld, line)
        if not fresh:
            return list(stored)
        items = [self._item(line) for line in fresh.values()]
        if is_strange:
            items.insert(0, self._strange_item())
        receipt = make_receipt(
            iss=self.kit.ours,
            aud=self.kit.theirs,
            jti=new_jti(self.kit.clock(), self.kit.entropy),
            signed_at=self.kit.clock(),
            items=items,
        )
        written = write_receipt(receipt, [self.kit.keys.first])
        self._receipts |= dict.fromkeys(fresh, written)
        self._sigs |= {line.sig for line in lines}
        return [*stored, written.octets()]

    def _item(self, line: Line) -> ReceiptItem:
        status, code, pointer = Status.ACCEPTED, None, None
        try:
            code = self._opened(line)
        except MessageRejected as refusal:
            status, code, pointer = Status.REJECTED, refusal.code, refusal.pointer
            self.findings.append(finding("partner-said", found=f"{refusal.code} {pointer or ''}"))
        return ReceiptItem(
            jti=find_jti(line.payload), pld=line.pld, sig=line.sig,
            status=status, code=code, pointer=pointer,
        )  # fmt: skip

    def _strange_item(self) -> ReceiptItem:
        return ReceiptItem(
            jti=new_jti(self.kit.clock(), self.kit.entropy),
            pld=self.kit.entropy(32),
            sig=self.kit.entropy(32),
            status=Status.REJECTED,
            code="grammar",
            pointer=None,
        )

    def _opened(self, line: Line) -> str | None:
        """
        Note what the partner said, and return the code with which it is accepted.

        Raises:
            MessageRejected: It cannot take effect.
        """
        kit, now = self.kit, self.kit.clock()
        verified = verify(line, kit.partner, accepted=kit.sets, received_at=now)
        envelope = read_envelope(verified, audience=kit.ours)
        if self._plds.setdefault(envelope.jti, line.pld) != line.pld:
            raise JtiConflict
        kind = by_schema(envelope.schema)
        if kind is None:
            raise UnsupportedSchema
        if not kind.is_said_by(kit.side.other):
            raise NotPermitted
        if (envelope.sub is not None) is not kind.subject or (
            kind.answers and envelope.irt is None
        ):
            raise GrammarBroken
        body = check_body(envelope, line)
        kind.read(body)
        code = known_code(kit, line)
        self._note(line, envelope, dict(body), code)
        return code

    def _note(
        self, line: Line, envelope: Envelope, body: dict[str, object], code: str | None
    ) -> None:
        number = len(self.requests) - 1
        is_lost = self.requests[number].reaction is Reaction.LOSE
        arrival = Arrival(line, envelope, body, self.monotonic(), number, code, is_lost)
        self.arrivals.append(arrival)

    def _note_again(self, line: Line) -> None:
        first = next((one for one in self.arrivals if one.line.pld == line.pld), None)
        if first is not None:
            self._note(line, first.envelope, first.body, first.code)


def _problem(
    status: int, code: str, lines: Sequence[dict[str, object]] | None = None
) -> web.Response:
    document = {
        "type": f"urn:handoff:problem:{code}",
        "title": code,
        "detail": code,
        "status": status,
        "code": code,
    }
    headers = {"Retry-After": str(RETRY_AFTER_SECONDS)} if code == "store-busy" else {}
    return web.Response(
        status=status,
        body=orjson.dumps(document | ({"lines": lines} if lines else {})),
        content_type="application/problem+json",
        headers=headers,
    )
