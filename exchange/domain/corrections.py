"""
How a message reads once an error in it was put right.

A correction changes what is read and nothing else: no fact, no stage, no deadline. The message
stays as it was signed.
"""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from copy import deepcopy

from exchange.domain.handoff import Stage
from exchange.domain.messages.body import Body
from exchange.domain.messages.catalogue import RETURN_NOTICE, MessageType
from exchange.domain.messages.correction import Correction
from exchange.errors import Fault, Invalid

_STILL_ANNOUNCED = frozenset({Stage.NOTICED, Stage.ACCEPTED, Stage.DEFERRED})

Document = Mapping[str, object]


def as_corrected(kind: MessageType, document: Document, corrections: Iterable[Correction]) -> Body:
    """
    Return the body that *document* says with each of the corrections, in their order.

    One that does not fit is passed over: it is in the ledger, and what it says cannot be read.
    """
    body = kind.compose(document)
    for correction in corrections:
        with suppress(Invalid):
            body = put_right(kind, body, correction)
    return body


def put_right(kind: MessageType, body: Body, correction: Correction) -> Body:
    """
    Return *body* with the one value that *correction* names in its place.

    Raises:
        Invalid: There is no such member, or the value does not fit there or stands there already.
    """
    document = deepcopy(body.model_dump(mode="json"))
    *steps, last = correction.pointer.split("/")[2:]
    inner: object = document
    for step in steps:
        inner = inner.get(step) if isinstance(inner, dict) else None
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
