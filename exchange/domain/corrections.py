"""
How a message reads once an error in it was put right.

A correction changes what is read and nothing else: no fact, no stage, no deadline. The message
stays as it was signed, and what it says there is shown beside what is read instead.
"""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from copy import deepcopy
from typing import NamedTuple

from exchange.domain.handoff import Stage
from exchange.domain.messages.body import Body
from exchange.domain.messages.catalogue import RETURN_NOTICE, MessageType
from exchange.domain.messages.correction import Correction
from exchange.errors import Fault, Invalid

_STILL_ANNOUNCED = frozenset({Stage.NOTICED, Stage.ACCEPTED, Stage.DEFERRED})

Document = Mapping[str, object]


class PutRight(NamedTuple):
    """One value that reads otherwise than it was recorded: both, and why."""

    pointer: str
    recorded: object
    value: object
    basis: str


class Reading(NamedTuple):
    """How a message reads now, and where that is not what was signed."""

    body: Body
    put_right: tuple[PutRight, ...]


def as_corrected(
    kind: MessageType, document: Document, corrections: Iterable[Correction]
) -> Reading:
    """
    Return how *document* reads with each of the corrections, in their order.

    One that does not fit is passed over: it is in the ledger, and what it says cannot be read.
    Of several in one place the last is read, beside what was signed.
    """
    signed = body = kind.compose(document)
    read: dict[str, Correction] = {}
    for correction in corrections:
        with suppress(Invalid):
            body = put_right(kind, body, correction)
            read[correction.pointer] = correction
    found = (
        PutRight(pointer, value_at(signed, pointer), value_at(body, pointer), one.basis)
        for pointer, one in read.items()
    )
    return Reading(body, tuple(one for one in found if one.recorded != one.value))


def put_right(kind: MessageType, body: Body, correction: Correction) -> Body:
    """
    Return *body* with the one value that *correction* names in its place.

    Raises:
        Invalid: There is no such member, or the value does not fit there or stands there already.
    """
    document = deepcopy(body.model_dump(mode="json"))
    *steps, last = _steps(correction.pointer)
    inner = _walked(document, steps)
    if not isinstance(inner, dict) or last not in inner:
        raise Invalid([Fault("/pointer", "no-such-member")])
    if inner[last] == correction.value:
        raise Invalid([Fault("/value", "unchanged")])
    inner[last] = correction.value
    try:
        return kind.compose(document)
    except Invalid as invalid:
        raise Invalid([Fault("/value", invalid.faults[0].code)]) from None


def must_be_revised(kind: MessageType, stage: Stage) -> bool:
    """Say whether the message is a notice that Mexico still has to act on: it is revised."""
    return kind.name == RETURN_NOTICE.name and stage in _STILL_ANNOUNCED


def _steps(pointer: str) -> list[str]:
    return pointer.split("/")[2:]


def _walked(inner: object, steps: Iterable[str]) -> object:
    for step in steps:
        inner = inner.get(step) if isinstance(inner, dict) else None
    return inner


def value_at(body: Body, pointer: str) -> object:
    """Return the value that a body has where *pointer*, a correction's, says; None if nowhere."""
    return _walked(body.model_dump(mode="json"), _steps(pointer))
