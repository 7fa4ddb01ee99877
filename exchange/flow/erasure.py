"""
A person's data are erased: one person proposes it, another confirms it, and it cannot be undone.

What is due is found by the rules of retention, over whole cases; what somebody asks for is named
handoff by handoff. Whatever is kept for a court, an inspection or a complaint, and whatever still
waits to be said, is left out by name. Each step is in the journal; nothing here needs a key.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from exchange.domain.retention import ASKED, Basis, Retention, without_person
from exchange.errors import NotErasable, NotFound, SamePerson, Sentence
from exchange.flow.clock import Entropy
from exchange.flow.erasable import (
    KEPT_BACK,
    KeptBack,
    Places,
    find_all_due,
    find_kept_back,
    get_keyed,
)
from exchange.flow.rows import shared_of
from exchange.store.bodies import find_data_keys
from exchange.store.engine import Connection
from exchange.store.erasures import (
    Erasure,
    Proposal,
    decide_proposal,
    erase_persons,
    erase_withheld,
    find_proposal,
    hold_still,
    insert_erasures,
    insert_proposal,
    list_erasures,
    record_erased,
)
from exchange.store.handoffs import Handoff, find_handoffs
from exchange.store.journal import Event, record_events

TOKEN_BYTES = 8


@dataclass(frozen=True, slots=True)
class Kept:
    """A proposal of the list that outlives the database: who, and which handoffs (ids) why."""

    proposed_by: str
    confirmed_by: str
    erased: Mapping[str, Basis]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a confirmation did: whom it erased, what it kept back, and how many digests went."""

    erased: tuple[Erasure, ...]
    kept_back: Mapping[str, KeptBack]
    withheld: int


def propose_due(
    connection: Connection, rules: Retention, *, actor: str, now: datetime, places: Places = None
) -> int | None:
    """
    Return the number of the proposal of everything that is due and not kept back.

    None where nothing is. It waits for somebody else to confirm it.
    """
    found = find_all_due(connection, rules, now=now, places=places)
    chosen = {one.row: one.due.basis for one in found.candidates if one.kept_back is None}
    if not chosen and not found.withheld:
        return None
    return _propose(connection, chosen, actor=actor, now=now)


def propose_named(
    connection: Connection,
    handoffs: Collection[str],
    basis: Basis,
    *,
    actor: str,
    now: datetime,
    places: Places = None,
) -> int:
    """
    Return the number of the proposal of these handoffs (ids), for what somebody asked for.

    Raises:
        NotFound: One of them is not ours, is not theirs to erase, or was erased.
        NotErasable: One of them is kept back; each is named.
    """
    rows = get_keyed(connection, handoffs, places)
    back = find_kept_back(connection, rows)
    if back:
        raise NotErasable(_named(back))
    return _propose(connection, dict.fromkeys(rows, basis), actor=actor, now=now)


def _propose(
    connection: Connection, chosen: Mapping[Handoff, Basis], *, actor: str, now: datetime
) -> int:
    number = insert_proposal(connection, at=now, by=actor)
    new = [
        Erasure(proposal=number, handoff=row.handoff, basis=basis) for row, basis in chosen.items()
    ]
    insert_erasures(connection, new)
    events = [
        _event("erasure.proposed", row, number, basis, actor, now) for row, basis in chosen.items()
    ]
    record_events(connection, events or [_bare("erasure.proposed", number, actor, now)])
    return number


def confirm(
    connection: Connection,
    number: int,
    rules: Retention,
    *,
    actor: str,
    now: datetime,
    entropy: Entropy,
) -> Outcome:
    """
    Return what was erased, now that a second person confirmed what another proposed.

    What has come to be kept back since is left out by name; what nothing was left of is over.

    Raises:
        NotFound: There is no such proposal, or it was decided.
        SamePerson: It is their own.
    """
    proposal = _get_open(connection, number)
    if proposal.proposed_by == actor:
        raise SamePerson
    decide_proposal(connection, number, at=now, by=actor, confirmed=True)
    asked = list_erasures(connection, number)
    outcome = _erase(connection, asked, now=now, entropy=entropy)
    by_rule = all(one.basis not in ASKED for one in asked)
    before = now - timedelta(days=rules.withheld_days)
    withheld = erase_withheld(connection, before=before) if by_rule else 0
    rows = find_handoffs(connection, [one.handoff for one in outcome.erased])
    events = [
        _event("erasure.done", rows[one.handoff], number, one.basis, actor, now)
        for one in outcome.erased
    ]
    record_events(connection, [*events, _bare("erasure.confirmed", number, actor, now)])
    return replace(outcome, withheld=withheld)


def _erase(
    connection: Connection, asked: Sequence[Erasure], *, now: datetime, entropy: Entropy
) -> Outcome:
    hold_still(connection)
    rows = _find_keyed(connection, [one.handoff for one in asked])
    back = find_kept_back(connection, rows)
    chosen = {row.handoff: row for row in rows if row.handoff not in back}
    erase_persons(connection, [(row, _unnamed(row, entropy)) for row in chosen.values()])
    erased = tuple(replace(one, erased_at=now) for one in asked if one.handoff in chosen)
    record_erased(connection, erased, at=now)
    return Outcome(erased, back, 0)


def _find_keyed(connection: Connection, handoffs: Collection[str]) -> list[Handoff]:
    """Return those of the handoffs (ids) that we have and whose person was not erased."""
    found = find_handoffs(connection, handoffs).values()
    keyed = find_data_keys(connection, [row.number for row in found])
    return [row for row in found if row.number in keyed]


def _unnamed(row: Handoff, entropy: Entropy) -> Handoff:
    shared = shared_of(row)
    if shared is None:
        return row
    unnamed = without_person(shared, entropy(TOKEN_BYTES).hex())
    return replace(row, shared=unnamed.written())


def withdraw(connection: Connection, number: int, *, actor: str, now: datetime) -> None:
    """
    End a proposal with nothing erased; whoever may propose may, who proposed it too.

    Raises:
        NotFound: There is no such proposal, or it was decided.
    """
    _get_open(connection, number)
    decide_proposal(connection, number, at=now, by=actor, confirmed=False)
    record_events(connection, [_bare("erasure.withdrawn", number, actor, now)])


def replay(
    connection: Connection,
    kept: Kept,
    *,
    actor: str,
    now: datetime,
    entropy: Entropy,
) -> Outcome:
    """
    Return what was erased again, in a database that came back from a backup.

    Two persons confirmed it before; what the backup does not have is passed over.
    """
    rows = {row.handoff: row for row in _find_keyed(connection, list(kept.erased))}
    again = {one: kept.erased[one] for one in rows}
    if not again:
        return Outcome((), {}, 0)
    number = insert_proposal(connection, at=now, by=kept.proposed_by)
    insert_erasures(
        connection,
        [Erasure(proposal=number, handoff=one, basis=basis) for one, basis in again.items()],
    )
    decide_proposal(connection, number, at=now, by=kept.confirmed_by, confirmed=True)
    outcome = _erase(connection, list_erasures(connection, number), now=now, entropy=entropy)
    events = [
        _event("erasure.replayed", rows[one.handoff], number, one.basis, actor, now)
        for one in outcome.erased
    ]
    record_events(connection, events)
    return outcome


def _get_open(connection: Connection, number: int) -> Proposal:
    proposal = find_proposal(connection, number)
    if proposal is None or proposal.decided_at is not None:
        raise NotFound
    return proposal


def _named(back: Mapping[str, KeptBack]) -> Sentence:
    """Return which handoffs are kept back, and why."""
    listed = sorted(back.items())
    return Sentence(
        "; ".join(f"{one}: {KEPT_BACK[why]}" for one, why in listed),
        "; ".join(f"{one}: {KEPT_BACK[why].es}" for one, why in listed),
    )


def _event(
    kind: str, row: Handoff, proposal: int, basis: Basis, actor: str, now: datetime
) -> Event:
    data = {"proposal": proposal, "basis": basis.value}
    return Event(at=now, kind=kind, actor=actor, handoff=row.number, data=data)


def _bare(kind: str, proposal: int, actor: str, now: datetime) -> Event:
    return Event(at=now, kind=kind, actor=actor, data={"proposal": proposal})
