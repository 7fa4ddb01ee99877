"""What is about no handoff travels, stands and is proven like every other message."""

from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from exchange.cli.ledger_checks import check_ledger
from exchange.domain.bulletins import Matter, day_of_point
from exchange.domain.messages.catalogue import CAPACITY_ADVISORY
from exchange.errors import Forbidden, Invalid, SchemaNotTaken
from exchange.flow.acts import Keep
from exchange.flow.bulletins import Announced, Bulletins
from exchange.flow.kept import kept_lines
from exchange.proof.jws import read_line
from exchange.proof.policy import DEFAULT
from exchange.proof.receipts import Receipt, read_receipt
from exchange.store.bulletins import find_bulletins
from exchange.store.columns import Direction, Kind
from exchange.store.engine import Connection
from exchange.store.journal import list_events
from exchange.store.outbox import list_outbox
from tests import keys
from tests.builders import HANDOFF, a_capacity_advisory, a_contact_list, a_reception
from tests.partner import OtherGovernment
from tests.sides import BothSides, SideOfTests

SENT, RECEIVED = Direction.SENT, Direction.RECEIVED
ADVISORY: dict[str, Any] = {
    "receiving_point": "MX-CHAPARRAL",
    "on": "2031-03-18",
    "people_max": 80,
    "families_max": 12,
    "opens": "09:00",
    "closes": "17:30",
}
CLOSED: dict[str, Any] = {
    "receiving_point": "MX-CHAPARRAL",
    "on": "2031-03-18",
    "people_max": 0,
    "families_max": 0,
}
NUMBERS: dict[str, Any] = {
    "valid_from": "2031-03-17",
    "pairs": [
        {
            "port": "2504",
            "receiving_point": "MX-CHAPARRAL",
            "numbers": [{"kind": "duty", "number": "+526645550101"}],
            "calendar": [{"on": "2031-03-18", "opens": "09:00", "closes": "17:30"}],
        }
    ],
}
DAY = day_of_point("MX-CHAPARRAL", "2031-03-18")


@pytest.fixture
def other(both: BothSides) -> OtherGovernment:
    """The Mexican side in memory, which speaks to our US side."""
    return OtherGovernment(keys.MX, keys.US, clock=both.clock)


async def heard(side: SideOfTests, octets: bytes) -> Receipt:
    """Return our receipt for what the partner has sent."""
    return read_receipt(
        read_line(await side.inbox.receive(octets)),
        keys.US.key_set,
        accepted=DEFAULT,
        audience=keys.MX.urn,
    )


async def people(side: SideOfTests, direction: Direction, matter: Matter = DAY) -> int:
    """Return how many people the point takes by what stands of its day."""
    find = partial(find_bulletins, direction=direction, matters=[matter])
    body = CAPACITY_ADVISORY.model.model_validate_json((await side.store.read(find))[matter].says)
    return int(body.model_dump()["people_max"])


async def test_it_is_receipted_and_the_newest_stands(
    both: BothSides, other: OtherGovernment
) -> None:
    """Advisories that arrive in the wrong order leave the newest, and each has its receipt."""
    first, second = (other.line(a_capacity_advisory(people_max=most), None) for most in (40, 60))
    codes = []
    for line in (second, first, second):
        receipt = await heard(both.us, line.octets())
        codes.append([item.code for item in receipt.items])
    assert codes == [[None], ["superseded"], [None]]
    assert await people(both.us, Direction.RECEIVED) == 60


async def test_one_request_may_be_about_handoffs_and_about_none(
    both: BothSides, other: OtherGovernment
) -> None:
    """A reception, duty numbers and an advisory that does not fit get one receipt."""
    bad = a_capacity_advisory().model_copy(update={"people_max": -1})
    lines = [
        other.line(a_reception(), HANDOFF),
        other.line(a_contact_list(), None),
        other.line(bad, None),
    ]
    receipt = await heard(both.us, b"\n".join(line.octets() for line in lines))
    assert [(item.status.value, item.code) for item in receipt.items] == [
        ("accepted", "unknown-subject"),
        ("accepted", None),
        ("rejected", "breaks-schema"),
    ]


async def test_a_ledger_with_such_messages_is_exported_and_verified(
    both: BothSides, other: OtherGovernment
) -> None:
    """Each line comes out as it came in, its body too, and the whole ledger holds."""
    lines = [other.line(a_capacity_advisory(), None), other.line(a_contact_list(), None)]
    await heard(both.us, b"\n".join(line.octets() for line in lines))
    key = both.us.keyring.key_encryption_key
    kept = await both.us.store.read(lambda connection: list(kept_lines(connection, key)))
    messages = [one.line.octets() for one in kept if one.entry.kind is Kind.MESSAGE]
    assert messages == [line.octets() for line in lines]
    check = partial(
        check_ledger,
        key=key,
        ours=keys.US.key_set,
        journal=keys.US.journal_keys,
        partner=keys.MX.key_set,
    )
    figures = await both.us.store.read(check)
    assert (figures.messages, figures.erased, figures.unreceipted) == (2, 0, 0)


def desk_of(side: SideOfTests) -> Bulletins:
    """Return where the officials of a side say what is about no handoff."""
    return Bulletins(
        store=side.store,
        agreement=side.agreement,
        keyring=side.keyring,
        partner=side.partner,
        changes=side.changes,
        clock=side.clock,
    )


async def test_what_is_advised_stands_on_both_sides(both: BothSides) -> None:
    """The later of two advisories of a day stands here and there, and both ledgers hold."""
    desk = desk_of(both.mx)
    announced = await desk.advise(ADVISORY, actor="desk")
    assert announced == Announced("capacity-advisory", "MX-CHAPARRAL 2031-03-18")
    await desk.advise(CLOSED, actor="desk")
    await both.settle()
    assert await people(both.mx, SENT) == await people(both.us, RECEIVED) == 0
    for side, ours, theirs in ((both.us, keys.US, keys.MX), (both.mx, keys.MX, keys.US)):
        check = partial(
            check_ledger,
            key=side.keyring.key_encryption_key,
            ours=ours.key_set,
            journal=ours.journal_keys,
            partner=theirs.key_set,
        )
        figures = await side.store.read(check)
        assert (figures.messages, figures.unreceipted, figures.erased) == (2, 0, 0)
    assert await both.mx.store.read(list_outbox) == []
    (first, second) = await both.mx.store.read(list_events)
    assert {one.kind for one in (first, second)} == {"capacity-advisory.decided"}
    assert (first.actor, first.data) == ("desk", {"about": DAY.about})


async def test_each_side_says_whom_to_call(both: BothSides) -> None:
    """The numbers of either side stand with the other."""
    for side in (both.us, both.mx):
        await desk_of(side).publish_contacts(NUMBERS, actor="desk")
    await both.settle()
    for side in (both.us, both.mx):
        for direction in (SENT, RECEIVED):
            find = partial(find_bulletins, direction=direction, matters=[Matter("contacts", "")])
            assert len(await side.store.read(find)) == 1


@pytest.mark.parametrize("mishap", ["lost-request", "lost-answer", "twice"])
async def test_it_goes_again_until_it_is_receipted(both: BothSides, mishap: str) -> None:
    """Lost on the road, an advisory goes out again in the same octets, and is stored once."""
    await desk_of(both.mx).advise(ADVISORY, actor="desk")
    await both.mx.send(mishap)
    await both.settle()
    assert len(set(both.mx.road.requests)) == 1
    assert await people(both.us, RECEIVED) == 80
    assert [one.kind for one in await both.us.entries()] == [Kind.MESSAGE, Kind.RECEIPT]


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"receiving_point": "MX-NOWHERE"}, "/receiving_point", "unknown-receiving-point"),
        ({"on": "2031-03-16"}, "/on", "in-the-past"),
        ({"closes": "08:00"}, "/closes", "out-of-order"),
        ({"people_max": -1}, "/people_max", "out-of-range"),
        ({"salt": "A" * 22}, "", "unknown-member"),
    ],
)
async def test_an_advisory_that_cannot_be_so_is_refused(
    both: BothSides, changes: dict[str, Any], pointer: str, code: str
) -> None:
    """What names no place or a day that is over is mended at the desk, and never said."""
    with pytest.raises(Invalid) as refused:
        await desk_of(both.mx).advise(ADVISORY | changes, actor="desk")
    assert (pointer, code) in [(fault.pointer, fault.code) for fault in refused.value.faults]
    assert await both.mx.store.read(list_outbox) == []


async def test_contacts_name_pairs_and_days_that_can_be(both: BothSides) -> None:
    """A point that takes nobody from the port, and a day that closes first, are named."""
    pair = NUMBERS["pairs"][0]
    day = {"on": "2031-03-18", "opens": "17:30", "closes": "09:00"}
    wrong = pair | {"receiving_point": "MX-JUAREZ", "calendar": [day]}
    with pytest.raises(Invalid) as refused:
        await desk_of(both.us).publish_contacts(NUMBERS | {"pairs": [wrong]}, actor="desk")
    assert [(fault.pointer, fault.code) for fault in refused.value.faults] == [
        ("/pairs/0/receiving_point", "not-a-pair"),
        ("/pairs/0/calendar/0/closes", "out-of-order"),
    ]
    with pytest.raises(Invalid):
        await desk_of(both.us).publish_contacts([], actor="desk")


async def test_who_speaks_for_a_place_speaks_for_no_other(both: BothSides) -> None:
    """An officer advises for their own point alone, and of numbers only those of their pairs."""
    elsewhere, here = frozenset({"MX-JUAREZ"}), frozenset({"MX-CHAPARRAL"})
    desk = desk_of(both.mx)
    with pytest.raises(Forbidden):
        await desk.advise(ADVISORY, actor="desk", places=elsewhere)
    with pytest.raises(Forbidden):
        await desk.publish_contacts(NUMBERS, actor="desk", places=elsewhere)
    await desk.advise(ADVISORY, actor="desk", places=here)
    await desk.publish_contacts(NUMBERS, actor="desk", places=here)
    with pytest.raises(Forbidden):
        await desk_of(both.us).publish_contacts(NUMBERS, actor="desk", places=here)


async def test_what_the_partner_does_not_take_is_not_drafted(both: BothSides) -> None:
    """Where the partner's key set lists no version of a type, its desk is told at once."""
    both.mx.partner.key_set = replace(both.mx.partner.key_set, schemas=())
    with pytest.raises(SchemaNotTaken):
        await desk_of(both.mx).advise(ADVISORY, actor="desk")


async def test_what_is_answered_is_kept_with_the_draft(both: BothSides) -> None:
    """What the caller is answered is stored in the transaction of the draft, or neither is."""
    kept: list[Announced] = []

    def keep(_: Connection, announced: Announced) -> None:
        kept.append(announced)

    keeps: Keep[Announced] = keep
    announced = await desk_of(both.mx).advise(ADVISORY, actor="desk", keep=keeps)
    assert kept == [announced]

    def fail(_: Connection, announced: Announced) -> None:
        raise LookupError(announced.about)

    with pytest.raises(LookupError):
        await desk_of(both.mx).advise(CLOSED, actor="desk", keep=fail)
    assert len(await both.mx.store.read(list_outbox)) == 1
