"""Handoffs are read by those they belong to, as a feed that waits, and one with its timeline."""

import asyncio

import pytest

from exchange.access.rights import Role
from tests.builders import a_decision_document
from tests.web.installation import Installation

DECISIONS = "/v1/return-decisions"


async def decide(us: Installation, number: int, **changes: object) -> str:
    """Enter a decision and return its handoff."""
    token = await us.token(Role.PORT_OFFICER)
    decision = f"e1d2c3b4-a596-4877-8695-a4b3c2d1e0{number:02}"
    document = a_decision_document(decision_id=decision, **changes)
    reply = await us.ask("POST", DECISIONS, document, token=token)
    assert reply.status == 202, reply.document
    handoff: str = reply.document["handoff"]
    return handoff


CALEXICO = {
    "return__port": "2503",
    "return__receiving_point": "MX-MEXICALI",
}


async def test_the_feed_goes_on_from_its_cursor(each_us: Installation) -> None:
    """Each page gives the cursor of the next; the last says that there is no more."""
    handoffs = [await decide(each_us, number) for number in range(5)]
    token = await each_us.token(Role.LIAISON)
    seen, cursor, more = [], "0", True
    while more:
        reply = await each_us.ask("GET", f"/v1/handoffs?after={cursor}&limit=2", token=token)
        seen += [one["handoff"] for one in reply.document["handoffs"]]
        cursor, more = reply.document["next"], reply.document["more"]
    assert seen == handoffs
    reply = await each_us.ask("GET", f"/v1/handoffs?after={cursor}", token=token)
    assert (reply.document["handoffs"], reply.document["next"]) == ([], cursor)


async def test_the_feed_says_nothing_of_a_person(us: Installation) -> None:
    """A summary has ids, places and times, and no part of a name or document."""
    await decide(us, 0)
    reply = await us.ask("GET", "/v1/handoffs", token=await us.token(Role.AUDITOR))
    (summary,) = reply.document["handoffs"]
    assert set(summary) == {
        *{"handoff", "case", "stage", "local_stage", "intent", "port", "receiving_point"},
        *{"window_from", "due_at", "held", "causes", "version", "changed"},
    }
    assert (summary["stage"], summary["local_stage"]) == ("unannounced", "drafted")


async def test_a_port_reads_the_case_that_its_next_decision_names(us: Installation) -> None:
    """The case in a summary is taken as that of an earlier cycle."""
    await decide(us, 0)
    token = await us.token(Role.PORT_OFFICER)
    feed = await us.ask("GET", "/v1/handoffs", token=token)
    (summary,) = feed.document["handoffs"]
    await decide(us, 1, case=summary["case"])
    feed = await us.ask("GET", "/v1/handoffs", token=token)
    assert [one["case"] for one in feed.document["handoffs"]] == [summary["case"]] * 2


async def test_a_port_sees_its_own(each_us: Installation) -> None:
    """A client of one port sees its handoffs alone, and its cursor passes the others."""
    mine = await decide(each_us, 0)
    other = await decide(each_us, 1, **CALEXICO)
    token = await each_us.token(Role.PORT_OFFICER, "2504")
    reply = await each_us.ask("GET", "/v1/handoffs", token=token)
    assert [one["handoff"] for one in reply.document["handoffs"]] == [mine]
    assert reply.document["next"] == "2"
    assert (await each_us.ask("GET", f"/v1/handoffs/{mine}", token=token)).status == 200
    assert (await each_us.ask("GET", f"/v1/handoffs/{other}", token=token)).status == 404


async def test_who_waits_is_answered_at_the_change(us: Installation) -> None:
    """A request that waits is answered when something changes, not when its time is over."""
    token = await us.token(Role.LIAISON)
    waiting = asyncio.create_task(us.ask("GET", "/v1/handoffs?after=0&wait=60", token=token))
    await asyncio.wait_for(us.changes.awaited.wait(), 10)
    handoff = await decide(us, 0)
    reply = await asyncio.wait_for(waiting, 10)
    assert [one["handoff"] for one in reply.document["handoffs"]] == [handoff]


async def test_who_waits_is_let_go_when_the_service_stops(us: Installation) -> None:
    """A request that waits is answered, empty, when the service begins to drain."""
    token = await us.token(Role.LIAISON)
    waiting = asyncio.create_task(us.ask("GET", "/v1/handoffs?wait=60", token=token))
    await asyncio.wait_for(us.changes.awaited.wait(), 10)
    us.drain.begin()
    us.changes.announce()
    reply = await asyncio.wait_for(waiting, 10)
    assert (reply.status, reply.document["handoffs"]) == (200, [])


NO_NUMBERS = ["after=x", "wait=-1", "limit=1e3", "after=" + "9" * 40, "wait=61", "limit=501"]


@pytest.mark.parametrize("query", [*NO_NUMBERS, "limit=0"])
async def test_a_number_is_a_number(us: Installation, query: str) -> None:
    """A query member that is no whole number within its published bounds is 422 with its name."""
    reply = await us.ask("GET", f"/v1/handoffs?{query}", token=await us.token(Role.LIAISON))
    assert (reply.status, reply.document["code"]) == (422, "invalid")
    assert reply.document["faults"][0]["pointer"] == "/" + query.split("=", maxsplit=1)[0]


async def test_a_timeline_tells_what_waits(each_us: Installation) -> None:
    """A new handoff has no message yet; its notice waits."""
    handoff = await decide(each_us, 0)
    reply = await each_us.ask(
        "GET", f"/v1/handoffs/{handoff}", token=await each_us.token(Role.PORT_OFFICER)
    )
    assert reply.document["messages"] == []
    assert reply.document["waiting"] == ["return-notice"]
    assert reply.document["events"] is None


async def test_the_journal_is_for_the_auditor(us: Installation) -> None:
    """Who may read the journal sees our own side's events on the timeline."""
    handoff = await decide(us, 0)
    reply = await us.ask("GET", f"/v1/handoffs/{handoff}", token=await us.token(Role.AUDITOR))
    assert [event["event"] for event in reply.document["events"]] == ["decision.cleared"]
