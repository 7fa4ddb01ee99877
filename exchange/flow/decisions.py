"""
(4) What is stored of a decision: once for each ``decision_id``, in one transaction.

Of a decision that came before nothing is stored, and what stands is returned. Of a withheld
person nothing is kept but what answers a repeat and counts. Decisions that wait together are
stored by one statement a table.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from exchange.domain.handoff import HandoffId
from exchange.domain.person import Family
from exchange.errors import Held, Invalid
from exchange.flow.acts import Keep
from exchange.flow.closures import require_open
from exchange.flow.families import crossing_of, faults_of_joining
from exchange.flow.keyring import DataKey
from exchange.flow.rooms import Asked, require_room
from exchange.store.bodies import NewBody, insert_data_keys, record_bodies
from exchange.store.decisions import Decision, find_decisions, record_decisions
from exchange.store.engine import Connection
from exchange.store.handoffs import (
    NewHandoff,
    find_held,
    insert_handoffs,
    list_family,
    list_handoffs,
)
from exchange.store.journal import Event, record_events
from exchange.store.outbox import NewDraft, insert_drafts


@dataclass(frozen=True, slots=True)
class Standing:
    """What is stored of a decision, and the handoff that it began; whether it is so only now."""

    row: Decision
    handoff: HandoffId | None
    is_new: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """
    What a cleared decision begins, with keys and ciphertext already made.

    *case* is the person's over earlier cycles; None where this is the first. *family* is that
    with which the notice announces them.
    """

    handoff: NewHandoff
    case: str | None
    family: Family | None
    schema: str
    key: DataKey
    decision_ciphertext: bytes
    notice_ciphertext: bytes
    asked: Asked


@dataclass(frozen=True, slots=True, kw_only=True)
class Screened:
    """
    A decision to be stored: a cleared one with what it *begins*, a withheld one without.

    *keep* stores what the port is answered, unless the decision stands with another content.
    """

    row: Decision
    actor: str
    begins: Begun | None = None
    keep: Keep[Standing] | None = None


def find_standing(connection: Connection, decision_ids: Collection[str]) -> dict[str, Standing]:
    """Return what was stored of these decisions before, by id."""
    rows = find_decisions(connection, decision_ids)
    numbers = [row.handoff for row in rows.values() if row.handoff is not None]
    handoffs = list_handoffs(connection, numbers) if numbers else {}
    return {
        decision_id: Standing(
            row, HandoffId(handoffs[row.handoff].handoff) if row.handoff is not None else None
        )
        for decision_id, row in rows.items()
    }


def record_screened(connection: Connection, screened: Sequence[Screened]) -> list[Standing]:
    """
    Return what stands of each decision, once those that are new are stored with all they begin.

    Raises:
        Duplicate: Another process was first with a decision, or with what was to be kept.
        Held: A hold stands on the person of a new one, or on the family.
        CaseClosed: The case of a new one has ended.
        Invalid: A new one is of a family that is announced otherwise.
        WindowFull: The receiving point has no room for a new one in its window.
    """
    before = find_standing(connection, [one.row.decision_id for one in screened])
    first: dict[str, Screened] = {}
    for one in screened:
        first.setdefault(one.row.decision_id, one)
    _record_new(connection, [one for name, one in first.items() if name not in before])
    standing = [
        before.get(one.row.decision_id) or _begun(first[one.row.decision_id], by=one)
        for one in screened
    ]
    for one, stands in zip(screened, standing, strict=True):
        if one.keep is not None and stands.row.digest == one.row.digest:
            one.keep(connection, stands)
    return standing


def _begun(first: Screened, *, by: Screened) -> Standing:
    """Return what stands of a decision that is stored only now, asked for *by* one of those."""
    begins = first.begins
    handoff = HandoffId(begins.handoff.handoff) if begins else None
    return Standing(first.row, handoff, is_new=first is by)


def _record_new(connection: Connection, screened: Sequence[Screened]) -> None:
    begun = [one.begins for one in screened if one.begins is not None]
    numbers = insert_handoffs(connection, [begins.handoff for begins in begun])
    _require_none_stopped(connection, begun)
    _require_company(connection, begun)
    require_room(connection, [begins.asked for begins in begun])
    _record_begun(connection, list(zip(numbers, begun, strict=True)))
    left = iter(numbers)
    rows = [
        one.row if one.begins is None else replace(one.row, handoff=next(left)) for one in screened
    ]
    record_decisions(connection, rows)
    record_events(
        connection, [_event(row, one.actor) for row, one in zip(rows, screened, strict=True)]
    )


def _require_none_stopped(connection: Connection, begun: Sequence[Begun]) -> None:
    """
    Return only where no hold stands on anybody of these cases and families, and no case ended.

    It is asked once the handoffs are stored: from then on nobody can hold or close before us.
    """
    cases = [begins.case for begins in begun if begins.case is not None]
    require_open(connection, cases)
    groups = [one for begins in begun if (one := begins.handoff.family_group) is not None]
    if find_held(connection, cases=cases, groups=groups) is not None:
        raise Held


def _require_company(connection: Connection, begun: Sequence[Begun]) -> None:
    """
    Return only where each travels with the rest of the family, those who come now among it.

    Raises:
        Invalid: One does not; every fault is named.
    """
    groups = {begins.family.group for begins in begun if begins.family is not None}
    families = {group: list_family(connection, group) for group in groups}
    for begins in begun:
        if begins.family is None:
            continue
        new, known = begins.handoff, families[begins.family.group]
        rows = [one for one in known if one.handoff != new.handoff]
        if faults := faults_of_joining(begins.family, crossing_of(new), rows):
            raise Invalid(faults)


def _record_begun(connection: Connection, begun: Sequence[tuple[int, Begun]]) -> None:
    """Store the data key of each handoff (a row number), both its bodies, and its draft."""
    insert_data_keys(connection, {number: begins.key.wrapped for number, begins in begun})
    kept = [NewBody(begins.decision_ciphertext, handoff=number) for number, begins in begun]
    notices = [NewBody(begins.notice_ciphertext, handoff=number) for number, begins in begun]
    bodies = record_bodies(connection, kept + notices)[len(kept) :]
    drafts = [
        NewDraft(
            schema=begins.schema,
            body=body,
            due_at=begins.handoff.created_at,
            created_at=begins.handoff.created_at,
            handoff=number,
        )
        for (number, begins), body in zip(begun, bodies, strict=True)
    ]
    insert_drafts(connection, drafts)


def _event(row: Decision, actor: str) -> Event:
    said = {"codes": list(row.codes)} if row.handoff is None else {"rule_set": row.rule_set}
    return Event(
        at=row.recorded_at,
        kind=f"decision.{row.outcome}",
        actor=actor,
        handoff=row.handoff,
        data={"decision": row.decision_id, "port": row.port, **said},
    )
