"""Who is named where: what the partner may not learn, and what no record may hold in clear."""

import base64
from collections.abc import Iterator

from exchange.domain.handoff import LocalStage
from tests.sim.evidence import Finished
from tests.sim.ports import DECISION, Errand

SHORTEST = 5
"""Letters of a name that is looked for; a shorter one stands in many texts by chance."""

HEX_OF_UUID = 32


def nobody_withheld_is_named(run: Finished) -> Iterator[str]:
    """
    Nobody who was withheld, or taken back or held before notice, is ever named to the partner.

    Not in any byte on the wire, not in a body that the partner holds, not in its database or
    log: in UTF-8, UTF-16, hexadecimal or base64 at any offset.
    """
    told = {
        operation.answer["handoff"]: decision
        for decision, operation in run.history.accepted(DECISION).items()
    }
    vanished = {
        told[row["handoff"]]
        for row in run.us.rows("handoffs")
        if row["local_stage"] == LocalStage.WITHDRAWN and row["handoff"] in told
    }
    places = {
        "the wire": run.tap.said_by("us", to="mx") + run.tap.said_by("us", to="proxy"),
        "a body": b"\n".join(run.bodies.values()),
        "the partner's database": run.mx.octets(),
    }
    for errand in run.errands:
        if errand.kind == "withheld":
            names = [*_names(errand), *_ids(errand)]
        elif errand.decision_id in vanished:
            names = _ids(errand)
        else:
            continue
        for place, octets in places.items():
            for name in names:
                if any(needle in octets for needle in needles(name)):
                    yield f"{name!r} ({errand.kind}) is in {place}"


def records_name_nobody(run: Finished) -> Iterator[str]:
    """No log and no database file holds the name or document of anybody in clear."""
    places = {
        "a log": run.log.encode(),
        "the file of us": run.us.octets(),
        "the file of mx": run.mx.octets(),
    }
    for errand in run.errands:
        for name in _names(errand):
            for place, octets in places.items():
                if name.encode() in octets:
                    yield f"{name!r} is in {place}"


def _names(errand: Errand) -> list[str]:
    """Return by what a person would be known."""
    person, document = errand.document["person"], errand.document["travel_document"]
    names = [person["full_name_as_recorded"]]
    if errand.kind == "withheld":
        names += [person["given_names"], person["first_surname"]]
    if document is not None and len(document["number"]) > SHORTEST:
        names.append(document["number"])
    return [name for name in names if len(name) >= SHORTEST]


def _ids(errand: Errand) -> list[str]:
    """Return the ids by which two sides could speak about a decision."""
    ids = [errand.decision_id, str(errand.document["hearing"]["hearing"])]
    return ids + [one.replace("-", "") for one in ids]


def needles(text: str) -> Iterator[bytes]:
    """Give the octets that *text* would be found by, however it was written."""
    plain = text.encode()
    yield plain
    yield text.encode("utf-16-le")
    yield plain.hex().encode()
    yield plain[::-1]
    if len(text) == HEX_OF_UUID and text.isalnum():
        yield bytes.fromhex(text)
    for offset, begins in enumerate((0, 2, 3)):
        # What stands before and after changes the first and last characters, and no others.
        whole = base64.b64encode(b"\0" * offset + plain)[begins : (offset + len(plain)) * 8 // 6]
        if len(whole) >= SHORTEST:
            yield whole
            yield whole.translate(bytes.maketrans(b"+/", b"-_"))
