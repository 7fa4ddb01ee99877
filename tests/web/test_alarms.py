"""Alarms over the internal listener: who sees which, who takes one up, and who may close it."""

from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection

from exchange.access.rights import Role
from exchange.domain.alarms import AlarmKind
from exchange.domain.escalation import Level
from exchange.store.alarms import list_open, raise_alarm
from exchange.store.handoffs import NewHandoff, insert_handoffs
from exchange.store.journal import list_events
from exchange.store.wakings import claim_waking, reach_level, record_told
from exchange.web.alarms import AlarmShown
from tests.builders import HANDOFF, NOW
from tests.web.installation import Installation, Reply

OTHER = "00000000-0000-4000-8000-000000000077"
ALERT, LATE, SKEW = AlarmKind.WELFARE_ALERT, AlarmKind.VISA_OVERDUE, AlarmKind.CLOCK_SKEW


async def raised(side: Installation, *kinds: AlarmKind, about: str = HANDOFF) -> list[int]:
    """Open alarms about one of two handoffs, each at its own place; return their numbers."""

    def raise_all(connection: Connection) -> list[int]:
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
        for kind in kinds:
            raise_alarm(connection, kind, about, at=NOW)
        found = {alarm.kind: alarm.number for alarm in list_open(connection)}
        return [found[kind] for kind in kinds]

    return await side.store.write(raise_all)


async def seen(side: Installation, role: Role, *ports: str, query: str = "") -> Any:
    """Return the list that a role at these ports reads."""
    token = await side.token(role, *ports)
    reply = await side.ask("GET", f"/v1/alarms{query}", token=token)
    assert reply.status == 200
    return reply.document


async def kinds_seen(side: Installation, role: Role, *ports: str) -> list[str]:
    """Return the kinds of what a role at these ports reads."""
    return [alarm["kind"] for alarm in (await seen(side, role, *ports))["alarms"]]


async def act(
    side: Installation, role: Role, number: object, what: str, document: object = None
) -> Reply:
    """Take an alarm up, or close it, at San Ysidro."""
    token = await side.token(role, "2504", "MX-CHAPARRAL")
    path = f"/v1/alarms/{number}/{what}"
    return await side.ask("POST", path, {} if document is None else document, token=token)


async def test_an_alarm_says_all_that_a_duty_officer_needs(each_us: Installation) -> None:
    """Which handoff, where, how grave, whom it has reached, what it means and what ends it."""
    (number,) = await raised(each_us, LATE)

    def told(connection: Connection) -> None:
        for level in (Level.PORT, Level.REGION):
            reach_level(connection, level, {LATE}, urgency=1, opened_until=NOW, at=NOW)
        claim = claim_waking(connection, now=NOW, lease_until=NOW)
        assert claim is not None
        record_told(connection, claim, at=NOW)

    await each_us.store.write(told)
    found = await seen(each_us, Role.PORT_OFFICER, "2504")
    (alarm,) = found["alarms"]
    assert set(alarm) == set(AlarmShown.model_fields)
    assert (alarm["number"], alarm["kind"], alarm["severity"]) == (number, LATE, "high")
    assert (alarm["subject"], alarm["place"], alarm["times"]) == (HANDOFF, "2504", 1)
    assert [(one["level"], one["told_at"] is None) for one in alarm["levels"]] == [
        ("port", False),
        ("region", True),
    ]
    assert (alarm["acknowledged_at"], alarm["closed_by_person"]) == (None, False)
    assert alarm["means"] == "Overdue: the temporary document."
    assert (found["next"], found["more"]) == (str(number), False)


async def test_what_it_means_is_in_the_callers_language(us: Installation) -> None:
    """An official reads Spanish where that is asked for."""
    await raised(us, LATE)
    token = await us.token(Role.AUDITOR)
    reply = await us.ask("GET", "/v1/alarms", token=token, Accept_Language="es")
    assert reply.document["alarms"][0]["means"] == "Plazo vencido: el documento temporal."


async def test_an_alarm_is_seen_at_its_port(us: Installation) -> None:
    """A port sees its own, another sees none, and what is about no handoff is for the operator."""
    await raised(us, LATE, SKEW)
    assert await kinds_seen(us, Role.PORT_OFFICER, "2504") == [LATE]
    assert await kinds_seen(us, Role.PORT_OFFICER, "2402") == []
    assert await kinds_seen(us, Role.LIAISON) == [LATE, SKEW]
    assert await kinds_seen(us, Role.OPERATOR, "2402") == [SKEW]


async def test_an_alarm_is_seen_at_its_receiving_point(mx: Installation) -> None:
    """In Mexico a place is a receiving point."""
    await raised(mx, LATE, SKEW)
    assert await kinds_seen(mx, Role.RECEIVING_OFFICER, "MX-CHAPARRAL") == [LATE]
    assert await kinds_seen(mx, Role.RECEIVING_OFFICER, "MX-PASO-DEL-NORTE") == []


async def test_a_recall_is_for_who_knows_of_holds(us: Installation) -> None:
    """A liaison of the other authority, and the operator, do not learn of a hold by its alarm."""
    (number,) = await raised(us, AlarmKind.RECALL)
    for role in (Role.PORT_OFFICER, Role.MEDICAL_OFFICER, Role.AUDITOR):
        assert await kinds_seen(us, role) == [AlarmKind.RECALL]
    for role in (Role.LIAISON, Role.OPERATOR):
        assert await kinds_seen(us, role) == []
    assert (await act(us, Role.OPERATOR, number, "acknowledgment")).status == 404


async def test_the_list_goes_on_from_its_cursor(each_us: Installation) -> None:
    """Page by page, in the order in which they began, past those of other ports."""
    kinds = [LATE, ALERT, AlarmKind.NO_ROOM, AlarmKind.STAY_CHECK_OVERDUE]
    numbers = await raised(each_us, *kinds)
    raised_elsewhere = partial(raise_alarm, kind=LATE, subject=OTHER, at=NOW)
    await each_us.store.write(raised_elsewhere)
    first = await seen(each_us, Role.PORT_OFFICER, "2504", query="?limit=3")
    assert ([one["number"] for one in first["alarms"]], first["more"]) == (numbers[:3], True)
    rest = await seen(each_us, Role.PORT_OFFICER, "2504", query=f"?after={first['next']}")
    assert ([one["number"] for one in rest["alarms"]], rest["more"]) == (numbers[3:], False)
    end = await seen(each_us, Role.PORT_OFFICER, "2504", query=f"?after={rest['next']}")
    assert (end["alarms"], end["next"]) == ([], rest["next"])


async def test_whoever_takes_an_alarm_up_is_named(each_us: Installation) -> None:
    """It stays open, the journal has it, the same person may repeat it, a second one is told."""
    (number,) = await raised(each_us, LATE)
    taken = await act(each_us, Role.PORT_OFFICER, number, "acknowledgment")
    assert (taken.status, taken.document["closed_at"]) == (200, None)
    (alarm,) = (await seen(each_us, Role.AUDITOR))["alarms"]
    assert alarm["acknowledged_by"] == taken.document["acknowledged_by"] != ""

    assert (await act(each_us, Role.PORT_OFFICER, number, "acknowledgment")).status == 200
    second = await act(each_us, Role.PORT_SUPERVISOR, number, "acknowledgment")
    assert (second.status, second.document["standing"]) == (409, "acknowledged")
    events = await each_us.store.read(list_events)
    assert [event.kind for event in events] == ["alarm.acknowledged"]
    assert events[0].handoff is not None


async def test_a_welfare_alert_ends_when_somebody_takes_it_up(each_mx: Installation) -> None:
    """Somebody now sees to the person; what the next call says is another alarm."""
    (number,) = await raised(each_mx, ALERT)
    taken = await act(each_mx, Role.RECEIVING_OFFICER, number, "acknowledgment")
    assert (taken.status, taken.document["closed_at"] is None) == (200, False)
    assert (await seen(each_mx, Role.AUDITOR))["alarms"] == []
    assert (await act(each_mx, Role.RECEIVING_OFFICER, number, "acknowledgment")).status == 200


async def test_a_person_closes_what_a_person_ends(each_us: Installation) -> None:
    """A recall, once it was dealt with; what ends with its cause stands, and it is said why."""
    recall, late = await raised(each_us, AlarmKind.RECALL, LATE)
    closed = await act(each_us, Role.PORT_OFFICER, recall, "closing")
    assert (closed.status, closed.document["closed_at"] is None) == (200, False)
    assert (await act(each_us, Role.PORT_OFFICER, recall, "closing")).status == 404
    stands = await act(each_us, Role.PORT_OFFICER, late, "closing")
    assert (stands.status, stands.document["code"]) == (409, "alarm-stands")
    assert await kinds_seen(each_us, Role.PORT_OFFICER) == [LATE]


@pytest.mark.parametrize("what", ["acknowledgment", "closing"])
async def test_only_whose_alarm_it_is_may_act_on_it(us: Installation, what: str) -> None:
    """Another port and a number that is none find nothing; who only reads is 403."""
    (number,) = await raised(us, AlarmKind.NO_ROOM, about=OTHER)
    for named in (number, number + 1, 0, "x", "01", 10**15):
        assert (await act(us, Role.PORT_OFFICER, named, what)).status == 404
    refused = await act(us, Role.LIAISON, number, what)
    assert refused.status == 403
    assert "port-officer" in refused.document["needs"]
    assert (await act(us, Role.PORT_OFFICER, number, what, {"why": "x"})).status == 422


async def test_the_same_key_acknowledges_once(each_us: Installation) -> None:
    """A repeat under its key is answered the same, though the alarm is over."""
    (number,) = await raised(each_us, ALERT)
    token = await each_us.token(Role.PORT_OFFICER, "2504")
    path = f"/v1/alarms/{number}/acknowledgment"
    replies = [
        await each_us.ask("POST", path, {}, token=token, Idempotency_Key="one") for _ in range(2)
    ]
    assert replies[0].document == replies[1].document
    assert len(await each_us.store.read(list_events)) == 1
