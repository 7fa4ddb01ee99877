"""What is about no handoff travels, stands and is proven like every other message."""

from functools import partial

import pytest

from exchange.cli.ledger_checks import check_ledger
from exchange.cli.ledger_lines import kept_lines
from exchange.domain.bulletins import Matter, day_of_point
from exchange.domain.messages.catalogue import CAPACITY_ADVISORY
from exchange.proof.jws import read_line
from exchange.proof.policy import DEFAULT
from exchange.proof.receipts import Receipt, read_receipt
from exchange.store.bulletins import find_bulletins
from exchange.store.columns import Direction, Kind
from tests import keys
from tests.builders import HANDOFF, a_capacity_advisory, a_contact_list, a_reception
from tests.partner import OtherGovernment
from tests.sides import BothSides, SideOfTests

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
    check = partial(check_ledger, key=key, ours=keys.US.key_set, partner=keys.MX.key_set)
    figures = await both.us.store.read(check)
    assert (figures.messages, figures.erased, figures.unreceipted) == (2, 0, 0)
