"""What a side has said wrong it puts right itself: the message stays, what is read changes."""

from functools import partial
from typing import Any

import pytest

from exchange.domain.alarms import AlarmKind
from exchange.domain.corrections import PutRight
from exchange.domain.messages.visa_issuance import VisaIssuance
from exchange.errors import Invalid, NotPossible
from exchange.flow.corrections import Recorded, find_recorded
from exchange.store.alarms import list_open
from exchange.store.bodies import erase_data_key
from exchange.store.columns import Direction
from exchange.store.handoffs import find_handoff
from exchange.store.journal import list_events
from tests.flow.test_journey import ACCEPTED, VISA, noticed, reception, taken
from tests.ledgers import assert_agree
from tests.sides import BothSides, SideOfTests

WRONG = "/body/valid_until"
NEVER_SAID = "01932f4a-7c00-7abc-8def-0123456789ab"


@pytest.fixture
async def handoff(both: BothSides) -> str:
    """Return a handoff that Mexico has documented, as both sides know."""
    handoff = await noticed(both)
    await both.mx.answers.acknowledge(handoff, ACCEPTED, actor="desk")
    await both.mx.answers.record_reception(handoff, reception(both), actor="desk")
    await both.mx.answers.record_visa(handoff, VISA, actor="desk")
    await both.settle()
    return handoff


async def named(side: SideOfTests, kind: str) -> str:
    """Return the id of the last message of a kind in a side's ledger."""
    found = [one.jti for one in await side.entries() if one.schema and f":{kind}:" in one.schema]
    return found[-1] or ""


async def recorded(side: SideOfTests, handoff: str, direction: Direction) -> Recorded | None:
    """Return the visa issuance as a side has it."""
    row = await side.store.read(partial(find_handoff, handoff=handoff))
    assert row is not None
    jti = await named(side, "visa-issuance")
    find = partial(
        find_recorded,
        handoff=row.number,
        direction=direction,
        named=lambda entry: entry.jti == jti,
    )
    return await side.store.read(find)


def a_correction_of(message: str, **changes: Any) -> dict[str, Any]:
    """Return that the last day of the document was typed wrong."""
    return {
        "message": message,
        "pointer": WRONG,
        "value": "2031-09-14",
        "basis": "RECORDED_WRONG",
    } | changes


async def test_a_correction_is_read_on_both_sides(both: BothSides, handoff: str) -> None:
    """Both sides read the new value from then on; the ledgers have the message as it was."""
    message = await named(both.mx, "visa-issuance")
    await both.mx.corrections.correct(handoff, a_correction_of(message), actor="desk")
    await both.settle()

    for side, direction in ((both.mx, Direction.SENT), (both.us, Direction.RECEIVED)):
        found = await recorded(side, handoff, direction)
        assert found is not None
        reading = found.read(side.keyring, handoff=handoff)
        assert reading is not None
        assert isinstance(reading.body, VisaIssuance)
        assert reading.body.valid_until == "2031-09-14"
        assert reading.put_right == (PutRight(WRONG, "2031-09-13", "2031-09-14", "RECORDED_WRONG"),)
    await assert_agree(both)


async def test_a_correction_is_remarked_where_it_arrives(both: BothSides, handoff: str) -> None:
    """Over there an alarm says that something was put right, and the journal where: not what."""
    message = await named(both.mx, "visa-issuance")
    await both.mx.corrections.correct(handoff, a_correction_of(message), actor="desk")
    await both.settle()

    place = {"message": message, "pointer": WRONG, "basis": "RECORDED_WRONG"}
    (*_, here) = await both.mx.store.read(list_events)
    assert (here.kind, here.data) == ("correction.decided", place | {"stage": "documented"})
    (*_, there) = await both.us.store.read(list_events)
    assert (there.kind, there.data) == ("correction.received", place)
    alarms = await both.us.store.read(list_open)
    assert [(alarm.kind, alarm.subject) for alarm in alarms] == [
        (AlarmKind.CORRECTION_RECEIVED, handoff)
    ]


@pytest.mark.parametrize("sent", [False, True])
async def test_what_was_put_right_is_right(both: BothSides, handoff: str, *, sent: bool) -> None:
    """The same correction again changes nothing, whether the first waits or was sent."""
    document = a_correction_of(await named(both.mx, "visa-issuance"))
    await both.mx.corrections.correct(handoff, document, actor="desk")
    if sent:
        await both.settle()
    await refused(both.mx, handoff, document, ("/value", "unchanged"))
    await both.mx.corrections.correct(handoff, document | {"value": "2031-09-13"}, actor="desk")


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"value": "2031-13-01"}, ("/value", "bad-format")),
        ({"value": 7}, ("/value", "wrong-type")),
        ({"value": "2031-09-13"}, ("/value", "unchanged")),
        ({"pointer": "/body/office/name"}, ("/pointer", "no-such-member")),
        ({"pointer": "/body/identity"}, ("/pointer", "no-such-member")),
        ({"pointer": "/body/salt"}, ("/pointer", "bad-format")),
        ({"basis": "BECAUSE"}, ("/basis", "not-in-list")),
    ],
)
async def test_a_correction_fits_the_message(
    both: BothSides, handoff: str, changes: dict[str, Any], fault: tuple[str, str]
) -> None:
    """A value that the message could not have said there is the caller's to mend."""
    document = a_correction_of(await named(both.mx, "visa-issuance"), **changes)
    await refused(both.mx, handoff, document, fault)


async def test_only_ones_own_message_of_the_handoff_is_corrected(
    both: BothSides, handoff: str
) -> None:
    """What the other side said, what is of another handoff, what nobody said: all unknown."""
    other = await noticed(both, number=2)
    mine = await named(both.mx, "visa-issuance")
    unknown = ("/message", "unknown-message")
    await refused(both.us, handoff, a_correction_of(mine), unknown)
    await refused(both.mx, other, a_correction_of(mine), unknown)
    await refused(both.mx, handoff, a_correction_of(NEVER_SAID), unknown)


async def test_a_notice_that_mexico_still_acts_on_is_revised(both: BothSides) -> None:
    """What was accepted is what is read: a name is put right by a revision until the line."""
    handoff = await noticed(both)
    name = a_correction_of(
        await named(both.us, "return-notice"),
        pointer="/body/person/first_surname",
        value="Núñez Ávila",
        basis="DOCUMENT_SEEN",
    )
    await refused(both.us, handoff, name, ("/message", "revise-instead"))

    await both.mx.answers.record_reception(handoff, reception(both), actor="desk")
    await both.settle()
    await both.us.corrections.correct(handoff, name, actor="desk")


async def test_nothing_is_corrected_that_was_not_said(both: BothSides) -> None:
    """A draft is no message yet: there is nothing that the partner has read wrong."""
    handoff = await taken(both)
    with pytest.raises(NotPossible):
        await both.us.corrections.correct(handoff, a_correction_of(NEVER_SAID), actor="desk")


async def test_what_was_erased_is_read_no_more(both: BothSides, handoff: str) -> None:
    """With the data key the message and its corrections are gone together."""
    found = await recorded(both.mx, handoff, Direction.SENT)
    assert found is not None
    row = await both.mx.store.read(partial(find_handoff, handoff=handoff))
    assert row is not None
    await both.mx.store.write(partial(erase_data_key, handoff=row.number))
    found = await recorded(both.mx, handoff, Direction.SENT)
    assert found is not None
    assert found.read(both.mx.keyring, handoff=handoff) is None


async def refused(
    side: SideOfTests, handoff: str, document: dict[str, Any], fault: tuple[str, str]
) -> None:
    """Assert that a correction is refused with one fault."""
    with pytest.raises(Invalid) as caught:
        await side.corrections.correct(handoff, document, actor="desk")
    assert [(one.pointer, one.code) for one in caught.value.faults] == [fault]
