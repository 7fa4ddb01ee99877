"""The account of a side is shown to those who may see reports, for their own places."""

from datetime import date
from functools import partial
from typing import Any, cast

import orjson

from exchange.access.rights import Role
from exchange.domain.discrepancies.finding import Finding
from exchange.domain.discrepancies.scopes import Scope, Subject
from exchange.domain.discrepancies.standing import Changes, Discrepancy
from exchange.domain.severity import Severity
from exchange.proof.jws import read_line
from exchange.service.daily import make_day_report
from exchange.store.discrepancies import record_changes
from exchange.store.reports import record_report
from tests.builders import NOW, a_decision_document
from tests.keys import MX, US
from tests.web.installation import Installation, Reply

PATH = "/v1/reports/reconciliation"


def section(reply: Reply, id_: str) -> dict[str, Any]:
    """Return one section of the report in a reply."""
    (found,) = (one for one in reply.document["sections"] if one["id"] == id_)
    return cast("dict[str, Any]", found)


def terms(reply: Reply) -> dict[str, Any]:
    """Return what became of everybody, at all places together."""
    return cast("dict[str, Any]", section(reply, "terms")["total"])


async def test_the_account_adds_up(each_us: Installation) -> None:
    """What was decided is withheld or waits, of the port's own day, and names nobody."""
    officer = await each_us.token(Role.PORT_OFFICER)
    for number, nationality in enumerate(("HND", "MEX")):
        document = a_decision_document(
            decision_id=f"e1d2c3b4-a596-4877-8695-a4b3c2d1e00{number}",
            person__nationality=nationality,
        )
        await each_us.ask("POST", "/v1/return-decisions", document, token=officer)
    reply = await each_us.ask("GET", f"{PATH}?day=2031-03-17", token=officer)
    assert (reply.status, reply.document["adds_up"]) == (200, True)
    assert terms(reply) == {
        "place.us": "total",
        "decided": 2,
        "withheld": 1,
        "withdrawn": 0,
        "waiting": 1,
        "noticed": 0,
    }
    assert "Núñez" not in str(reply.document)


async def test_a_port_sees_its_own_account(us: Installation) -> None:
    """A client of another port gets an account without this one's decisions."""
    officer = await us.token(Role.PORT_OFFICER, "2504")
    await us.ask("POST", "/v1/return-decisions", a_decision_document(), token=officer)
    other = await us.token(Role.PORT_OFFICER, "2503")
    reply = await us.ask("GET", PATH, token=other)
    assert terms(reply)["decided"] == 0
    assert terms(await us.ask("GET", PATH, token=officer))["decided"] == 1


async def test_who_may_not_know_of_holds_sees_no_figure_of_them(us: Installation) -> None:
    """A port is told how many are held; a liaison, who speaks with the other side, is not."""
    seen = {
        role: await us.ask("GET", PATH, token=await us.token(role))
        for role in (Role.PORT_OFFICER, Role.LIAISON)
    }
    held = {
        role: [row["handoffs"] for row in section(reply, "steps")["rows"] if row["step"] == "held"]
        for role, reply in seen.items()
    }
    assert held == {Role.PORT_OFFICER: [0], Role.LIAISON: []}


async def test_a_day_is_a_day(us: Installation) -> None:
    """A day that is none is 422; the operator is 403."""
    reply = await us.ask("GET", f"{PATH}?day=ayer", token=await us.token(Role.AUDITOR))
    assert reply.document["faults"][0]["pointer"] == "/day"
    assert (await us.ask("GET", PATH, token=await us.token(Role.OPERATOR))).status == 403


async def test_a_day_that_has_not_begun_has_no_account(us: Installation) -> None:
    """A day still to come is 422, in the caller's language: nothing says that all is well."""
    reply = await us.ask("GET", f"{PATH}?day=2031-03-20", token=await us.token(Role.AUDITOR))
    assert (reply.status, reply.document["faults"][0]["code"]) == (422, "not-begun")


async def test_days_a_port_and_a_point_are_asked_for(us: Installation) -> None:
    """Several days, one port, one receiving point: each narrows what is counted."""
    officer = await us.token(Role.PORT_SUPERVISOR)
    await us.ask("POST", "/v1/return-decisions", a_decision_document(), token=officer)
    for query, decided in (
        ("from=2031-03-01&to=2031-03-17", 1),
        ("from=2031-03-01&to=2031-03-16", 0),
        ("port=2504", 1),
        ("port=2503", 0),
        ("point=MX-CHAPARRAL", 1),
        ("port=2504&point=MX-CHAPARRAL&day=2031-03-17", 1),
    ):
        reply = await us.ask("GET", f"{PATH}?{query}", token=officer)
        assert (reply.status, terms(reply)["decided"]) == (200, decided)


async def test_what_there_is_not_is_said_with_what_there_is(us: Installation) -> None:
    """A port that nobody knows is 422, with the ports that there are; so are days that clash."""
    officer = await us.token(Role.PORT_SUPERVISOR)
    reply = await us.ask("GET", f"{PATH}?port=9999&to=2031-03-17", token=officer)
    assert reply.status == 422
    faults = {one["pointer"]: one for one in reply.document["faults"]}
    assert faults["/from"]["code"] == "day-or-days"
    assert "2504" in faults["/port"]["known"]
    both = await us.ask("GET", f"{PATH}?day=2031-03-17&to=2031-03-17", token=officer)
    assert (both.status, both.document["faults"][0]["pointer"]) == (422, "/day")


async def test_the_place_of_somebody_else_is_refused(us: Installation) -> None:
    """An officer of a port asks for their own port alone, or for no port."""
    officer = await us.token(Role.PORT_OFFICER, "2503")
    assert (await us.ask("GET", f"{PATH}?port=2503", token=officer)).status == 200
    assert (await us.ask("GET", f"{PATH}?port=2504", token=officer)).status == 403


async def test_what_both_sides_know_is_signed(us: Installation) -> None:
    """Whoever has every place gets one line for the partner; who has one port does not."""
    liaison = await us.token(Role.LIAISON)
    reply = await us.ask("GET", "/v1/reports/joint?day=2031-03-17", token=liaison)
    assert reply.status == 200
    assert reply.headers["Content-Type"] == "application/jose+json"
    line = read_line(orjson.dumps(reply.document))
    said = orjson.loads(line.payload)
    assert (said["iss"], said["aud"], said["report"]["kind"]) == (US.urn, MX.urn, "joint")
    assert line.signatures[0].header.typ == "handoff-report+jws"
    officer = await us.token(Role.PORT_OFFICER, "2503")
    assert (await us.ask("GET", "/v1/reports/joint", token=officer)).status == 403


async def test_reports_that_were_made_are_listed_and_read(us: Installation) -> None:
    """The report of a day is read as it was made, in any form, by whoever may know all of it."""
    auditor = await us.token(Role.AUDITOR)
    assert (await us.ask("GET", "/v1/reports", token=auditor)).document == {"reports": []}
    day = date(2031, 3, 16)
    make = partial(make_day_report, day=day, now=NOW, agreement=us.agreement)
    made = await us.store.read(make)
    await us.store.write(partial(record_report, report=made))
    listed = await us.ask("GET", "/v1/reports", token=auditor)
    (one,) = listed.document["reports"]
    assert (one["day"], one["adds_up"], one["critical"]) == ("2031-03-16", True, 0)
    reply = await us.ask("GET", "/v1/reports/days/2031-03-16", token=auditor)
    assert (reply.status, reply.document) == (200, orjson.loads(made.octets))
    for path, status in (
        ("/v1/reports/days/2031-03-15", 404),
        ("/v1/reports/days/ayer", 404),
        ("/v1/reports/days/2031-03-16?format=none", 422),
    ):
        assert (await us.ask("GET", path, token=auditor)).status == status


async def test_a_report_that_tells_all_is_for_who_may_know_all(us: Installation) -> None:
    """A liaison may not know of holds, an officer of one port nothing of the others."""
    for token in (await us.token(Role.LIAISON), await us.token(Role.PORT_SUPERVISOR, "2503")):
        for path in ("/v1/reports", "/v1/reports/days/2031-03-16"):
            assert (await us.ask("GET", path, token=token)).status == 403


async def test_a_case_file_shows_names_to_who_sees_persons(us: Installation) -> None:
    """Without being asked it has none; asked, the journal has it first, and a stranger none."""
    subject = Subject(Scope.CHANNEL, "us")
    gap = Finding("R23", subject, Severity.HIGH, None, NOW, NOW, (), ())
    opened = Changes((Discrepancy(gap, NOW, NOW),), (), ())
    await us.store.write(lambda connection: record_changes(connection, opened))
    path = "/v1/discrepancies/1/case"
    liaison, auditor = await us.token(Role.LIAISON), await us.token(Role.AUDITOR)
    plain = await us.ask("GET", path, token=liaison)
    assert (plain.status, plain.document["kind"]) == (200, "case")
    assert "persons" not in {one["id"] for one in plain.document["sections"]}
    named = await us.ask("GET", f"{path}?names=true", token=auditor)
    assert section(named, "persons")["rows"] == []
    for query, status in (("?names=yes", 422), ("?format=none", 422)):
        assert (await us.ask("GET", path + query, token=auditor)).status == status
    other = await us.token(Role.PORT_OFFICER, "2503")
    assert (await us.ask("GET", path, token=other)).status == 404
    assert (await us.ask("GET", "/v1/discrepancies/2/case", token=auditor)).status == 404
