"""What both sides of a test state of their days, and where they are made to differ."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from typing import TypeVar

from sqlalchemy import delete, update

from exchange.domain.messages.body import Body
from exchange.domain.messages.catalogue import COMPARISON, STATEMENT, MessageType
from exchange.domain.messages.comparison import Comparison
from exchange.domain.messages.statement import Statement
from exchange.flow.counting import read_set
from exchange.flow.keyring import context_of_body
from exchange.proof.sets import MessageSet
from exchange.store.bodies import list_bodies
from exchange.store.columns import Direction, Kind
from exchange.store.days import OfDay
from exchange.store.engine import Connection
from exchange.store.heads import Head, get_log
from exchange.store.statements import Differences, Pair, find_differences, list_pairs
from exchange.store.tables import ledger, verdicts
from tests.builders import NOW
from tests.sides import BothSides, SideOfTests

DAY = NOW.date()
SENT, RECEIVED = Direction.SENT, Direction.RECEIVED
EARLIER = DAY - timedelta(days=40)

Said = TypeVar("Said", bound=Body)


def close(both: BothSides, *, days: int = 1, hour: int = 1, minute: int = 0) -> None:
    """Move the clock to when that many days have closed, or to another time of that day."""
    at = both.clock.at.replace(hour=hour, minute=minute, second=0) + timedelta(days=days)
    assert at > both.clock.at
    both.clock.at = at


async def looked(both: BothSides, times: int = 1) -> None:
    """Let both sides look, and send whatever comes of it."""
    for _ in range(times):
        await both.us.stating.look()
        await both.mx.stating.look()
        await both.settle()


async def compared(both: BothSides) -> None:
    """Let both sides state the days that closed, wait, and compare what they stated."""
    await looked(both)
    both.clock.pass_seconds(700)
    await looked(both, 8)


async def acknowledged(both: BothSides, handoff: str, answer: str) -> None:
    """Let Mexico answer a notice."""
    code = {"code": "CAPACITY"} if answer == "refused" else {}
    document = {"answer": answer, "officer": "INM-31", **code}
    await both.mx.answers.acknowledge(handoff, document, actor="desk")
    await both.settle()


async def pairs(side: SideOfTests, *, first: date = DAY) -> dict[OfDay, Pair]:
    """Return what both stated of each day, as a side has it."""
    found = await side.store.read(partial(list_pairs, side=side.agreement.side, first=first))
    return {pair.of: pair for pair in found}


async def differences(side: SideOfTests) -> Differences:
    """Return everything in which the two differ, as a side sees it, and not what they stated."""
    find = partial(find_differences, side=side.agreement.side, first=EARLIER)
    return replace(await side.store.read(find), days=())


async def statements_of(side: SideOfTests) -> list[Statement]:
    """Return everything that a side has stated, in the order in which it did."""
    return await _said_by(side, STATEMENT, Statement)


async def steps_of(side: SideOfTests) -> list[Comparison]:
    """Return everything that a side has said in comparisons, in the order in which it did."""
    return await _said_by(side, COMPARISON, Comparison)


async def _said_by(side: SideOfTests, kind: MessageType, model: type[Said]) -> list[Said]:
    entries = [
        one
        for one in await side.entries()
        if one.direction is SENT and one.kind is Kind.MESSAGE and one.schema == kind.schema
    ]
    bodies = await side.store.read(partial(list_bodies, numbers=[one.body or 0 for one in entries]))
    found = []
    for one in entries:
        stored = bodies[one.body or 0]
        octets = side.keyring.unlock(stored, context=context_of_body(stored, None))
        found.append(model.model_validate_json(octets or b""))
    return found


async def messages_of(side: SideOfTests, of: OfDay) -> MessageSet:
    """Return the messages of a day as a side has them now."""
    return await side.store.read(partial(_messages_of, of=of))


def _messages_of(connection: Connection, of: OfDay) -> MessageSet:
    return read_set(connection, of, as_of=get_log(connection, Head.LEDGER).size)


async def lose(side: SideOfTests, of: OfDay, names: Collection[bytes]) -> None:
    """Have a side lose messages of a day, as if they had never come or been said."""
    await side.store.write(partial(_lose, of=of, names=names))


def _lose(connection: Connection, of: OfDay, names: Collection[bytes]) -> None:
    numbers = ledger.c.number.in_(
        number
        for number, pld in connection.execute(
            ledger.select()
            .with_only_columns(ledger.c.number, ledger.c.pld)
            .where(ledger.c.said_on == of.day, ledger.c.direction == of.direction)
        )
        if pld in names
    )
    lost = ledger.select().with_only_columns(ledger.c.number).where(numbers)
    connection.execute(delete(verdicts).where(verdicts.c.message.in_(lost)))
    connection.execute(delete(ledger).where(numbers))


async def alter(side: SideOfTests, of: OfDay, name: bytes, other: bytes) -> None:
    """Have a side hold another message under the number of one of a day."""
    change = (
        update(ledger)
        .where(ledger.c.said_on == of.day, ledger.c.direction == of.direction, ledger.c.pld == name)
        .values(pld=other)
    )
    await side.store.write(lambda connection: connection.execute(change).rowcount)
