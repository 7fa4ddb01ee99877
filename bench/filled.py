"""
A side that has lived for months: its store filled with handoffs as both sides know them.

Every body is under its key and every fact in its row; signatures are of the right length and
sign nothing, for no report or rule looks at them.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

from sqlalchemy import Connection, create_engine

from exchange.demo.people import People
from exchange.domain.decision import ReturnDecision
from exchange.domain.handoff import HandoffId, Said, SharedHandoff, advance
from exchange.domain.messages.acknowledgment import Acknowledgment
from exchange.domain.messages.body import Body
from exchange.domain.messages.catalogue import (
    ACKNOWLEDGMENT,
    DEPARTURE,
    RECEPTION,
    RETURN_NOTICE,
    VISA_ISSUANCE,
    MessageType,
)
from exchange.domain.messages.departure import Departure
from exchange.domain.messages.reception import Reception
from exchange.domain.messages.return_notice import ReturnNotice, draft_notice
from exchange.domain.messages.visa_issuance import VisaIssuance
from exchange.domain.parties import CaseId, Side
from exchange.domain.screening import Cleared, screen
from exchange.domain.wire import utc_text
from exchange.flow.agreement import Agreement
from exchange.flow.clock import system_clock, system_entropy
from exchange.flow.keyring import Keyring, context_of
from exchange.flow.rows import begun
from exchange.installation.opening import open_keyring
from exchange.proof import grammar
from exchange.proof.encoding import b64u
from exchange.proof.envelope import Envelope, MessageId, new_jti
from exchange.proof.jws import Signature
from exchange.service.outside import agreement_of
from exchange.settings import load_settings
from exchange.store.bodies import NewBody, insert_data_keys, record_bodies
from exchange.store.columns import Direction, Kind
from exchange.store.handoffs import insert_handoffs
from exchange.store.ledger import NewEntry, record_entries

BATCH = 500
DAYS = 30
SALT = b64u(bytes(16))
_HOUR = timedelta(hours=1)
_SIGNATURES = (Signature(b'{"alg":"ES256","kid":"bench"}', bytes(64)),)


class Told(NamedTuple):
    """What was said, of which type, and when."""

    kind: MessageType
    body: Body
    at: datetime


def fill(directory: Path, handoffs: int) -> None:
    """
    Store so many handoffs on the side of *directory*, spread over the last thirty days.

    Two in a hundred were doubted at the line, three are lost on the way there, five have no
    document: what a report of a busy month is about.
    """
    settings = load_settings(directory / "exchange.toml")
    agreement = agreement_of(settings)
    keyring = open_keyring(settings, now=system_clock(), entropy=system_entropy)
    engine = create_engine(settings.database.full_url())
    seqs = {Side.US: 0, Side.MX: 0}
    people = _documents(handoffs, agreement)
    while part := list(islice(people, BATCH)):
        with engine.begin() as connection:
            _store(connection, part, agreement, keyring, seqs)
    engine.dispose()


def _documents(count: int, agreement: Agreement) -> Iterator[tuple[int, ReturnNotice, datetime]]:
    now = datetime.now(UTC).replace(microsecond=0) - timedelta(days=DAYS)
    per_day = -(-count // DAYS)
    for number in range(count):
        day, place = divmod(number, per_day)
        if place == 0:
            at = now + timedelta(days=day)
            drawn = iter(People(number, agreement.places, at).households(per_day))
        decision = ReturnDecision.model_validate(next(drawn))
        cleared = screen(decision, agreement.rules, on=at.date())
        if isinstance(cleared, Cleared):
            case = CaseId(_uuid())
            yield number, draft_notice(cleared, case=case, cycle=1, salt=SALT), at


def _story(number: int, notice: ReturnNotice, at: datetime) -> Iterator[Told]:
    """Give what was said of one handoff, each thing at its time."""
    opens = notice.return_.window.from_at + timedelta(minutes=20)
    port, point = notice.return_.port, notice.return_.receiving_point
    yield Told(RETURN_NOTICE, notice, at)
    answered = {"answer": "accepted", "answered_at": utc_text(at + _HOUR), "officer": "INM-1"}
    empty = {"salt": SALT, "code": None, "window": None}
    answer = Acknowledgment.model_validate(empty | answered | {"revision": 1})
    yield Told(ACKNOWLEDGMENT, answer, at + _HOUR)
    crossed = {"revision": 1, "at": utc_text(opens), "port": port, "crossing": "PEDWEST"}
    yield Told(DEPARTURE, Departure.model_validate({"salt": SALT} | crossed), opens)
    if number % 100 < 3:  # noqa: PLR2004  # three in a hundred were seen by nobody
        return
    identity = "doubt" if number % 50 == 7 else "match"  # noqa: PLR2004  # two in a hundred
    seen = {"outcome": "received", "code": None, "receiving_point": point, "identity": identity}
    seen |= {"salt": SALT, "at": utc_text(opens + _HOUR / 2)}
    yield Told(RECEPTION, Reception.model_validate(seen), opens + _HOUR / 2)
    if number % 20 == 1:
        return
    issued, until = opens + _HOUR, opens + timedelta(days=180)
    document = {"document": "FMM", "number": f"{number:011}", "issued_at": utc_text(issued)}
    document |= {"office": "INM-1", "entries": "multiple", "salt": SALT}
    days = {"valid_from": opens.date().isoformat(), "valid_until": until.date().isoformat()}
    visa = VisaIssuance.model_validate(document | days | {"curp_assigned": False})
    yield Told(VISA_ISSUANCE, visa, issued)


def _store(
    connection: Connection,
    part: list[tuple[int, ReturnNotice, datetime]],
    agreement: Agreement,
    keyring: Keyring,
    seqs: dict[Side, int],
) -> None:
    stories = [(HandoffId(_uuid()), list(_story(*one))) for one in part]
    known: list[SharedHandoff] = []
    entries: list[tuple[HandoffId, Told, NewEntry]] = []
    for handoff, story in stories:
        shared: SharedHandoff | None = None
        for told in story:
            speaker = told.kind.speaker or Side.US
            seqs[speaker] += 1
            said = Said(told.kind, told.body, seqs[speaker], told.at)
            shared = advance(shared, handoff, said).shared
            entries.append((handoff, told, _entry(handoff, told, seqs[speaker], agreement)))
        known += [shared] if shared else []
    rows = [
        begun(one, agreement.limits, at=story[0].at)
        for one, (_, story) in zip(known, stories, strict=True)
    ]
    numbers = dict(zip((one for one, _ in stories), insert_handoffs(connection, rows), strict=True))
    keys = {handoff: keyring.new_data_key() for handoff in numbers}
    insert_data_keys(connection, {numbers[one]: key.wrapped for one, key in keys.items()})
    locked = [
        keyring.lock(keys[one], _octets(told.body), context=context_of(one))
        for one, told, _ in entries
    ]
    bodies = record_bodies(
        connection,
        [
            NewBody(octets, handoff=numbers[one])
            for octets, (one, _, _) in zip(locked, entries, strict=True)
        ],
    )
    record_entries(
        connection,
        [
            _placed(entry, numbers[one], body)
            for (one, _, entry), body in zip(entries, bodies, strict=True)
        ],
    )


def _entry(handoff: HandoffId, told: Told, seq: int, agreement: Agreement) -> NewEntry:
    ours = told.kind.speaker is agreement.side
    jti = new_jti(told.at, system_entropy)
    octets = Envelope(
        iss=agreement.ours if ours else agreement.theirs,
        aud=agreement.theirs if ours else agreement.ours,
        jti=jti,
        iat=int(told.at.timestamp()),
        seq=seq,
        schema=told.kind.schema,
        sub=handoff,
        irt=None,
        bod=hashlib.sha256(_octets(told.body)).digest(),
    ).octets()
    return NewEntry(
        direction=Direction.SENT if ours else Direction.RECEIVED,
        kind=Kind.MESSAGE,
        issuer=agreement.ours if ours else agreement.theirs,
        envelope=octets,
        signatures=_SIGNATURES,
        pld=hashlib.sha256(octets).digest(),
        sig=hashlib.sha256(b"sig" + octets).digest(),
        recorded_at=told.at,
        jti=MessageId(jti),
        seq=seq,
        schema=told.kind.schema,
    )


def _placed(entry: NewEntry, handoff: int, body: int) -> NewEntry:
    return replace(entry, handoff=handoff, body=body)


def _octets(body: Body) -> bytes:
    return grammar.rewritten(body.model_dump(mode="json"))


def _uuid() -> str:
    return str(uuid4())
