"""A person on both sides whose case ended, and what is done to erase them."""

from functools import partial
from typing import Any

import orjson

from exchange.domain.retention import Basis, Retention
from exchange.flow import erasure
from exchange.flow.erasure import Outcome
from exchange.flow.intake import Taken
from exchange.store.handoffs import Handoff, find_handoff
from exchange.store.journal import RecordedEvent, list_events
from tests.builders import a_decision_document
from tests.sides import BothSides, SideOfTests

DAY = 86_400
RULES = Retention()
PLANTED = {
    "given_names": "Xochitl Añoranzatzin",
    "first_surname": "Quetzalcanario",
    "second_surname": "Ñandúguasu",
    "full_name_as_recorded": "Xochitl Añoranzatzin Quetzalcanario Ñandúguasu",
    "birth_date": "1987-11-23",
}
DOCUMENT = "QX7719283746"
VISA = {
    "document": "FMM",
    "number": DOCUMENT,
    "office": "TIJ-01",
    "valid_from": "2031-03-18",
    "valid_until": "2031-09-13",
    "entries": "multiple",
    "curp_assigned": False,
}


def planted(number: int = 1) -> dict[str, Any]:
    """Return the decision about the person whose name is looked for."""
    document = a_decision_document(decision_id=f"00000000-0000-4000-8000-{number:012d}")
    document["person"] |= PLANTED
    return document


async def taken(both: BothSides, number: int = 1) -> str:
    """Return the handoff of the person, of whom nobody has heard yet."""
    result = await both.us.intake.submit(orjson.dumps(planted(number)), actor="port")
    assert isinstance(result, Taken)
    return result.handoff


async def documented(both: BothSides, number: int = 1) -> str:
    """Return the handoff of the person, who was received and given a document."""
    handoff = await taken(both, number)
    await both.settle()
    at = both.clock().isoformat(timespec="seconds").replace("+00:00", "Z")
    seen = {"outcome": "received", "at": at, "receiving_point": "MX-CHAPARRAL"}
    await both.mx.answers.record_reception(handoff, seen | {"identity": "match"}, actor="desk")
    await both.mx.answers.record_visa(handoff, VISA | {"issued_at": at}, actor="desk")
    await both.settle()
    return handoff


async def closed(both: BothSides, number: int = 1) -> str:
    """Return the handoff of the person, whose case has ended."""
    handoff = await documented(both, number)
    await both.us.closures.close(handoff, {"cause": "other"}, actor="supervisor")
    await both.settle()
    return handoff


async def propose(side: SideOfTests, *handoffs: str, actor: str = "ana") -> int | None:
    """Return the number of a proposal: of what is due, or of these handoffs for the person."""
    if not handoffs:
        ask = partial(erasure.propose_due, rules=RULES, actor=actor, now=side.clock())
        return await side.store.write(ask)
    name = partial(
        erasure.propose_named,
        handoffs=handoffs,
        basis=Basis.PERSON_ASKS,
        actor=actor,
        now=side.clock(),
    )
    return await side.store.write(name)


async def confirm(side: SideOfTests, number: int | None, *, actor: str = "luis") -> Outcome:
    """Return what a second person's confirmation did."""
    assert number is not None
    done = partial(
        erasure.confirm,
        number=number,
        rules=RULES,
        actor=actor,
        now=side.clock(),
        entropy=side.keyring.entropy,
    )
    return await side.store.write(done)


async def erase(side: SideOfTests, *handoffs: str) -> Outcome:
    """Erase these handoffs, or what is due."""
    return await confirm(side, await propose(side, *handoffs))


async def row_of(side: SideOfTests, handoff: str) -> Handoff:
    """Return a handoff as it is stored."""
    row = await side.store.read(partial(find_handoff, handoff=handoff))
    assert row is not None
    return row


async def journaled(side: SideOfTests, kind: str) -> list[RecordedEvent]:
    """Return what the journal has of a kind."""
    events = await side.store.read(partial(list_events, limit=10_000))
    return [one for one in events if one.kind.startswith(kind)]
