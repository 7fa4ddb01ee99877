"""What our own officials put together: (8, 9) the answers, and the cause of a cancellation."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import orjson

from exchange.domain.causes import Cause, read_cause
from exchange.domain.faults import FAULTS
from exchange.domain.handoff import act_of
from exchange.domain.messages.catalogue import (
    ACKNOWLEDGMENT,
    RECEPTION,
    VISA_ISSUANCE,
    MessageType,
)
from exchange.errors import ExchangeError, Invalid
from exchange.flow.intake import parse_document
from tests.bodies import GOOD
from tests.fuzz.references import is_valid
from tests.fuzz.target import Target, wrong


def check(kind: MessageType, octets: bytes) -> bool:
    """Put together what its schema takes, and name the act that it is."""
    try:
        body = kind.compose(_object(parse_document(octets)))
    except Invalid as refused:
        if not refused.faults or any(fault.code not in FAULTS for fault in refused.faults):
            wrong("refused without a fault that has its sentence")
        return False
    if not is_valid(kind.file_name, body.model_dump(mode="json")):
        wrong("a body was put together that its schema refuses")
    act_of(body)
    return True


def _object(document: object) -> dict[str, Any]:
    return document if isinstance(document, dict) else {}


def check_cause(octets: bytes) -> bool:
    """Read one of the causes, and nothing else."""
    try:
        document = parse_document(octets)
        cause = read_cause(document)
    except ExchangeError:
        return False
    if document != {"cause": cause.value}:
        wrong("another cause than the one that is named")
    return True


def seeds(kind: MessageType) -> Iterator[bytes]:
    """Yield an answer of each kind, whole and with one member less."""
    for answer in GOOD[kind.name]:
        good = answer.model_dump(mode="json")
        yield orjson.dumps(good)
        for name in good:
            yield orjson.dumps({key: value for key, value in good.items() if key != name})
            yield orjson.dumps(good | {name: {name: good[name]}})
    yield from (b"", b"[]", b"null")


def cause_seeds() -> Iterator[bytes]:
    """Yield every cause, and what is none."""
    yield from (orjson.dumps({"cause": cause}) for cause in sorted(Cause))
    yield from (b'{"cause":null}', b'{"cause":["legal"]}', b'{"cause":{}}', b"[]", b"{}")
    yield from (b'{"cause":"legal","note":1}', b'"legal"')


TARGETS = (
    *(
        Target(f"answer-{kind.name}", partial(check, kind), partial(seeds, kind), is_json=True)
        for kind in (ACKNOWLEDGMENT, RECEPTION, VISA_ISSUANCE)
    ),
    Target("cause", check_cause, cause_seeds, is_json=True, words=("cause", *sorted(Cause))),
)
