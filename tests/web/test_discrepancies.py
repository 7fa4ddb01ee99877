"""Discrepancies over the internal listener: who sees which, and who may resolve one."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection

from exchange.access.rights import Role
from exchange.domain.discrepancies.finding import Finding
from exchange.domain.discrepancies.scopes import Scope, Subject
from exchange.domain.discrepancies.standing import Changes, Discrepancy
from exchange.domain.handoff import HandoffId
from exchange.domain.parties import Side
from exchange.domain.severity import Severity
from exchange.store.discrepancies import record_changes
from exchange.store.handoffs import NewHandoff, insert_handoffs
from exchange.store.journal import list_events
from exchange.web.discrepancies import DiscrepancyShown
from tests.builders import HANDOFF, NOW
from tests.web.installation import Installation

OTHER = HandoffId("00000000-0000-4000-8000-000000000077")
HOUR = timedelta(hours=1)


def found(rule: str, scope: Scope, name: str, *handoffs: HandoffId) -> Discrepancy:
    """Return a discrepancy that opened just now."""
    finding = Finding(
        rule=rule,
        subject=Subject(scope, name),
        severity=Severity.HIGH,
        owner=Side.MX,
        since=NOW - HOUR,
        due_at=NOW + HOUR,
        because=("doubt-at-the-line",),
        handoffs=handoffs,
    )
    return Discrepancy(finding, NOW, NOW)


OF_CHAPARRAL = found("R05", Scope.HANDOFF, HANDOFF, HANDOFF)
OF_PASO = found("R09", Scope.HANDOFF, OTHER, OTHER)
OF_HOLD = found("L1", Scope.HANDOFF, HANDOFF, HANDOFF)
OF_PORT = found("R24", Scope.PORT_DAY, "2504 2031-03-18")
OF_CHANNEL = found("R23", Scope.CHANNEL, "mx")


@pytest.fixture
async def us(each_us: Installation) -> Installation:
    """The US side with two handoffs, each at its own place, and discrepancies about all kinds."""

    def opened(connection: Connection) -> None:
        insert_handoffs(
            connection,
            [
                NewHandoff(
                    handoff=handoff,
                    stage="received",
                    created_at=NOW,
                    port=port,
                    receiving_point=point,
                )
                for handoff, port, point in (
                    (HANDOFF, "2504", "MX-CHAPARRAL"),
                    (OTHER, "2402", "MX-PASO-DEL-NORTE"),
                )
            ],
        )
        every = (OF_CHAPARRAL, OF_PASO, OF_HOLD, OF_PORT, OF_CHANNEL)
        record_changes(connection, Changes(every, (), ()))

    await each_us.store.write(opened)
    return each_us


async def seen(side: Installation, role: Role, *ports: str, query: str = "") -> Any:
    """Return the list that a role at these ports reads."""
    token = await side.token(role, *ports)
    reply = await side.ask("GET", f"/v1/discrepancies{query}", token=token)
    assert reply.status == 200
    return reply.document


async def rules_seen(side: Installation, role: Role, *ports: str) -> list[str]:
    """Return the rules of what a role at these ports reads."""
    return [one["rule"] for one in (await seen(side, role, *ports))["discrepancies"]]


async def test_a_discrepancy_says_all_that_somebody_must_do(us: Installation) -> None:
    """Which rule, whom it is about, who acts, by when, what to do and whom to call."""
    shown = (await seen(us, Role.LIAISON))["discrepancies"][0]
    assert set(shown) == set(DiscrepancyShown.model_fields)
    assert (shown["rule"], shown["subject"], shown["owner"]) == ("R05", HANDOFF, "mx")
    assert shown["because"] == ["doubt-at-the-line"]
    token = await us.token(Role.LIAISON)
    spanish = await us.ask(
        "GET", f"/v1/discrepancies/{shown['number']}", token=token, Accept_Language="es"
    )
    assert spanish.document["name"] == "Conflicto de identidad"
    assert shown["name"] == "Identity conflict"


@pytest.mark.parametrize(
    ("role", "ports", "rules"),
    [
        (Role.AUDITOR, (), ["R05", "R09", "L1", "R24", "R23"]),
        (Role.LIAISON, (), ["R05", "R09", "R24", "R23"]),
        (Role.PORT_OFFICER, ("2504",), ["R05", "L1", "R24"]),
        (Role.PORT_OFFICER, ("2402",), ["R09"]),
    ],
)
async def test_everybody_sees_what_is_theirs(
    us: Installation, role: Role, ports: tuple[str, ...], rules: list[str]
) -> None:
    """Of one's own places, and of holds only who may know of them."""
    assert await rules_seen(us, role, *ports) == rules


async def test_a_list_says_that_there_is_more(us: Installation) -> None:
    """As many as were asked for, and whether that is all."""
    page = await seen(us, Role.AUDITOR, query="?limit=2")
    assert (len(page["discrepancies"]), page["more"]) == (2, True)
    assert (await seen(us, Role.AUDITOR))["more"] is False


async def test_a_person_resolves_one_and_the_journal_says_who(us: Installation) -> None:
    """It is no longer open, and stays to be read with how it ended."""
    number = (await seen(us, Role.LIAISON))["discrepancies"][0]["number"]
    token = await us.token(Role.LIAISON)
    path = f"/v1/discrepancies/{number}"
    reply = await us.ask("POST", f"{path}/resolution", {"resolution": "agreed"}, token=token)
    assert (reply.status, reply.document["resolution"]) == (200, "agreed")
    assert await rules_seen(us, Role.LIAISON) == ["R09", "R24", "R23"]
    again = await us.ask("GET", path, token=token)
    assert again.document["resolved_by"] == reply.document["resolved_by"]
    (*_, event) = await us.store.read(list_events)
    assert event.kind == "discrepancy.resolved"
    assert event.data == {
        "discrepancy": number,
        "rule": "R05",
        "scope": "handoff",
        "name": HANDOFF,
        "resolution": "agreed",
    }
    assert event.handoff is not None
    refused = await us.ask("POST", f"{path}/resolution", {"resolution": "agreed"}, token=token)
    assert refused.status == 404


async def test_what_is_not_theirs_is_not_there(us: Installation) -> None:
    """To who may not see a discrepancy it is as if there were none; nor is one of no number."""
    hidden = (await seen(us, Role.AUDITOR))["discrepancies"][2]["number"]
    token = await us.token(Role.LIAISON)
    for named in (hidden, 999, "x", 0):
        path = f"/v1/discrepancies/{named}"
        assert (await us.ask("GET", path, token=token)).status == 404
        reply = await us.ask("POST", f"{path}/resolution", {"resolution": "handled"}, token=token)
        assert reply.status == 404


async def test_a_discrepancy_of_many_or_unknown_handoffs_is_in_no_timeline(
    us: Installation,
) -> None:
    """What is about a port's day is journalled by itself."""
    shown = (await seen(us, Role.LIAISON))["discrepancies"]
    (number,) = [one["number"] for one in shown if one["rule"] == "R24"]
    token = await us.token(Role.PORT_SUPERVISOR, "2504")
    reply = await us.ask(
        "POST", f"/v1/discrepancies/{number}/resolution", {"resolution": "no-fault"}, token=token
    )
    assert reply.status == 200
    (*_, event) = await us.store.read(list_events)
    assert event.handoff is None


async def test_an_unknown_resolution_is_refused(us: Installation) -> None:
    """The pointer says what is wrong; nothing is resolved."""
    number = (await seen(us, Role.LIAISON))["discrepancies"][0]["number"]
    token = await us.token(Role.LIAISON)
    reply = await us.ask(
        "POST", f"/v1/discrepancies/{number}/resolution", {"resolution": "ignored"}, token=token
    )
    assert reply.status == 422
    assert await rules_seen(us, Role.LIAISON) == ["R05", "R09", "R24", "R23"]
