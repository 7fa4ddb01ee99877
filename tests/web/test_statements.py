"""What both sides stated of each day over the internal listener, and who sees which counters."""

import json
from datetime import timedelta

from exchange.access.rights import Role
from exchange.domain.messages.statement import Statement
from exchange.domain.statements import COUNTERS
from exchange.proof.encoding import b64u, digest
from exchange.store.columns import Direction
from exchange.store.comparisons import Compared, record_comparisons
from exchange.store.stated import Stated, insert_statements
from tests.builders import NOW, a_comparison_result, a_statement
from tests.web.installation import Installation

DAY = NOW.date() - timedelta(days=1)
FINGERPRINT = digest(b"ours")


async def stated(us: Installation, **counters: int) -> None:
    """Let the US side state what it said yesterday."""
    counts = [{"port": "2504", **dict.fromkeys(COUNTERS, 0), **counters}]
    mine = Stated(DAY, Direction.SENT, FINGERPRINT, 9, json.dumps(counts), 12, NOW)
    await us.store.write(lambda connection: insert_statements(connection, [mine]))


async def heard(us: Installation, statement: Statement) -> None:
    """Let the partner state a day."""
    await us.inbox.receive(us.other.line(statement, None).octets())


async def test_both_accounts_stand_side_by_side(us: Installation) -> None:
    """Each counter that differs is named with both values, and how the comparison ended."""
    await stated(us, noticed=4, cancelled=1, departed=2)
    theirs = a_statement(day=DAY.isoformat())
    await heard(us, theirs)
    result = a_comparison_result().result
    assert result is not None
    run = Compared(
        None, DAY, Direction.SENT, FINGERPRINT, digest(b"what the United States said"),
        12, "{}", NOW, NOW, NOW, result.model_dump_json(),
    )  # fmt: skip
    await us.store.write(lambda connection: record_comparisons(connection, [(None, run)]))
    reply = await us.ask("GET", "/v1/statements", token=await us.token(Role.LIAISON))
    assert reply.status == 200
    (shown,) = reply.document["days"]
    assert (shown["day"], shown["speaker"], shown["sets_differ"]) == (DAY.isoformat(), "us", True)
    assert (shown["ours"]["messages"], shown["theirs"]["messages"]) == (9, 7)
    assert shown["ours"]["fingerprint"] == b64u(FINGERPRINT)
    assert shown["theirs"]["counters"] == [theirs.counters[0].model_dump()]
    assert shown["counters_differ"] == [
        {"port": "2504", "counter": "noticed", "ours": 4, "theirs": 3}
    ]
    assert shown["comparison"]["state"] == "ended"
    assert shown["comparison"]["our_result"] == result.model_dump(mode="json")
    assert shown["comparison"]["their_result"] is None


async def test_a_day_that_only_one_has_stated_is_shown_as_that(us: Installation) -> None:
    """What is missing is null, and nothing differs from it."""
    await heard(us, a_statement(day=DAY.isoformat()))
    token = await us.token(Role.AUDITOR)
    reply = await us.ask("GET", f"/v1/statements?day={DAY}", token=token)
    (shown,) = reply.document["days"]
    assert (shown["ours"], shown["comparison"], shown["counters_differ"]) == (None, None, [])
    other = await us.ask("GET", f"/v1/statements?day={DAY - timedelta(days=1)}", token=token)
    assert other.document == {"days": []}


async def test_an_officer_sees_the_counters_of_their_own_port(us: Installation) -> None:
    """Of another port neither the counters nor their difference; how many messages, all see."""
    await stated(us, noticed=4)
    await heard(us, a_statement(day=DAY.isoformat()))
    own = await us.ask("GET", "/v1/statements", token=await us.token(Role.PORT_OFFICER, "2504"))
    other = await us.ask("GET", "/v1/statements", token=await us.token(Role.PORT_OFFICER, "2503"))
    assert [one["port"] for one in own.document["days"][0]["ours"]["counters"]] == ["2504"]
    (shown,) = other.document["days"]
    assert (shown["ours"]["counters"], shown["counters_differ"]) == ([], [])
    assert shown["ours"]["messages"] == 9


async def test_a_day_to_come_is_no_day(us: Installation) -> None:
    """422 with what is wrong; and who sees no reports sees no statements."""
    token = await us.token(Role.LIAISON)
    tomorrow = NOW.date() + timedelta(days=1)
    for day, code in ((tomorrow, "in-the-future"), ("yesterday", "bad-format")):
        reply = await us.ask("GET", f"/v1/statements?day={day}", token=token)
        assert reply.status == 422
        assert [fault["code"] for fault in reply.document["faults"]] == [code]
    operator = await us.token(Role.OPERATOR)
    assert (await us.ask("GET", "/v1/statements", token=operator)).status == 403
