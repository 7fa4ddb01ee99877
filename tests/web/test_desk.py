"""A receiving point sees who is expected, and answers once."""

from datetime import timedelta

import pytest

from exchange.access.rights import Role
from exchange.proof.jws import read_line
from exchange.store.bodies import erase_data_key
from exchange.store.journal import list_events
from tests.builders import HANDOFF, a_cancellation, a_notice
from tests.web.installation import Installation

ARRIVALS = "/v1/arrivals?port=2504&on=2031-03-18"
ACCEPTED = {"answer": "accepted", "officer": "INM-2231"}
RECEIVED = {
    "outcome": "received",
    "at": "2031-03-18T17:05:00Z",
    "receiving_point": "MX-CHAPARRAL",
    "identity": "match",
}
VISA = {
    "document": "FMM",
    "number": "40918273645",
    "issued_at": "2031-03-18T19:30:00Z",
    "office": "INM-TIJ-01",
    "valid_from": "2031-03-18",
    "valid_until": "2031-07-16",
    "entries": "multiple",
    "curp_assigned": False,
}


async def announce(mx: Installation, handoff: str = HANDOFF, **changes: object) -> None:
    """Let the US side announce a handoff."""
    notice = a_notice(**changes)  # type: ignore[arg-type]  # the model judges them
    await mx.inbox.receive(mx.other.line(notice, handoff).octets())


async def test_arrivals_have_names(each_mx: Installation) -> None:
    """An official sees who is expected on the day, with the names needed at the line."""
    await announce(each_mx)
    token = await each_mx.token(Role.RECEIVING_OFFICER, "MX-CHAPARRAL")
    reply = await each_mx.ask("GET", ARRIVALS, token=token)
    assert reply.status == 200
    (arrival,) = reply.document["arrivals"]
    assert arrival["person"]["full_name_as_recorded"] == "María José Núñez de la Peña"
    assert (arrival["handoff"], arrival["stage"]) == (HANDOFF, "noticed")
    assert arrival["window"] == {"from": "2031-03-18T16:00:00Z", "to": "2031-03-18T20:00:00Z"}
    assert reply.headers["Cache-Control"] == "no-store"


async def test_a_revision_replaces_what_is_shown(each_mx: Installation) -> None:
    """Of two revisions the one in force is shown, whatever the order they came in."""
    await announce(each_mx, revision=2, person__given_names="Ana")
    await announce(each_mx, revision=1, person__given_names="Eva")
    token = await each_mx.token(Role.LIAISON)
    reply = await each_mx.ask("GET", ARRIVALS, token=token)
    (arrival,) = reply.document["arrivals"]
    assert (arrival["revision"], arrival["person"]["given_names"]) == (2, "Ana")


async def test_an_erased_person_has_no_name(each_mx: Installation) -> None:
    """Once the handoff's key is gone the arrival stays, without anything about the person."""
    await announce(each_mx)
    await each_mx.store.write(lambda connection: erase_data_key(connection, 1))
    reply = await each_mx.ask("GET", ARRIVALS, token=await each_mx.token(Role.LIAISON))
    (arrival,) = reply.document["arrivals"]
    assert (arrival["handoff"], arrival["person"], arrival["present_at"]) == (HANDOFF, None, None)


async def test_a_view_is_in_the_journal_first(mx: Installation) -> None:
    """Every list that was shown left who asked for which place and day, and no name."""
    await announce(mx)
    await mx.ask("GET", ARRIVALS, token=await mx.token(Role.LIAISON))
    events = await mx.store.read(list_events)
    (viewed,) = [event for event in events if event.kind == "arrivals.viewed"]
    assert (viewed.actor, viewed.data) == ("liaison-1", {"on": "2031-03-18", "port": "2504"})


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/arrivals?port=2504&on=2031-03-19", 200),
        ("/v1/arrivals?port=MX-CHAPARRAL&on=2031-03-19", 200),
        ("/v1/arrivals?port=2503&on=2031-03-18", 403),
        ("/v1/arrivals?port=0000&on=2031-03-18", 404),
        ("/v1/arrivals?on=2031-03-18", 404),
        ("/v1/arrivals?port=2504&on=hoy", 422),
        ("/v1/arrivals?port=2504", 422),
    ],
)
async def test_a_list_is_for_a_place_and_a_day(mx: Installation, path: str, status: int) -> None:
    """Another day is empty, another's place is 403, no place is 404, no day is 422."""
    await announce(mx)
    token = await mx.token(Role.RECEIVING_OFFICER, "MX-CHAPARRAL")
    reply = await mx.ask("GET", path, token=token)
    assert reply.status == status
    assert reply.document.get("arrivals", []) == []


async def test_the_operator_sees_nobody(mx: Installation) -> None:
    """Who keeps the service running is 403 at the list of names."""
    assert (await mx.ask("GET", ARRIVALS, token=await mx.token(Role.OPERATOR))).status == 403


async def test_the_three_answers_are_taken_in_turn(each_mx: Installation) -> None:
    """Acknowledgment, reception and visa are each taken, and the intent follows."""
    await announce(each_mx)
    each_mx.now += timedelta(days=2)
    token = await each_mx.token(Role.RECEIVING_OFFICER, "MX-CHAPARRAL")
    stages = []
    for path, document in (
        ("acknowledgment", ACCEPTED),
        ("reception", RECEIVED),
        ("visa-issuance", VISA),
    ):
        reply = await each_mx.ask(
            "POST", f"/v1/handoffs/{HANDOFF}/{path}", document, token=token, Idempotency_Key=path
        )
        assert reply.status == 202, reply.document
        assert reply.document["message"] == path
        stages.append(reply.document["stage"])
    assert stages == ["accepted", "received", "documented"]
    timeline = await each_mx.ask("GET", f"/v1/handoffs/{HANDOFF}", token=token)
    assert timeline.document["waiting"] == ["acknowledgment", "reception", "visa-issuance"]
    assert timeline.document["intent"] == "documented"


async def test_of_two_officials_one_is_first(mx: Installation) -> None:
    """The second answer is 409 and says what stands."""
    await announce(mx)
    token = await mx.token(Role.RECEIVING_OFFICER)
    path = f"/v1/handoffs/{HANDOFF}/acknowledgment"
    await mx.ask("POST", path, ACCEPTED, token=token)
    reply = await mx.ask(
        "POST", path, {**ACCEPTED, "answer": "refused", "code": "AGE"}, token=token
    )
    assert (reply.status, reply.document["code"]) == (409, "already-answered")
    assert reply.document["standing"] == "accepted"


async def test_an_act_out_of_its_stage_is_409(mx: Installation) -> None:
    """A visa before a reception is 409 and says the stage."""
    await announce(mx)
    token = await mx.token(Role.RECEIVING_OFFICER)
    reply = await mx.ask("POST", f"/v1/handoffs/{HANDOFF}/visa-issuance", VISA, token=token)
    assert (reply.status, reply.document["code"]) == (409, "not-possible")
    assert reply.document["stage"] == "noticed"


async def test_a_bad_answer_has_its_faults_named(mx: Installation) -> None:
    """An answer that does not fit is 422 with pointers."""
    await announce(mx)
    token = await mx.token(Role.RECEIVING_OFFICER)
    reply = await mx.ask(
        "POST",
        f"/v1/handoffs/{HANDOFF}/acknowledgment",
        {"answer": "maybe", "officer": "INM-2231"},
        token=token,
    )
    assert (reply.status, reply.document["code"]) == (422, "invalid")
    assert reply.document["faults"][0]["pointer"] == "/answer"


async def test_another_points_handoff_is_not_there(mx: Installation) -> None:
    """An officer of another receiving point is 404: whether it exists is not said."""
    await announce(mx)
    token = await mx.token(Role.RECEIVING_OFFICER, "MX-MEXICALI")
    path = f"/v1/handoffs/{HANDOFF}/acknowledgment"
    assert (await mx.ask("POST", path, ACCEPTED, token=token)).status == 404
    assert (await mx.ask("GET", f"/v1/handoffs/{HANDOFF}", token=token)).status == 404


async def test_a_timeline_has_messages_and_receipts(mx: Installation) -> None:
    """What was received is on the timeline with what we made of it."""
    await announce(mx)
    line = mx.other.line(a_cancellation()).octets()
    assert read_line(await mx.inbox.receive(line)).payload
    reply = await mx.ask("GET", f"/v1/handoffs/{HANDOFF}", token=await mx.token(Role.LIAISON))
    told = [
        (one["message"], one["direction"], one["receipt"]) for one in reply.document["messages"]
    ]
    assert told == [
        ("return-notice", "received", "accepted"),
        ("return-cancellation", "received", "accepted"),
    ]
    assert reply.document["stage"] == "cancelled"


@pytest.mark.parametrize("path", ["/v1/return-decisions", f"/v1/handoffs/{HANDOFF}/cancellation"])
async def test_the_other_desk_does_not_exist_here(mx: Installation, path: str) -> None:
    """The routes of a US port are 404 at a receiving point."""
    assert (await mx.ask("POST", path, {}, token="x")).status == 404
