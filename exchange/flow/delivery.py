"""
(6-7) One request to the partner, and what came of it.

A request carries sealed lines and nothing else; a receipt counts only once its signature holds
under the partner's keys and it names what was sent. No outcome is an exception: being away is
as ordinary as answering.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import aiohttp
import orjson
import structlog

from exchange.errors import MessageRefused
from exchange.flow.agreement import Agreement
from exchange.flow.clock import Clock, system_clock
from exchange.flow.partner import Partner
from exchange.proof.envelope import parse_envelope
from exchange.proof.keys import Role
from exchange.proof.lines import Line, read_line
from exchange.proof.receipts import Receipt, read_receipt
from exchange.proof.sealing import seal_body

log = structlog.get_logger()

MEDIA_TYPE = "application/jsonl"
ANSWER_BYTES_MAX = 4 * 1024 * 1024
FINAL_STATUSES = frozenset({413, 415})
"""The form is wrong: too large, or nothing the partner reads."""
AWAY_STATUSES = frozenset({429, 502, 503, 504})
"""Said of the partner, or by what stands before it, and not of the request."""
CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
NO_RECEIPT = "no-receipt"
UNNAMED = "unnamed"
SECONDS = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """A receipt of the partner that verified, with the line that proves it."""

    receipt: Receipt
    line: Line


@dataclass(frozen=True, slots=True)
class Delivered:
    """The partner answered with receipts; they may not cover everything that was sent."""

    receipts: tuple[ReceiptLine, ...]
    ignored: int


@dataclass(frozen=True, slots=True)
class RefusedByPartner:
    """
    The partner answered, but not with receipts: this request it does not take as it is.

    *code* is the partner's word for it; *lines* those that it blames (index from 0, code).
    *is_final* where a line that is refused by itself will be refused for ever.
    """

    code: str
    lines: tuple[tuple[int, str], ...] = ()
    is_final: bool = False

    @property
    def blames_the_request(self) -> bool:
        """True where the partner is well, and says what is wrong with the request."""
        return self.is_final or bool(self.lines)


@dataclass(frozen=True, slots=True)
class Unreachable:
    """Nobody was there to answer: the same request later, after *retry_after_seconds* if said."""

    why: str
    retry_after_seconds: float | None = None


Outcome = Delivered | RefusedByPartner | Unreachable


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer, read whole within its bound."""

    status: int
    octets: bytes
    retry_after: str | None


class Delivery:
    """The road to the partner. Connections stay open: a TLS handshake costs a whole handoff."""

    def __init__(
        self,
        *,
        session: aiohttp.ClientSession,
        url: str,
        agreement: Agreement,
        partner: Partner,
        timeout_seconds: float,
        clock: Clock = system_clock,
    ) -> None:
        self._session = session
        self._url = url.rstrip("/") + "/v1/messages"
        self._agreement = agreement
        self._partner = partner
        self._timeout = aiohttp.ClientTimeout(total=timeout_seconds)
        self._clock = clock

    async def deliver(self, lines: Sequence[Line]) -> Outcome:
        """Post *lines* in one request and return what the partner made of them."""
        try:
            request = b"\n".join(self._closed(line).octets() for line in lines)
        except _NoKey:
            log.warning("body.not_sealed", lines=len(lines))
            return Unreachable("no-encryption-key")
        try:
            answer = await self._post(request)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            return Unreachable(type(error).__name__)
        if answer.status == 200:  # noqa: PLR2004  # an HTTP status is its own name
            return self._read_receipts(answer.octets)
        return read_refusal(answer, lines_sent=len(lines))

    def _closed(self, line: Line) -> Line:
        """
        Return *line* as it goes out: its body sealed anew for the partner, where it has to be.

        Raises:
            _NoKey: The partner publishes no key to seal it for. It never goes in the clear.
        """
        agreement = self._agreement
        if line.body is None or agreement.sealed_from is None:
            return line
        if not agreement.seals(parse_envelope(line.payload).sealed_at):
            return line
        key = self._partner.key_set.find_active(Role.ENCRYPT, self._clock())
        if key is None:
            raise _NoKey
        return replace(line, body=None, sealed=seal_body(line.body, key))

    async def _post(self, request: bytes) -> Answer:
        async with self._session.post(
            self._url,
            data=request,
            headers={"Content-Type": MEDIA_TYPE},
            timeout=self._timeout,
            allow_redirects=False,  # a person's data goes to the address that we were given
        ) as response:
            octets = bytearray()
            async for chunk in response.content.iter_any():
                octets += chunk
                if len(octets) > ANSWER_BYTES_MAX:
                    response.close()
                    break
            said = bytes(octets[:ANSWER_BYTES_MAX])
            return Answer(response.status, said, response.headers.get("Retry-After"))

    def _read_receipts(self, octets: bytes) -> Outcome:
        """(7) Keep the receipts that verify; one that does not is no receipt."""
        receipts: list[ReceiptLine] = []
        ignored = 0
        for piece in octets.removesuffix(b"\n").split(b"\n"):
            try:
                line = read_line(piece)
                receipt = read_receipt(
                    line,
                    self._partner.key_set,
                    accepted=self._agreement.they_sign,
                    audience=self._agreement.ours,
                )
            except MessageRefused as error:
                log.warning("receipt.refused", code=error.code)
                ignored += 1
            else:
                receipts.append(ReceiptLine(receipt, line))
        return Delivered(tuple(receipts), ignored) if receipts else RefusedByPartner(NO_RECEIPT)


class _NoKey(Exception):
    """The partner has no key that a body could be sealed for."""


def read_refusal(answer: Answer, *, lines_sent: int) -> Outcome:
    """Return what an answer that is no 200 means for the lines of its request."""
    status = answer.status
    if status in AWAY_STATUSES:
        return Unreachable(f"http-{status}", read_seconds(answer.retry_after))
    problem = _read_problem(answer.octets)
    lines = _lines_named(problem, lines_sent) if status == 400 else ()  # noqa: PLR2004  # as above
    return RefusedByPartner(
        _code(problem, f"http-{status}"), lines, is_final=status in FINAL_STATUSES
    )


def _read_problem(octets: bytes) -> dict[str, object]:
    try:
        problem = orjson.loads(octets)
    except orjson.JSONDecodeError:
        return {}
    return problem if isinstance(problem, dict) else {}


def _lines_named(problem: dict[str, object], lines_sent: int) -> tuple[tuple[int, str], ...]:
    """Return the lines a problem names, as indexes; what it names beyond them is not believed."""
    named = problem.get("lines")
    if not isinstance(named, list):
        return ()
    return tuple(
        (entry["line"] - 1, _code(entry, UNNAMED))
        for entry in named
        if isinstance(entry, dict)
        and type(entry.get("line")) is int
        and 1 <= entry["line"] <= lines_sent
    )


def _code(said: dict[str, object], otherwise: str) -> str:
    """Return the code that was said if it is one: it is stored and logged, so no other text is."""
    code = said.get("code")
    return code if isinstance(code, str) and CODE.fullmatch(code) else otherwise


def read_seconds(retry_after: str | None) -> float | None:
    """Return a Retry-After in seconds; its date form (RFC 9110 §10.2.3) is not used here."""
    digits = (retry_after or "").strip()
    return float(digits) if SECONDS.fullmatch(digits) else None
