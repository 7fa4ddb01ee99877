"""What is made of each line: pure decisions on what was read."""

from dataclasses import replace
from typing import Any

import pytest

from exchange.domain.parties import Side
from exchange.errors import LinesRefused, Malformed
from exchange.flow.judging import (
    Judgement,
    Memory,
    Opened,
    Unverified,
    judge,
    open_line,
    refuse_unverified,
)
from exchange.proof.jws import Line
from exchange.proof.receipts import Status
from exchange.store.columns import Status as StoredStatus
from exchange.store.ledger import Known
from tests import keys
from tests.builders import (
    HANDOFF,
    NOW,
    a_capacity_advisory,
    a_contact_list,
    a_notice,
    a_reception,
    a_visa_issuance,
    an_acknowledgment,
)
from tests.partner import OtherGovernment
from tests.sides import BothSides

NOTHING = Memory({}, {}, {}, {}, {})


@pytest.fixture
def other() -> OtherGovernment:
    """The Mexican side in memory."""
    return OtherGovernment(keys.MX, keys.US)


def opened(both: BothSides, line: Line) -> Opened:
    """Return a line of the partner's as it is read."""
    read = open_line(line, keys.MX.key_set, both.us.agreement, NOW)
    assert isinstance(read, Opened)
    return read


def judged(both: BothSides, *lines: Line, memory: Memory = NOTHING) -> Judgement:
    """Return what is made of lines."""
    return judge([opened(both, line) for line in lines], memory, both.us.agreement)


def known(line: Opened, receipt: int | None = 7, **changes: Any) -> Known:
    """Return the line as the store knows it."""
    stored = Known(1, line.jti, line.pld, line.sig, StoredStatus.ACCEPTED, receipt)
    return replace(stored, **changes)


async def test_facts_of_one_request_build_on_each_other(
    both: BothSides, other: OtherGovernment
) -> None:
    """The second line about a handoff is judged on what the first made of it."""
    judgement = judged(both, other.line(a_reception(), HANDOFF), other.line(a_reception(), HANDOFF))
    assert [ruling.code for ruling in judgement.rulings] == ["unknown-subject", "repeat"]
    assert judgement.moved[HANDOFF].stage == "received"


async def test_the_same_message_twice_in_a_request_is_one_item(
    both: BothSides, other: OtherGovernment
) -> None:
    """A line that stands twice is ruled on once."""
    line = other.line(a_reception(), HANDOFF)
    assert len(judged(both, line, line).rulings) == 1


async def test_a_known_line_has_its_receipt(both: BothSides, other: OtherGovernment) -> None:
    """By its signatures or by what it says, it is answered with what is stored, and not read."""
    line = other.line(a_reception(), HANDOFF)
    read = opened(both, line)
    assert read.jti is not None
    for memory in (
        replace(NOTHING, by_sig={read.sig: known(read)}),
        replace(NOTHING, by_jti={read.jti: [known(read, sig=b"another")]}),
    ):
        judgement = judged(both, line, memory=memory)
        assert (list(judgement.repeated), judgement.rulings, judgement.moved) == ([7], [], {})


async def test_another_envelope_under_a_known_number_is_a_conflict(
    both: BothSides, other: OtherGovernment
) -> None:
    """Whether the first came before or in the same request, the second is rejected."""
    first = other.line(a_reception(), HANDOFF)
    read = opened(both, first)
    assert read.jti is not None
    second = other.line(a_visa_issuance(), HANDOFF, jti=read.jti)
    memory = replace(NOTHING, by_jti={read.jti: [known(read)]})
    for judgement in (judged(both, second, memory=memory), judged(both, first, second)):
        last = judgement.rulings[-1]
        assert (last.status, last.code) == (Status.REJECTED, "jti-conflict")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"schema": "urn:handoff:schema:reception:9"}, "unsupported-schema"),
        ({"schema": "urn:handoff:schema:return-notice:1"}, "not-permitted"),
        ({"aud": keys.MX.urn}, "wrong-audience"),
        ({"iss": keys.US.urn}, "wrong-issuer"),
        ({"sub": None}, "grammar"),
        ({"bod": bytes(32)}, None),
    ],
)
async def test_what_the_envelope_gets_wrong_is_its_code(
    both: BothSides, other: OtherGovernment, changes: dict[str, Any], code: str | None
) -> None:
    """Each fault of an envelope is rejected with its own code, and moves nothing."""
    if code is None:
        good = other.line(a_reception(), HANDOFF)
        line, code = replace(good, body=(good.body or b"") + b" "), "body-digest"
    else:
        line = other.line(a_reception(), HANDOFF, **changes)
    judgement = judged(both, line)
    (ruling,) = judgement.rulings
    assert (ruling.status, ruling.code) == (Status.REJECTED, code)
    assert judgement.moved == {}


async def test_an_answer_names_what_it_answers(both: BothSides, other: OtherGovernment) -> None:
    """An acknowledgment without a message that it answers is outside the grammar."""
    (ruling,) = judged(both, other.line(an_acknowledgment(), HANDOFF)).rulings
    assert (ruling.status, ruling.code) == (Status.REJECTED, "grammar")


async def test_what_is_about_no_handoff_names_none(both: BothSides, other: OtherGovernment) -> None:
    """Duty numbers about a handoff are outside the grammar; about none they stand."""
    wrong = judged(both, other.line(a_contact_list(), HANDOFF))
    assert [(one.status, one.code) for one in wrong.rulings] == [(Status.REJECTED, "grammar")]
    assert wrong.posted == {}
    right = judged(both, other.line(a_contact_list(), None))
    assert [(one.status, one.code) for one in right.rulings] == [(Status.ACCEPTED, None)]
    assert [matter.name for matter in right.posted] == ["contacts"]
    assert right.moved == {}


async def test_of_a_matter_the_newest_stands_in_any_order(
    both: BothSides, other: OtherGovernment
) -> None:
    """The older of two advisories of a day is superseded, the same again is a repeat."""
    lines = [
        other.line(a_capacity_advisory(people_max=people), None) for people in (10, 20, 20, 30)
    ]
    turned = judged(both, lines[1], lines[0], lines[2], lines[3])
    assert [one.code for one in turned.rulings] == [None, "superseded", "repeat", None]
    (bulletin,) = turned.posted.values()
    assert bulletin.seq == 4
    straight = judged(both, *lines)
    assert [one.code for one in straight.rulings] == [None, None, "repeat", None]
    assert straight.posted == turned.posted
    elsewhere = judged(both, *lines[:1], other.line(a_capacity_advisory(on="2031-03-19"), None))
    assert [one.code for one in elsewhere.rulings] == [None, None]
    assert len(elsewhere.posted) == 2


async def test_an_advisory_is_held_against_what_stood(
    both: BothSides, other: OtherGovernment
) -> None:
    """What stands from earlier requests decides as what came in the same one does."""
    old, new = (other.line(a_capacity_advisory(people_max=people), None) for people in (10, 20))
    stood = judged(both, new).posted
    late = judged(both, old, memory=replace(NOTHING, bulletins=stood))
    assert [one.code for one in late.rulings] == ["superseded"]
    assert late.posted == stood


async def test_only_what_states_appointments_is_asked_about_them(
    both: BothSides, other: OtherGovernment
) -> None:
    """A notice is looked at for doubts, a reception is not."""
    assert judged(both, other.line(a_reception(), HANDOFF)).appointments == {}
    sender = OtherGovernment(keys.US, keys.MX)
    read = open_line(sender.line(a_notice(), HANDOFF), keys.US.key_set, both.mx.agreement, NOW)
    assert both.mx.agreement.side is Side.MX
    assert judge([read], NOTHING, both.mx.agreement).appointments == {HANDOFF: ()}


async def test_every_line_that_nobody_signed_is_named(
    both: BothSides, other: OtherGovernment
) -> None:
    """Lines count from 1; one that is known is answered even when its key has ended since."""
    line = other.line(a_reception(), HANDOFF)
    good = opened(both, line)
    lost = open_line(Malformed(), keys.MX.key_set, both.us.agreement, NOW)
    late = open_line(line, keys.MX.key_set, both.us.agreement, keys.EXPIRES_AT)
    assert isinstance(late, Unverified)
    with pytest.raises(LinesRefused) as refused:
        refuse_unverified([lost, good, late], NOTHING)
    named = [(fault.line, fault.code) for fault in refused.value.lines]
    assert named == [(1, "malformed"), (3, "key-not-active")]
    refuse_unverified([good, late], replace(NOTHING, by_sig={line.sig: known(good)}))
