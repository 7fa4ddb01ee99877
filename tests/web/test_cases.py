"""What was announced is said anew over the internal listener, by who may and with what hinders."""

from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from exchange.access.rights import Role
from exchange.domain.handoff import HandoffId
from exchange.domain.wire import utc_text
from exchange.store.handoffs import find_handoff, update_handoffs
from exchange.web.documents import ActTaken
from tests.builders import HEARING, NOW, a_decision_document, a_notice, a_shared
from tests.web.installation import Installation, Reply

LATER = {
    "return__window__from_": "2031-03-18T18:00:00Z",
    "return__window__to": "2031-03-18T21:00:00Z",
}
MAY = "port-officer | port-supervisor"
NOTHING = dict.fromkeys(("hearing_at", "present_at", "presentation_port"))


def moved(**changes: Any) -> dict[str, Any]:
    """Return the hearing of the default decision, moved by a month."""
    hearing = a_decision_document()["hearing"]
    return {
        **hearing,
        "status": "scheduled",
        "version": 2,
        "hearing_at": {"local": "2031-06-06T08:00", "zone": "America/Los_Angeles"},
        "present_at": {"local": "2031-06-06T04:00", "zone": "America/Los_Angeles"},
        **changes,
    }


async def decided(us: Installation) -> str:
    """Enter a decision, and return its handoff."""
    token = await us.token(Role.PORT_OFFICER)
    reply = await us.ask("POST", "/v1/return-decisions", a_decision_document(), token=token)
    return str(reply.document["handoff"])


async def act(us: Installation, what: str, handoff: str, document: object, **more: Any) -> Reply:
    """Do one act on a handoff as an officer of its port, unless *more* names another role."""
    token = await us.token(more.pop("role", Role.PORT_OFFICER), more.pop("port", "2504"))
    return await us.ask("POST", f"/v1/handoffs/{handoff}/{what}", document, token=token, **more)


async def test_a_revision_is_taken(us: Installation) -> None:
    """The answer says which message will say it; the same key again does nothing more."""
    handoff = await decided(us)
    document = a_decision_document(**LATER)
    taken, again = [
        await act(us, "revision", handoff, document, Idempotency_Key="one") for _ in range(2)
    ]
    assert taken.status == 202
    assert set(taken.document) == set(ActTaken.model_fields)
    assert (taken.document["message"], taken.document["stage"]) == ("return-notice", "noticed")
    assert again.document == taken.document
    row = await us.store.read(partial(find_handoff, handoff=handoff))
    assert row is not None
    assert (str(row.window_from), row.version) == ("2031-03-18 18:00:00+00:00", 2)


async def test_what_hinders_a_revision_is_said(us: Installation) -> None:
    """Nothing new, a person withheld now, a handoff that was taken back: each has its answer."""
    handoff = await decided(us)
    same = await act(us, "revision", handoff, a_decision_document())
    assert (same.status, same.document["faults"][0]["code"]) == (422, "unchanged")
    afraid = a_decision_document(screening__fear="expressed", **LATER)
    withheld = await act(us, "revision", handoff, afraid)
    assert (withheld.status, withheld.document["code"]) == (422, "withheld")
    assert withheld.document["reasons"] == ["fear"]
    gone = await act(us, "revision", handoff, a_decision_document(**LATER))
    assert (gone.status, gone.document["stage"]) == (409, "withdrawn")


async def test_a_hearing_is_moved(us: Installation) -> None:
    """The date that stands is taken; one that leaves out a version is not."""
    handoff = await decided(us)
    taken = await act(us, "hearing", handoff, moved())
    assert (taken.status, taken.document["message"]) == (202, "return-notice")
    wrong = await act(us, "hearing", handoff, moved(version=4))
    assert (wrong.status, wrong.document["faults"][0]["code"]) == (422, "wrong-version")
    none = await act(us, "hearing", handoff, moved(status="none-scheduled", version=3) | NOTHING)
    assert (none.status, none.document["faults"][0]["pointer"]) == (422, "/status")


@pytest.mark.parametrize("what", ["revision", "hearing"])
async def test_only_who_may_says_it_anew(us: Installation, what: str) -> None:
    """A role without the right is told which has it; another port's officer sees nothing."""
    handoff = await decided(us)
    document = a_decision_document(**LATER) if what == "revision" else moved()
    for role in (Role.ASYLUM_OFFICER, Role.LIAISON, Role.AUDITOR, Role.OPERATOR):
        refused = await act(us, what, handoff, document, role=role)
        assert (refused.status, refused.document["needs"]) == (403, MAY)
    elsewhere = await act(us, what, handoff, document, port="2402")
    assert elsewhere.status == (403 if what == "revision" else 404)


async def announce(us: Installation, handoff: str) -> None:
    """Let the partner have heard of the handoff."""
    row = await us.store.read(partial(find_handoff, handoff=handoff))
    assert row is not None
    shared = a_shared(a_notice(), handoff=HandoffId(handoff))
    told = replace(row, local_stage=None, stage=shared.stage, shared=shared.written())
    await us.store.write(lambda connection: update_handoffs(connection, [(row, told)]))


async def test_who_came_is_recorded(us: Installation) -> None:
    """Once: who had not come is named too early before the grace has ended."""
    handoff = await decided(us)
    seen = {"outcome": "presented", "hearing": HEARING, "at": utc_text(NOW), "port": "2504"}
    unknown = await act(us, "presentation", handoff, seen)
    assert (unknown.status, unknown.document["stage"]) == (409, "drafted")
    await announce(us, handoff)
    elsewhere = await act(us, "presentation", handoff, seen, port="2402")
    assert elsewhere.status == 403
    taken = await act(us, "presentation", handoff, seen)
    assert (taken.status, taken.document["stage"]) == (202, "presented")
    again = await act(us, "presentation", handoff, seen)
    assert (again.status, again.document["standing"]) == (409, "presented")


async def test_a_case_is_closed(us: Installation) -> None:
    """By a supervisor, once; after it there is no hearing and no decision."""
    handoff = await decided(us)
    await announce(us, handoff)
    cause = {"cause": "legal"}
    refused = await act(us, "closure", handoff, cause)
    assert (refused.status, refused.document["needs"]) == (403, "port-supervisor")
    taken = await act(us, "closure", handoff, cause, role=Role.PORT_SUPERVISOR)
    assert (taken.status, taken.document["stage"]) == (202, "closed")
    assert "legal" not in str(taken.document)
    again = await act(us, "closure", handoff, cause, role=Role.PORT_SUPERVISOR)
    assert (again.status, again.document["standing"]) == (409, "closed")
    late = await act(us, "hearing", handoff, moved())
    assert (late.status, late.document["code"]) == (409, "case-closed")
    row = await us.store.read(partial(find_handoff, handoff=handoff))
    assert row is not None
    document = a_decision_document(decision_id=handoff, case=row.case_id)
    token = await us.token(Role.PORT_OFFICER, "2504")
    reply = await us.ask("POST", "/v1/return-decisions", document, token=token)
    assert (reply.status, reply.document["code"]) == (409, "case-closed")
