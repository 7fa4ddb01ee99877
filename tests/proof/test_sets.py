"""The messages of a day as a set, its ranges and their fingerprints."""

import random
from hashlib import sha256
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.proof.envelope import MessageId
from exchange.proof.sets import PREFIX_BYTES, WHOLE, Area, Item, MessageSet
from tests.proof.records import an_item

NAMES = st.sets(st.binary(min_size=32, max_size=32), max_size=60)
BOUNDS = st.binary(max_size=PREFIX_BYTES)


def a_set(names: set[bytes]) -> MessageSet:
    """The set of messages with these names."""
    return MessageSet(Item(name, an_item(place).jti) for place, name in enumerate(sorted(names)))


def test_nothing_has_a_fingerprint() -> None:
    """The fingerprint of no message is SHA-256 of forty zero octets."""
    assert MessageSet([]).fingerprint == sha256(bytes(40)).digest()


def test_a_fingerprint_is_of_the_sum_and_the_number_of_names() -> None:
    """Names are added modulo 2^256 in 32 octets, then their number in 8, big-endian."""
    high, two = b"\xff" * 32, bytes(31) + b"\x02"
    found = a_set({high, two}).fingerprint
    assert found == sha256(bytes(31) + b"\x01" + bytes(7) + b"\x02").digest()
    assert a_set({bytes(32)}).fingerprint != MessageSet([]).fingerprint


def test_the_order_of_arrival_does_not_matter() -> None:
    """A set is the same in whatever order, and however often, its messages came."""
    items = [an_item(number) for number in range(200)]
    shuffled = random.Random(7).sample(items, 200)
    assert MessageSet(shuffled + items[:50]).fingerprint == MessageSet(items).fingerprint
    assert list(MessageSet(shuffled)) == sorted(items)
    assert len(MessageSet(shuffled + items)) == 200


def test_one_name_is_one_message() -> None:
    """A digest that stands beside two numbers is a mistake of whoever asks."""
    one = an_item(1)
    with pytest.raises(ValueError, match="one digest names two messages"):
        MessageSet([one, Item(one.pld, MessageId("another"))])


def test_a_set_has_its_messages() -> None:
    """A message is found by its whole name."""
    own = MessageSet(an_item(number) for number in range(100))
    assert own.has(an_item(7).pld)
    assert not own.has(an_item(100).pld)
    assert not own.has(an_item(7).pld[:-1] + b"\x00")
    assert not any(own.has(item.pld[:-1]) for item in own)


def test_an_area_ends_before_its_end() -> None:
    """It has the name at which it starts, and not the one at which the next begins."""
    area = Area(b"\x10", b"\x20")
    assert [area.holds(bytes([name])) for name in (0x0F, 0x10, 0x1F, 0x20)] == [
        False,
        True,
        True,
        False,
    ]
    assert Area(b"\x10", None).holds(b"\xff")


def test_a_list_is_of_its_area() -> None:
    """Every message of the area is listed, and none from beyond it."""
    own = MessageSet(an_item(number) for number in range(100))
    everything = tuple(own)
    assert own.list_items(WHOLE) == everything
    area = Area(everything[10].pld, everything[20].pld)
    assert own.list_items(area) == everything[10:20]
    assert all(item in everything[10:20] for item in own.list_items(area))


@given(NAMES, BOUNDS, BOUNDS)
def test_an_area_is_tallied_as_if_it_were_alone(
    names: set[bytes], one: bytes, other: bytes
) -> None:
    """The fingerprint of a range is that of the set of exactly the messages in it."""
    area = Area(min(one, other), max(one, other))
    inside = {name for name in names if area.holds(name)}
    assert a_set(names).tally(area).fingerprint == a_set(inside).fingerprint
    assert {item.pld for item in a_set(names).list_items(area)} == inside
    above = Area(area.start, None)
    assert a_set(names).tally(above).size == sum(above.holds(name) for name in names)


@given(st.integers(2, 2000), st.integers(2, 16))
def test_dividers_leave_equal_parts(size: int, parts: int) -> None:
    """Every part holds as many messages as any other, or one more."""
    own = MessageSet(an_item(number) for number in range(size))
    areas = WHOLE.divide(own.dividers(WHOLE, parts))
    sizes = [own.tally(area).size for area in areas]
    assert sum(sizes) == size
    assert len(sizes) == min(size, parts)
    assert max(sizes) - min(sizes) <= 1
    assert areas[0].start == b""
    assert areas[-1].end is None
    assert all(one.end == next_.start for one, next_ in pairwise(areas))


def test_dividers_are_as_short_as_they_can_be() -> None:
    """A divider has one octet more than what the messages beside it have in common."""
    own = a_set({b"\x01" + bytes(31), b"\x01\x02" + bytes(30), b"\x05" * 32})
    assert own.dividers(WHOLE, 3) == (b"\x01\x02", b"\x05")
    area = Area(b"\x01\x01", b"\x06")
    assert own.dividers(area, 16) == (b"\x05",)


def test_names_ground_to_begin_alike_are_left_together() -> None:
    """Where messages share all that a divider may hold, no divider comes between them."""
    alike = {b"\x07" * PREFIX_BYTES + bytes([number]) * 20 for number in range(40)}
    own, edge = a_set({bytes(32), *alike}), b"\x07" * PREFIX_BYTES
    assert own.dividers(WHOLE, 16) == (edge,)
    assert own.dividers(Area(edge, None), 16) == ()
