"""
What is odd about a request that was taken: recorded and alarmed, never a reason to refuse it.

It runs within the transaction that stores the request, after the ledger.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from exchange.domain.alarms import AlarmKind
from exchange.domain.causes import OVER_THE_LINE
from exchange.domain.messages.catalogue import CORRECTION, WELFARE_ALERT
from exchange.errors import JtiConflict
from exchange.flow.judging import Judgement, Ruling
from exchange.proof import grammar
from exchange.proof.receipts import Status
from exchange.store.alarms import close_alarms, raise_alarm
from exchange.store.engine import Connection
from exchange.store.handoffs import Handoff
from exchange.store.journal import Event, record_events
from exchange.store.seqs import find_repeated_seqs

SKEW_SECONDS_MAX = 120

_EVENTS = {
    WELFARE_ALERT.schema: (WELFARE_ALERT, AlarmKind.WELFARE_ALERT, ("code",)),
    CORRECTION.schema: (
        CORRECTION,
        AlarmKind.CORRECTION_RECEIVED,
        ("message", "pointer", "basis"),
    ),
}
"""What moves no handoff and must be looked into: its alarm, and what the journal has of it."""


def record_remarks(
    judgement: Judgement,
    numbers: Mapping[str, int],
    connection: Connection,
    *,
    known: Mapping[str, Handoff],
    now: datetime,
) -> None:
    """
    Raise and journal what somebody must look into.

    *numbers* are the handoffs' rows; *known* those that we had before, as they were.
    """
    _remark_conflicts(judgement.rulings, connection, now)
    _remark_envelopes(judgement.rulings, connection, now)
    _remark_recalls(judgement, known, connection, now)
    _remark_doubts(judgement, numbers, connection, now)
    _remark_events(judgement.rulings, numbers, connection, now)
    _remark_posted(judgement, connection, now)


def _remark_conflicts(rulings: Sequence[Ruling], connection: Connection, now: datetime) -> None:
    for ruling in rulings:
        if ruling.code == JtiConflict.code and ruling.opened.jti is not None:
            raise_alarm(connection, AlarmKind.JTI_CONFLICT, ruling.opened.jti, at=now)


def _remark_envelopes(rulings: Sequence[Ruling], connection: Connection, now: datetime) -> None:
    """
    Raise what numbers and times say of the partner's clock and memory.

    The ledger's lock is held: of two requests that bring one number the later sees both.
    """
    envelopes = [ruling.opened.envelope for ruling in rulings if ruling.opened.envelope]
    apart = [abs((one.sealed_at - now).total_seconds()) for one in envelopes]
    if max(apart, default=0) > SKEW_SECONDS_MAX:
        raise_alarm(connection, AlarmKind.CLOCK_SKEW, "partner", at=now)
    for seq in sorted(find_repeated_seqs(connection, {one.seq for one in envelopes})):
        raise_alarm(connection, AlarmKind.SEQUENCE_REPEATED, str(seq), at=now)


def _remark_recalls(
    judgement: Judgement, known: Mapping[str, Handoff], connection: Connection, now: datetime
) -> None:
    """Raise that somebody who is held was seen over the line: the two may have crossed."""
    for handoff, shared in judgement.moved.items():
        row = known.get(handoff)
        if (
            row is not None
            and row.holds
            and shared.stage in OVER_THE_LINE
            and row.stage not in OVER_THE_LINE
        ):
            raise_alarm(connection, AlarmKind.RECALL, handoff, at=now)


def _remark_doubts(
    judgement: Judgement, numbers: Mapping[str, int], connection: Connection, now: datetime
) -> None:
    """
    Raise what a person must ask about appointments, and end what a later revision has cleared.

    The journal has where and why, and nothing of the appointment itself.
    """
    events = []
    for handoff, doubts in judgement.appointments.items():
        revision = judgement.moved[handoff].revision
        if doubts:
            raise_alarm(connection, AlarmKind.APPOINTMENT_DOUBTFUL, handoff, at=now)
        elif revision > 1:
            close_alarms(connection, AlarmKind.APPOINTMENT_DOUBTFUL, [handoff], at=now)
        events += [
            Event(
                at=now,
                kind="appointment.doubted",
                actor="exchange",
                handoff=numbers[handoff],
                data={"pointer": doubt.pointer, "code": doubt.code, "revision": revision},
            )
            for doubt in doubts
        ]
    record_events(connection, events)


def _remark_events(
    rulings: Sequence[Ruling], numbers: Mapping[str, int], connection: Connection, now: datetime
) -> None:
    """Raise that the partner calls about a person, or has put right what it had told us."""
    events = []
    for ruling in rulings:
        envelope, body = ruling.opened.envelope, ruling.opened.line.body
        if ruling.status is not Status.ACCEPTED or envelope is None or body is None:
            continue
        found = _EVENTS.get(envelope.schema)
        if found is None or envelope.sub is None:
            continue
        kind, alarm, journaled = found
        said = kind.read(grammar.parse(body))
        raise_alarm(connection, alarm, envelope.sub, at=now)
        events.append(
            Event(
                at=now,
                kind=f"{kind.name}.received",
                actor="exchange",
                handoff=numbers[envelope.sub],
                data={name: getattr(said, name) for name in journaled},
            )
        )
    record_events(connection, events)


def _remark_posted(judgement: Judgement, connection: Connection, now: datetime) -> None:
    """Say in the journal of which matters without a handoff something was heard."""
    record_events(
        connection,
        [
            Event(
                at=now,
                kind=f"{matter.name}.received",
                actor="exchange",
                data={"about": matter.about, "seq": bulletin.seq},
            )
            for matter, bulletin in judgement.posted.items()
        ],
    )
