"""What the other side may say in one step of a comparison."""

import pytest

from exchange.proof.bounds import STEPS_MAX, End, find_fault
from exchange.proof.ranges import (
    NAMES_MAX,
    OPEN_MAX,
    Leaf,
    Name,
    Settled,
    Split,
    Step,
)
from exchange.proof.sets import Item
from tests.proof.records import an_item


def octets(first: int, rest: int = 0) -> bytes:
    """A name that begins with the octet *first*."""
    return bytes([first, rest]) + bytes(30)


def a_step(
    *,
    splits: tuple[Split, ...] = (),
    leaves: tuple[Leaf, ...] = (),
    settled: tuple[Settled, ...] = (),
) -> Step:
    """A step that says nothing but these members."""
    return Step(splits=splits, leaves=leaves, settled=settled, rest=False)


def a_split(start: bytes, end: bytes | None, *dividers: bytes, parts: int | None = None) -> Split:
    """A division at these dividers, with a fingerprint for every part."""
    fingerprints = (bytes(12),) * (len(dividers) + 1 if parts is None else parts)
    return Split(start=start, end=end, dividers=dividers, fingerprints=fingerprints)


def a_leaf(start: bytes, end: bytes | None, *names: bytes) -> Leaf:
    """A list of these names."""
    return Leaf(start=start, end=end, items=tuple(name[:12] for name in names))


def a_settled(
    start: bytes, end: bytes | None, having: list[bytes], lacking: list[bytes]
) -> Settled:
    """What only one side has of a range."""
    names = tuple(Name(pld=name, jti=an_item(1).jti) for name in having)
    return Settled(start=start, end=end, having=names, lacking=tuple(one[:12] for one in lacking))


# We divided [0, 40), [60, end) in four parts each, listed [40, 50), and lack one of [50, 60).
SENT = a_step(
    splits=(
        a_split(b"", b"\x40", b"\x10", b"\x20", b"\x30"),
        a_split(b"\x60", None, b"\x70", b"\x80", b"\x90"),
    ),
    leaves=(a_leaf(b"\x40", b"\x50", octets(0x41), octets(0x42)),),
    settled=(
        a_settled(b"\x50", b"\x58", [octets(0x51)], [octets(0x52), octets(0x53)]),
        a_settled(b"\x58", b"\x60", [octets(0x59)], []),
    ),
)


@pytest.mark.parametrize(
    "received",
    [
        a_step(),
        a_step(splits=(a_split(b"\x10", b"\x20", b"\x18"), a_split(b"\x90", None, b"\xa0"))),
        a_step(splits=(a_split(b"", b"\x10"),)),
        a_step(splits=(a_split(b"", b"\x10"),), leaves=(a_leaf(b"\x10", b"\x20"),)),
        a_step(leaves=(a_leaf(b"", b"\x10"),), splits=(a_split(b"\x10", b"\x20", b"\x11"),)),
        a_step(leaves=(a_leaf(b"\x90", None, octets(0x90), octets(0xFF, 0xFF)),)),
        a_step(settled=(a_settled(b"\x40", b"\x50", [octets(0x43)], []),)),
        a_step(settled=(a_settled(b"\x40", b"\x50", [], [octets(0x41), octets(0x42)]),)),
        a_step(settled=(a_settled(b"\x50", b"\x58", [octets(0x52), octets(0x53)], []),)),
        a_step(settled=(a_settled(b"\x50", b"\x58", [octets(0x53)], []),)),
    ],
)
def test_what_was_asked_may_be_answered(received: Step) -> None:
    """Every part may be divided or listed, every list settled, everything lacked named."""
    assert find_fault(SENT, received, number=STEPS_MAX - received.wants_answer) is None


@pytest.mark.parametrize(
    "received",
    [
        a_step(splits=(a_split(b"\x10", b"\x1f", b"\x18"),)),
        a_step(splits=(a_split(b"\x10", None, b"\x18"),)),
        a_step(splits=(a_split(b"", None, b"\x18"),)),
        a_step(splits=(a_split(b"", b"\x40", b"\x10"),)),
        a_step(splits=(a_split(b"\x40", b"\x50", b"\x41"),)),
        a_step(leaves=(a_leaf(b"\x11", b"\x20"),)),
        a_step(leaves=(a_leaf(b"\x10", b"\x20", octets(0x20)),)),
        a_step(leaves=(a_leaf(b"\x10", b"\x20", octets(0x0F, 0xFF)),)),
        a_step(settled=(a_settled(b"\x10", b"\x20", [octets(0x11)], []),)),
        a_step(settled=(a_settled(b"\x40", b"\x50", [octets(0x50)], []),)),
        a_step(settled=(a_settled(b"\x40", b"\x50", [], [octets(0x43)]),)),
        a_step(settled=(a_settled(b"\x40", b"\x50", [], [octets(0x41), octets(0x43)]),)),
        a_step(settled=(a_settled(b"\x50", b"\x58", [octets(0x54)], []),)),
        a_step(settled=(a_settled(b"\x50", b"\x58", [], [octets(0x52)]),)),
        a_step(settled=(a_settled(b"\x58", b"\x60", [octets(0x5A)], []),)),
    ],
)
def test_what_was_not_asked_is_refused(received: Step) -> None:
    """Another range, a message from beyond it or one that was never listed is not taken."""
    assert find_fault(SENT, received, number=2) is End.NOT_ASKED


@pytest.mark.parametrize(
    "received",
    [
        a_step(splits=(a_split(b"\x10", b"\x20", b"\x18"), a_split(b"", b"\x10", b"\x08"))),
        a_step(splits=(a_split(b"\x10", b"\x20", b"\x18"),) * 2),
        a_step(leaves=(a_leaf(b"\x10", b"\x20"), a_leaf(b"", b"\x10"))),
        a_step(leaves=(a_leaf(b"\x10", b"\x20"),), splits=(a_split(b"\x10", b"\x20", b"\x11"),)),
        a_step(leaves=(a_leaf(b"\x10", b"\x21"),), splits=(a_split(b"\x20", b"\x30", b"\x21"),)),
        a_step(splits=(a_split(b"", None, b"\x08"),), leaves=(a_leaf(b"\x10", b"\x20"),)),
        a_step(splits=(a_split(b"\x90", None, b"\x98"),), leaves=(a_leaf(b"\x90", b"\xa0"),)),
        a_step(leaves=(a_leaf(b"\x20", b"\x20"),)),
        a_step(leaves=(a_leaf(b"\x20", b"\x10"),)),
        a_step(splits=(a_split(b"\x10", b"\x20", b"\x18", b"\x17"),)),
        a_step(splits=(a_split(b"\x10", b"\x20", b"\x18", b"\x18"),)),
        a_step(splits=(a_split(b"\x10", b"\x20", b"\x10"),)),
        a_step(splits=(a_split(b"\x10", b"\x20", b"\x20"),)),
        a_step(splits=(a_split(b"\x90", None, b"\x90"),)),
        a_step(splits=(a_split(b"\x10", b"\x20", b"\x18", parts=1),)),
        a_step(splits=(a_split(b"\x10", b"\x20", b"\x18", parts=3),)),
        a_step(leaves=(a_leaf(b"\x10", b"\x20", octets(0x12), octets(0x11)),)),
        a_step(leaves=(a_leaf(b"\x10", b"\x20", octets(0x12), octets(0x12)),)),
        a_step(settled=(a_settled(b"\x40", b"\x50", [octets(0x44), octets(0x43)], []),)),
        a_step(settled=(a_settled(b"\x40", b"\x50", [octets(0x43)] * 2, []),)),
        a_step(settled=(a_settled(b"\x40", b"\x50", [], [octets(0x42), octets(0x41)]),)),
        a_step(settled=(a_settled(b"\x40", b"\x50", [octets(0x43)], []),) * 2),
    ],
)
def test_what_is_out_of_order_is_refused(received: Step) -> None:
    """Ranges and messages ascend, no two ranges overlap, none is empty, each part has its due."""
    assert find_fault(SENT, received, number=2) is End.OUT_OF_ORDER


def edges(count: int) -> list[bytes]:
    """As many bounds in order, and one more."""
    return [number.to_bytes(2, "big") for number in range(1, count + 2)]


def test_too_many_ranges_are_refused() -> None:
    """A step may go into no more ranges than it says, in whatever form."""
    starts = edges(OPEN_MAX + 1)
    splits = tuple(a_split(*starts[place : place + 2]) for place in range(OPEN_MAX + 1))
    leaf = a_leaf(starts[OPEN_MAX], starts[OPEN_MAX + 1])
    assert find_fault(SENT, a_step(splits=splits), number=2) is End.TOO_MANY_RANGES
    many = a_step(splits=splits[:-1], leaves=(leaf,))
    assert find_fault(SENT, many, number=2) is End.TOO_MANY_RANGES
    assert find_fault(SENT, a_step(splits=splits[:-1]), number=2) is End.NOT_ASKED
    starts = edges(2 * OPEN_MAX + 1)
    settled = tuple(
        a_settled(starts[place], starts[place + 1], [starts[place] + bytes(30)], [])
        for place in range(2 * OPEN_MAX + 1)
    )
    assert find_fault(SENT, a_step(settled=settled), number=2) is End.TOO_MANY_RANGES
    assert find_fault(SENT, a_step(settled=settled[:-1]), number=2) is End.NOT_ASKED


def test_too_many_messages_are_refused() -> None:
    """A step names no more messages than it may, over all of its ranges."""
    names = [bytes([0x43]) + number.to_bytes(2, "big") + bytes(29) for number in range(NAMES_MAX)]
    full = a_settled(b"\x40", b"\x50", names, [])
    assert find_fault(SENT, a_step(settled=(full,)), number=2) is None
    more = a_settled(b"\x50", b"\x58", [octets(0x52)], [])
    assert find_fault(SENT, a_step(settled=(full, more)), number=2) is End.TOO_MANY_MESSAGES


def test_a_comparison_has_a_last_step() -> None:
    """None stands after the last, and the last asks for nothing."""
    asking = a_step(splits=(a_split(b"", b"\x10", b"\x08"),))
    assert find_fault(SENT, asking, number=STEPS_MAX - 1) is None
    assert find_fault(SENT, asking, number=STEPS_MAX) is End.TOO_MANY_STEPS
    assert find_fault(SENT, a_step(), number=STEPS_MAX) is None
    assert find_fault(SENT, a_step(), number=STEPS_MAX + 1) is End.TOO_MANY_STEPS


@pytest.mark.parametrize(
    ("received", "end"),
    [
        (a_step(splits=(a_split(b"", None, b"\x80"),)), None),
        (a_step(leaves=(a_leaf(b"", None, octets(1)),)), None),
        (a_step(splits=(a_split(b"", b"\x80", b"\x40"),)), End.NOT_ASKED),
        (a_step(settled=(a_settled(b"", None, [octets(1)], []),)), End.NOT_ASKED),
    ],
)
def test_who_begins_speaks_of_the_whole(received: Step, end: End | None) -> None:
    """The first step divides or lists the whole set, and settles nothing."""
    assert find_fault(None, received, number=1) is end


def test_a_message_that_is_named_keeps_its_number() -> None:
    """A name in a step is a message with its own number."""
    one = an_item(1)
    assert Name(pld=one.pld, jti=one.jti).item == Item(one.pld, one.jti)
