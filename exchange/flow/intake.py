"""
(1-4) A port's return decision becomes a handoff with an unsealed draft, in one transaction.

Only after that transaction does the port get its answer. What is kept of a withheld person is
what answers a repeat and counts: nothing that tells who it was.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

from exchange.domain.deadlines import receipt_due_at
from exchange.domain.decision import ReturnDecision, decided_on, read_decision
from exchange.domain.handoff import HandoffId, LocalStage, Stage
from exchange.domain.messages.catalogue import RETURN_NOTICE
from exchange.domain.messages.return_notice import ReturnNotice, draft_notice
from exchange.domain.parties import CaseId
from exchange.domain.screening import Cleared, Withheld, screen
from exchange.domain.wire import read_utc
from exchange.errors import (
    DecisionConflict,
    Fault,
    Forbidden,
    GrammarBroken,
    Invalid,
    SchemaNotTaken,
)
from exchange.flow.acts import Keep
from exchange.flow.agreement import Agreement
from exchange.flow.changes import Changes
from exchange.flow.clock import Clock, fresh_salt, random_id
from exchange.flow.decisions import Begun, Screened, Standing, find_standing, record_screened
from exchange.flow.families import was_split_off
from exchange.flow.keyring import Keyring, context_of
from exchange.flow.partner import Partner
from exchange.flow.rooms import asked_by
from exchange.flow.rows import shared_of
from exchange.flow.tally import Tally
from exchange.flow.versions import version_of
from exchange.proof import grammar
from exchange.store.decisions import Decision, Outcome
from exchange.store.engine import Duplicate, Store
from exchange.store.handoffs import NewHandoff, list_cycles
from exchange.store.together import Together

CLOCKS_APART = timedelta(seconds=120)
"""How far a port's clock may be ahead of ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A decision that became a handoff: what comes next, and by when."""

    handoff: HandoffId
    recorded_at: datetime
    next: str
    deadlines: dict[str, datetime]


class Intake:
    """Takes the decisions of the ports."""

    def __init__(
        self,
        *,
        store: Store,
        agreement: Agreement,
        keyring: Keyring,
        partner: Partner,
        changes: Changes,
        clock: Clock,
        tally: Tally,
    ) -> None:
        self._store = store
        self._agreement = agreement
        self._keyring = keyring
        self._partner = partner
        self._changes = changes
        self._clock = clock
        self._tally = tally

    async def submit(
        self,
        octets: bytes,
        *,
        actor: str,
        ports: frozenset[str] | None = None,
        keep: Keep[Taken | Withheld] | None = None,
    ) -> Taken | Withheld:
        """
        Return what became of a decision; the same decision again gets the same answer.

        *ports* are those that the caller may speak for, None for all. What *keep* stores is on
        disk together with the decision.

        Raises:
            Invalid: The document does not fit; every fault is named.
            DecisionConflict: Its ``decision_id`` came before with another content.
            Forbidden: The decision is for another port than the caller's.
            SchemaNotTaken: The partner takes no version of the notice that it would begin with.
            Held: A hold stands on the person, or on the family: it is lifted first.
            WindowFull: The receiving point has no room in the window, by what Mexico has said.
            CaseClosed: The case has ended: the person begins a new one.
            Duplicate: *keep* found that somebody else was answered; nothing was stored.
        """
        # (1) The document is one, and every member fits.
        document = parse_document(octets)
        decision = read_decision(document, self._agreement.places)
        if ports is not None and decision.return_.port not in ports:
            raise Forbidden(decision.return_.port)
        now = self._clock()
        faults = faults_of_time(decision, now)
        if faults and not await self._came_before(decision.decision_id):
            raise Invalid(faults)
        # (2) The rule set in force at that port on that day is applied.
        on = decided_on(decision, self._agreement.places)
        screened = screen(decision, self._agreement.rules, on=on)
        written = grammar.rewritten(document)
        row = _decision_row(decision, screened, self._keyring.digest(written), on=on, now=now)
        # (3) A cleared decision begins a handoff, with the draft of its notice.
        begins = None
        if isinstance(screened, Cleared) and await self._may_begin(decision.decision_id):
            begins = await self._begin(screened, written, now)
        # (4) All of it is stored, with what the port is answered.
        return await self._record(row, begins, actor, keep)

    async def _came_before(self, decision_id: str) -> bool:
        """Return whether it was good when it first came: a later clock does not judge it again."""
        find = partial(find_standing, decision_ids=[decision_id])
        return decision_id in await self._store.read(find)

    async def _may_begin(self, decision_id: str) -> bool:
        """
        Return whether a notice can be drafted; what came before begins nothing and needs none.

        Raises:
            SchemaNotTaken: It cannot, and the decision is new.
        """
        try:
            version_of(RETURN_NOTICE, self._partner)
        except SchemaNotTaken:
            if not await self._came_before(decision_id):
                raise
            return False
        return True

    async def _begin(self, cleared: Cleared, written: bytes, now: datetime) -> Begun:
        """Return the handoff with its key and both bodies; *written* is the decision as it came."""
        entropy = self._keyring.entropy
        case, cycle = await self._case(cleared.decision)
        handoff = random_id(entropy)
        notice = draft_notice(cleared, case=case, cycle=cycle, salt=fresh_salt(entropy))
        key = self._keyring.new_data_key()
        lock = partial(self._keyring.lock, key, context=context_of(handoff))
        return Begun(
            handoff=_handoff_row(handoff, notice, now),
            case=cleared.decision.case,
            family=cleared.decision.family,
            schema=version_of(RETURN_NOTICE, self._partner).schema,
            key=key,
            decision_ciphertext=lock(written),
            notice_ciphertext=lock(grammar.rewritten(notice.model_dump(mode="json"))),
            asked=asked_by(notice, self._agreement.places, self._agreement.limits, now),
        )

    async def _case(self, decision: ReturnDecision) -> tuple[CaseId, int]:
        """
        Return the case, and the cycle: one more than the receptions recorded for it.

        Raises:
            Invalid: There was none before, or it names a family group that is no more.
        """
        if decision.case is None:
            return CaseId(random_id(self._keyring.entropy)), 1
        cycles = await self._store.read(partial(list_cycles, case_id=decision.case))
        if not cycles:
            raise Invalid([Fault("/case", "unknown-case")])
        if (family := decision.family) is not None:
            ended = partial(was_split_off, decision.case, family.group)
            if await self._store.read(ended):
                raise Invalid([Fault("/family/group", "reduced-group")])
        legs = [shared_of(row) for row in cycles]
        return CaseId(decision.case), 1 + sum(leg.was_received for leg in legs if leg)

    async def _record(
        self,
        row: Decision,
        begins: Begun | None,
        actor: str,
        keep: Keep[Taken | Withheld] | None,
    ) -> Taken | Withheld:
        """
        Store the decision once for its id, and return the answer to what stands.

        Raises:
            DecisionConflict: What stands has another content.
            Held: A hold stands on the person, or on the family.
            Duplicate: *keep* found that somebody else was answered.
        """
        screened = Screened(row=row, actor=actor, begins=begins, keep=self._kept(keep))
        record = Together(record_screened, screened)
        try:
            standing = await self._store.write(record)
        except Duplicate:
            # Another process was first: with the decision, which then stands, or with the answer.
            standing = await self._store.write(record)
        if standing.row.digest != row.digest:
            raise DecisionConflict
        if standing.is_new:
            self._tally.add("decisions", row.outcome)
        if standing.is_new and begins is not None:
            self._changes.announce()
        return self._answer(standing)

    def _kept(self, keep: Keep[Taken | Withheld] | None) -> Keep[Standing] | None:
        if keep is None:
            return None
        return lambda connection, standing: keep(connection, self._answer(standing))

    def _answer(self, standing: Standing) -> Taken | Withheld:
        """Return the answer to a decision, made from what is stored: a repeat gets the same."""
        row = standing.row
        if standing.handoff is None:
            return Withheld(row.rule_set, row.codes)
        limits = self._agreement.limits
        return Taken(
            handoff=standing.handoff,
            recorded_at=row.recorded_at,
            next=RETURN_NOTICE.name,
            deadlines={"receipt_by": receipt_due_at(row.recorded_at, limits)},
        )


def faults_of_time(decision: ReturnDecision, now: datetime) -> list[Fault]:
    """
    Return what is on the wrong side of *now*: a decision, window or hearing.

    ``read_decision`` holds these times against one another; only here is there a clock. A
    hearing that has passed is how people were once returned with false dates (F4).
    """
    hearing = decision.hearing.hearing_at.at
    return [
        Fault(pointer, code)
        for pointer, code, wrong in (
            ("/decided_at", "in-the-future", read_utc(decision.decided_at) > now + CLOCKS_APART),
            ("/return/window/to", "in-the-past", decision.return_.window.to_at <= now),
            ("/hearing/hearing_at/local", "in-the-past", hearing <= now),
        )
        if wrong
    ]


def parse_document(octets: bytes) -> object:
    """
    Return the JSON value that a caller sent.

    Raises:
        Invalid: It is not JSON of the grammar that we sign.
    """
    try:
        return grammar.parse(octets)
    except GrammarBroken as fault:
        raise Invalid([Fault("", "not-json")]) from fault


def _decision_row(
    decision: ReturnDecision,
    screened: Cleared | Withheld,
    digest: bytes,
    *,
    on: date,
    now: datetime,
) -> Decision:
    """Return what is kept of a decision, without the person."""
    is_withheld = isinstance(screened, Withheld)
    return Decision(
        decision_id=decision.decision_id,
        digest=digest,
        port=decision.return_.port,
        decided_on=on,
        outcome=Outcome.WITHHELD if is_withheld else Outcome.CLEARED,
        rule_set=screened.rule_set,
        codes=screened.reasons if isinstance(screened, Withheld) else (),
        recorded_at=now,
    )


def _handoff_row(handoff: str, notice: ReturnNotice, now: datetime) -> NewHandoff:
    return NewHandoff(
        handoff=handoff,
        case_id=notice.case,
        local_stage=LocalStage.DRAFTED,
        stage=Stage.UNANNOUNCED,
        port=notice.return_.port,
        receiving_point=notice.return_.receiving_point,
        window_from=notice.return_.window.from_at,
        window_to=notice.return_.window.to_at,
        family_group=notice.family.group if notice.family else None,
        created_at=now,
    )
