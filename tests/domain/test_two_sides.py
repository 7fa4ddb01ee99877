"""
Two honest sides and a network that delays, reorders and repeats.

Each side says only what its own view of the handoff has in place. Whatever the network does,
both end with the same facts once everything has arrived.
"""

from datetime import timedelta
from typing import Literal

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from exchange.domain.handoff import (
    MOVES,
    Act,
    Said,
    SharedHandoff,
    act_of,
    advance,
    complete,
    is_in_place,
)
from exchange.domain.messages.body import Body
from exchange.domain.messages.return_cancellation import draft_cancellation
from exchange.domain.parties import Side
from tests.builders import (
    HANDOFF,
    NOW,
    SALT,
    a_case_closure,
    a_correction,
    a_departure,
    a_hearing_confirmation,
    a_hearing_delivery,
    a_hearing_notice,
    a_hearing_verification,
    a_notice,
    a_presentation,
    a_reception,
    a_visa_change,
    a_visa_issuance,
    a_welfare_alert,
    an_acknowledgment,
    an_exit,
    said,
)

DRAWN = {(move.stage, move.act, move.to) for move in MOVES}


class TwoSides(RuleBasedStateMachine):
    """One handoff between the US side and the Mexican side."""

    def __init__(self) -> None:
        super().__init__()
        self.view = {side: SharedHandoff(handoff=HANDOFF) for side in Side}
        self.sent: dict[Side, list[Said]] = {side: [] for side in Side}
        self.waiting: dict[Side, list[Said]] = {side: [] for side in Side}

    def can_say(self, act: Act, side: Side | None = None) -> bool:
        """Say whether the act is in place in its speaker's view."""
        view = self.view[act.speaker or side or Side.US]
        known = view.notice is not None or act is Act.NOTICE
        return known and is_in_place(view.stage, act)

    def version(self, side: Side) -> int:
        """Return the version of the hearing that stands in the side's view."""
        stands = self.view[side].current_hearing
        return stands.version if stands else 1

    def say(self, body: Body, side: Side | None = None) -> None:
        """Seal the body on its speaker's side and hand it to the network."""
        side = act_of(body).speaker or side or Side.US
        minute = sum(len(sent) for sent in self.sent.values())
        sealed = said(
            complete(body, self.view[side]),
            seq=len(self.sent[side]) + 1,
            at=NOW + timedelta(minutes=minute),
        )
        self.sent[side].append(sealed)
        self.waiting[side.other].append(sealed)
        self.hear(side, sealed)

    def hear(self, side: Side, message: Said) -> None:
        """Let one side take a message; the move it makes must be drawn."""
        before = self.view[side].stage
        self.view[side] = advance(self.view[side], HANDOFF, message).shared
        after = self.view[side].stage
        assert after is before or (before, act_of(message.body), after) in DRAWN

    @precondition(lambda self: self.can_say(Act.NOTICE))
    @rule()
    def announce(self) -> None:
        """The US side announces the handoff, or revises its notice."""
        self.say(a_notice())

    @precondition(lambda self: self.can_say(Act.CANCELLATION))
    @rule()
    def cancel(self) -> None:
        """The US side takes it back."""
        self.say(draft_cancellation(salt=SALT))

    @precondition(lambda self: self.can_say(Act.ACCEPTANCE))
    @rule(answer=st.sampled_from(["accepted", "refused", "deferred"]))
    def answer(self, answer: str) -> None:
        """Mexico answers the revision it knows."""
        self.say(an_acknowledgment(revision=self.view[Side.MX].revision, answer=answer))

    @precondition(lambda self: self.can_say(Act.RECEPTION))
    @rule()
    def receive(self) -> None:
        """Mexico records the person at the line."""
        self.say(a_reception())

    @precondition(lambda self: self.can_say(Act.NON_RECEPTION))
    @rule()
    def miss(self) -> None:
        """Mexico records that nobody came."""
        self.say(a_reception(outcome="not-received"))

    @precondition(lambda self: self.can_say(Act.VISA))
    @rule()
    def document(self) -> None:
        """Mexico gives the person a document."""
        self.say(a_visa_issuance())

    @precondition(lambda self: self.can_say(Act.DEPARTURE))
    @rule()
    def depart(self) -> None:
        """The US side records that the person crossed the line."""
        self.say(a_departure(revision=self.view[Side.US].revision))

    @precondition(lambda self: self.can_say(Act.HEARING))
    @rule(status=st.sampled_from(["scheduled", "none-scheduled"]), again=st.booleans())
    def move_hearing(self, status: str, again: bool) -> None:  # noqa: FBT001 - drawn by its name
        """The court moves the hearing, or its schedule is read again."""
        version = self.version(Side.US) + (not again)
        self.say(a_hearing_notice(status=status, version=version))

    @precondition(lambda self: self.can_say(Act.DELIVERY))
    @rule(outcome=st.sampled_from(["delivered", "not-found"]))
    def tell(self, outcome: str) -> None:
        """Mexico tells the person of the hearing it knows, or finds nobody."""
        self.say(a_hearing_delivery(version=self.version(Side.MX), outcome=outcome))

    @precondition(lambda self: self.can_say(Act.VERIFICATION))
    @rule(version=st.integers(1, 3))
    def doubt(self, version: int) -> None:
        """Mexico asks whether a version is the one that stands."""
        self.say(a_hearing_verification(version=version))

    @precondition(lambda self: self.view[Side.US].verification is not None)
    @rule()
    def confirm(self) -> None:
        """The US side answers the last doubt that it heard."""
        asked = self.view[Side.US].verification
        assert asked is not None
        current = asked.version == self.version(Side.US)
        self.say(a_hearing_confirmation(version=asked.version, current=current))

    @precondition(lambda self: self.can_say(Act.VISA_CHANGE))
    @rule(status=st.sampled_from(["extended", "replaced", "revoked", "expired"]))
    def change_document(self, status: str) -> None:
        """Mexico records what became of the document."""
        self.say(a_visa_change(status=status))

    @precondition(lambda self: self.can_say(Act.EXIT))
    @rule(kind=st.sampled_from(["to-us-port", "other"]))
    def leave(self, kind: str) -> None:
        """Mexico records that the person left."""
        self.say(an_exit(kind=kind))

    @precondition(lambda self: self.can_say(Act.PRESENTATION))
    @rule(outcome=st.sampled_from(["presented", "not-presented"]))
    def present(self, outcome: str) -> None:
        """The US side records whether the person came for the hearing."""
        self.say(a_presentation(outcome=outcome))

    @precondition(lambda self: self.can_say(Act.CLOSURE))
    @rule()
    def close(self) -> None:
        """The US side says that the case has ended."""
        self.say(a_case_closure())

    @rule(side=st.sampled_from(Side), body=st.sampled_from([a_correction(), a_welfare_alert()]))
    def call(self, side: Side, body: Body) -> None:
        """Either side puts a slip right, or calls the other, once it knows of the handoff."""
        if self.can_say(act_of(body), side):
            self.say(body, side)

    @rule(data=st.data(), side=st.sampled_from(Side), fate=st.sampled_from(["once", "again"]))
    def deliver(self, data: st.DataObject, side: Side, fate: Literal["once", "again"]) -> None:
        """Any waiting message arrives, and may arrive again where its receipt was lost."""
        if self.waiting[side]:
            message = data.draw(st.sampled_from(self.waiting[side]))
            self.hear(side, message)
            if fate == "once":
                self.waiting[side].remove(message)

    @invariant()
    def revisions_have_no_hole(self) -> None:
        """The notices sealed count from 1 without a hole."""
        notices = [said for said in self.sent[Side.US] if act_of(said.body) is Act.NOTICE]
        revisions = [said.body.model_dump()["revision"] for said in notices]
        assert revisions == list(range(1, len(notices) + 1))

    def teardown(self) -> None:
        """Once everything has arrived both sides hold the same handoff."""
        for side in Side:
            for message in self.waiting[side]:
                self.hear(side, message)
        assert self.view[Side.US] == self.view[Side.MX]


def test_two_honest_sides_end_with_one_account() -> None:
    """Whatever the network does, both sides hold equal facts once everything has arrived."""
    run_state_machine_as_test(
        TwoSides, settings=settings(max_examples=100, stateful_step_count=25, deadline=None)
    )
