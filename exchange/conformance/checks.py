"""
Whether what came back is what had to: each answer is compared with the want of its step.

A receipt is believed only as clause 5.4 says, then compared item by item with the lines that
were sent; what is stored must come back octet for octet. No answer may repeat what was sent.
"""

from collections.abc import Iterator, Sequence
from email.utils import parsedate_to_datetime

import orjson

from exchange.conformance.bodies import CANARY
from exchange.conformance.case import Scene, Step
from exchange.conformance.findings import Finding, finding
from exchange.conformance.kit import known_code
from exchange.conformance.road import LINES_TYPE, Heard
from exchange.conformance.wants import (
    Closed,
    Keys,
    Known,
    LinesRefused,
    ProblemOf,
    Receipted,
    Unheard,
    Verdict,
)
from exchange.errors import ExchangeError
from exchange.proof.encoding import b64u
from exchange.proof.jws import read_line
from exchange.proof.keysets import accept_newer, read_key_set
from exchange.proof.receipts import Receipt, ReceiptItem, Status, read_receipt

PROBLEM_TYPE = "application/problem+json"
KEYS_TYPE = "application/jose+json"
SKEW_SECONDS_MAX = 120
OK, NOT_MODIFIED, BAD_REQUEST = 200, 304, 400
MUST_RETRY = {429, 503}


def check(step: Step, scene: Scene, heard: Sequence[Heard]) -> list[Finding]:
    """Return everything that is wrong with what came back from *step*."""
    findings: list[Finding] = []
    for number, one in enumerate(heard):
        want = step.wants
        if isinstance(want, Receipted) and number and want.fresh:
            names = tuple(name for name, _ in want.fresh)
            want = Receipted(stored=want.stored + names)  # the first answer made it known
        findings += _check_one(want, scene, one)
    if isinstance(step.wants, ProblemOf) and step.wants.in_two_languages:
        findings += _two_languages(heard)
    return findings


def _check_one(want: object, scene: Scene, heard: Heard) -> Iterator[Finding]:
    if CANARY.lower().encode() in _all_octets(heard).lower():
        yield finding("echo", found=CANARY)
    match want:
        case Unheard():
            return
        case Closed():
            yield from _closed(heard)
        case ProblemOf():
            if not (want.or_closed and heard.status == 0 and heard.why != "TimeoutError"):
                yield from _problem(heard, want.status, want.code)
        case LinesRefused():
            yield from _lines_refused(heard, want)
        case Keys():
            yield from _keys(want, scene, heard)
        case Receipted():
            yield from _receipts(want, scene, heard)


def _all_octets(heard: Heard) -> bytes:
    """Return the octets of an answer with those that are base64url in it opened."""
    opened = []
    for piece in heard.octets.split(b"\n"):
        try:
            opened.append(read_line(piece).payload)
        except ExchangeError:
            continue
    return b"\n".join([heard.octets, *opened])


# --- Problems ----------------------------------------------------------------------------------


def _closed(heard: Heard) -> Iterator[Finding]:
    if heard.status == OK or (heard.status == 0 and heard.why == "TimeoutError"):
        yield finding("not-closed", found=heard.status or heard.why)


def _problem(heard: Heard, status: int, code: str) -> Iterator[Finding]:
    if heard.status != status:
        yield finding("status", status, _what_came(heard))
        return
    if heard.media_type != PROBLEM_TYPE:
        yield finding("media-type", PROBLEM_TYPE, heard.media_type)
        return
    document = _object(heard)
    wanted = {"type": f"urn:handoff:problem:{code}", "status": status, "code": code}
    for name, value in wanted.items():
        if document.get(name) != value:
            yield finding("problem-member", f"{name} = {value}", document.get(name))
    for name in ("title", "detail"):
        if not (isinstance(document.get(name), str) and document[name]):
            yield finding("problem-member", name, document.get(name))
    if status in MUST_RETRY and not heard.headers.get("retry-after"):
        yield finding("no-retry-after")


def _lines_refused(heard: Heard, want: LinesRefused) -> Iterator[Finding]:
    yield from _problem(heard, BAD_REQUEST, "lines-refused")
    if heard.status != BAD_REQUEST:
        return
    wanted = [{"line": line, "code": code} for line, code in want.lines.items()]
    said = _object(heard).get("lines")
    if said != wanted:
        yield finding("lines", orjson.dumps(wanted), orjson.dumps(said))


def _two_languages(heard: Sequence[Heard]) -> Iterator[Finding]:
    english, spanish = (_object(one) for one in heard)
    for name in ("title", "detail"):
        if english.get(name) == spanish.get(name):
            yield finding("one-language", found=english.get(name))


def _object(heard: Heard) -> dict[str, object]:
    try:
        document = orjson.loads(heard.octets)
    except orjson.JSONDecodeError:
        return {}
    return document if isinstance(document, dict) else {}


def _what_came(heard: Heard) -> str:
    if heard.status == 0:
        return heard.why
    return f"{heard.status} {_object(heard).get('code') or heard.media_type}"


# --- Receipts ----------------------------------------------------------------------------------


def _receipts(want: Receipted, scene: Scene, heard: Heard) -> Iterator[Finding]:
    if heard.status != OK:
        yield finding("status", OK, _what_came(heard))
        return
    if heard.media_type != LINES_TYPE:
        yield finding("media-type", LINES_TYPE, heard.media_type)
    pieces = heard.octets.removesuffix(b"\n").split(b"\n")
    stored = _stored(want, scene)
    wanted = len(stored) + bool(want.fresh)
    if len(pieces) != wanted:
        yield finding("receipts", wanted, len(pieces))
        return
    for before, now in zip(stored, pieces, strict=False):
        if before != now:
            yield finding("not-the-stored-receipt", _shown(before), _shown(now))
    if want.fresh:
        yield from _fresh(want, scene, pieces[-1])


def _shown(octets: bytes) -> bytes:
    """Return what a receipt says where it can be read, else its octets."""
    try:
        return read_line(octets).payload
    except ExchangeError:
        return octets


def _stored(want: Receipted, scene: Scene) -> list[bytes]:
    """Return the receipts that are to come again, each once, in the order of the lines."""
    known = scene.kit.receipts
    lines = [scene.line(name).line for name in want.stored]
    return list(dict.fromkeys(known.get(line.pld, b"") for line in lines if line is not None))


def _fresh(want: Receipted, scene: Scene, octets: bytes) -> Iterator[Finding]:
    kit = scene.kit
    try:
        line = read_line(octets)
        receipt = read_receipt(line, kit.partner, accepted=kit.sets, audience=kit.ours)
    except ExchangeError as error:
        yield finding("receipt-refused", found=error.code)
        return
    if line.body is not None or line.sealed is not None:
        yield finding("receipt-refused", found="body")
    if receipt.jti in kit.receipt_jtis:
        yield finding("receipt-number-used")
    kit.receipt_jtis.add(receipt.jti)
    if abs(receipt.iat - kit.clock().timestamp()) > SKEW_SECONDS_MAX:
        yield finding("receipt-time", int(kit.clock().timestamp()), receipt.iat)
    for name, _ in want.fresh:
        sent = scene.line(name)
        if sent.line is not None:
            kit.receipts[sent.line.pld] = octets
            kit.first = kit.first or sent
    yield from _items(want.fresh, scene, receipt)


def _items(
    wanted: Sequence[tuple[str, Verdict]], scene: Scene, receipt: Receipt
) -> Iterator[Finding]:
    if len(receipt.items) != len(wanted):
        yield finding("items", len(wanted), len(receipt.items))
    for (name, verdict), item in zip(wanted, receipt.items, strict=False):
        yield from _item(name, verdict, scene, item)


def _item(name: str, verdict: Verdict, scene: Scene, item: ReceiptItem) -> Iterator[Finding]:
    sent = scene.line(name)
    if sent.line is None:
        return
    if item.pld != sent.line.pld:
        yield finding("item-pld", b64u(sent.line.pld), b64u(item.pld))
    if item.sig != sent.line.sig:
        yield finding("item-sig", b64u(sent.line.sig), b64u(item.sig))
    if item.jti not in sent.jtis:
        yield finding("item-jti", sent.jtis[0], item.jti)
    code = verdict.code
    if verdict.status is Status.ACCEPTED:
        known = known_code(scene.kit, sent.line)
        code = {Known.CODE: known, Known.ANY: item.code}[code] if isinstance(code, Known) else code
    if (item.status, item.code) != (verdict.status, code):
        yield finding(
            "verdict", f"{verdict.status} {code or 'null'}", f"{item.status} {item.code or 'null'}"
        )
    elif verdict.pointer is not None and item.pointer not in (None, verdict.pointer):
        yield finding("pointer", verdict.pointer, item.pointer)


# --- Key sets ----------------------------------------------------------------------------------


def _keys(want: Keys, scene: Scene, heard: Heard) -> Iterator[Finding]:
    status = NOT_MODIFIED if want is Keys.UNCHANGED else OK
    if heard.status != status:
        yield finding("status", status, _what_came(heard))
        return
    match want:
        case Keys.UNCHANGED:
            if heard.octets:
                yield finding("not-empty", found=heard.octets)
        case Keys.DATED:
            yield from _date(scene, heard.headers.get("date"))
        case _:
            yield from _key_set(want, scene, heard)


def _date(scene: Scene, header: str | None) -> Iterator[Finding]:
    try:
        said = parsedate_to_datetime(header or "")
    except ValueError:
        yield finding("no-date", found=header or "")
        return
    off = abs((said - scene.kit.clock()).total_seconds())
    if off > SKEW_SECONDS_MAX:
        yield finding("skew", f"≤ {SKEW_SECONDS_MAX} s", f"{off:.0f} s")


def _key_set(want: Keys, scene: Scene, heard: Heard) -> Iterator[Finding]:
    kit = scene.kit
    if heard.media_type != KEYS_TYPE:
        yield finding("media-type", KEYS_TYPE, heard.media_type)
    if not heard.headers.get("etag"):
        yield finding("no-etag")
    try:
        key_set = read_key_set(heard.octets, kit.roots, issuer=kit.theirs)
        accept_newer(kit.partner, key_set)
    except ExchangeError as error:
        yield finding("key-set-refused", found=error.code)
        return
    if key_set.expires_at <= kit.clock():
        yield finding("key-set-expired", found=key_set.expires_at)
    missing = {kind.schema for kind in kit.kinds.values()} - {*key_set.schemas}
    if want is Keys.UNDERSTANDS and missing:
        yield finding("schemas", ", ".join(sorted(missing)), ", ".join(key_set.schemas))
