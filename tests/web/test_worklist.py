"""An official sees what is to be done on a day, and what the rules advise about each notice."""

from datetime import timedelta
from typing import Any

import orjson
import pytest

from exchange.access.rights import Role
from exchange.domain.messages.body import Body
from exchange.store.bodies import erase_data_key
from exchange.store.journal import list_events
from tests.builders import HANDOFF, a_correction, a_departure, a_notice
from tests.web.installation import Installation
from tests.web.test_desk import ACCEPTED, ARRIVALS, announce

WORKLIST = "/v1/worklist?port=2504&on=2031-03-18"
OTHER = "0f9b3a52-6d0e-4f57-9a43-5d2c1be7a002"
OTHER_MESSAGE = "01932f4a-7c00-7abc-8def-0123456789ab"

SURNAME_PUT_RIGHT = {
    "pointer": "/body/person/first_surname",
    "recorded": "Núñez",
    "value": "Núñez Ávila",
    "basis": "DOCUMENT_SEEN",
}


async def tell(mx: Installation, body: Body, handoff: str = HANDOFF) -> str:
    """Let the US side say something, and return the id of its message."""
    line = mx.other.line(body, handoff)
    await mx.inbox.receive(line.octets())
    return str(orjson.loads(line.payload)["jti"])


async def tasks(mx: Installation, path: str = WORKLIST, **headers: str) -> list[dict[str, Any]]:
    """Return what a receiving officer has to do."""
    token = await mx.token(Role.RECEIVING_OFFICER, "MX-CHAPARRAL")
    reply = await mx.ask("GET", path, token=token, **headers)
    assert reply.status == 200, reply.document
    assert reply.headers["Cache-Control"] == "no-store"
    assert reply.document["more"] is False
    found: list[dict[str, Any]] = reply.document["tasks"]
    return found


async def test_what_is_to_be_done_has_names_and_words(each_mx: Installation) -> None:
    """A task says what is asked, until when, and about whom, in the caller's language."""
    await announce(each_mx)
    (task,) = await tasks(each_mx, Accept_Language="es")
    assert (task["task"], task["asks"]) == ("to-answer", "Acepte, rechace o difiera el aviso.")
    assert (task["due_at"], task["overdue"]) == ("2031-03-17T20:00:00Z", False)
    assert task["person"]["first_surname"] == "Núñez"
    assert (task["hearing"]["version"], task["hearing"]["presentation_port"]) == (1, "2504")
    each_mx.now += timedelta(hours=3)
    assert [one["overdue"] for one in await tasks(each_mx)] == [True]


async def test_what_an_official_has_answered_is_done(mx: Installation) -> None:
    """An answer that waits to be sent leaves nothing to be asked again."""
    await announce(mx)
    token = await mx.token(Role.RECEIVING_OFFICER, "MX-CHAPARRAL")
    path = f"/v1/handoffs/{HANDOFF}/acknowledgment"
    assert (await mx.ask("POST", path, ACCEPTED, token=token)).status == 202
    assert await tasks(mx) == []


async def test_what_is_due_first_stands_first(each_mx: Installation) -> None:
    """Tasks of several people, of different kinds, are in the order of their deadlines."""
    for handoff, minutes in ((OTHER, 0), (HANDOFF, 5)):
        each_mx.now += timedelta(minutes=minutes)
        await announce(each_mx, handoff)
    await tell(each_mx, a_departure())
    found = await tasks(each_mx)
    assert [(one["handoff"], one["task"]) for one in found] == [
        (OTHER, "to-answer"),
        (HANDOFF, "at-the-line"),
    ]


async def test_a_handoff_without_a_notice_is_not_shown(mx: Installation) -> None:
    """Of whom only a crossing was said nobody can be named: an alarm is the place for it."""
    await tell(mx, a_departure())
    assert await tasks(mx) == []


async def test_the_rules_advise_and_fill_in_the_code(each_mx: Installation) -> None:
    """Beside the notice stands what speaks against it, in words, and the code that would fit."""
    await announce(each_mx, person__birth_date="1960-01-31")
    national = a_notice()
    person = national.person.model_copy(update={"nationality": "MEX"})
    await tell(each_mx, national.model_copy(update={"person": person}), OTHER)
    token = await each_mx.token(Role.RECEIVING_OFFICER, "MX-CHAPARRAL")
    for path, member in ((ARRIVALS, "arrivals"), (WORKLIST, "tasks")):
        reply = await each_mx.ask("GET", path, token=token, Accept_Language="es")
        advice = {one["handoff"]: one["advice"] for one in reply.document[member]}
        assert [one["rule_set"] for one in advice.values()] == ["mx-2021-12"] * 2
        assert {name: one["refusal_code"] for name, one in advice.items()} == {
            HANDOFF: None,
            OTHER: "NATIONALITY",
        }
        assert {
            "name": "mexican-national",
            "refusal_code": "NATIONALITY",
            "says": "La persona es nacional de México.",
            "certain": True,
            "unverified": False,
        } in advice[OTHER]["reasons"]
        assert "advanced-age" in [reason["name"] for reason in advice[HANDOFF]["reasons"]]


async def test_a_corrected_name_is_the_one_shown(each_mx: Installation) -> None:
    """What the US side has put right is read at the line from then on."""
    notice = await tell(each_mx, a_notice())
    await tell(each_mx, a_correction(message=notice))
    await tell(each_mx, a_correction(message=OTHER_MESSAGE, value="Ajena"))
    token = await each_mx.token(Role.RECEIVING_OFFICER, "MX-CHAPARRAL")
    (arrival,) = (await each_mx.ask("GET", ARRIVALS, token=token)).document["arrivals"]
    (task,) = await tasks(each_mx)
    for shown in (arrival, task):
        assert shown["person"]["first_surname"] == "Núñez Ávila"
        assert shown["corrected"] == [SURNAME_PUT_RIGHT]


async def test_an_erased_person_has_no_name_on_the_list(mx: Installation) -> None:
    """The task stays once the key is gone, and says nothing of the person."""
    await announce(mx)
    await mx.store.write(lambda connection: erase_data_key(connection, 1))
    (task,) = await tasks(mx)
    assert (task["handoff"], task["person"], task["advice"]) == (HANDOFF, None, None)
    assert task["corrected"] == []


async def test_the_view_of_a_list_is_in_the_journal_first(mx: Installation) -> None:
    """Every list that was shown left who asked for which place and day, and no name."""
    await announce(mx)
    await tasks(mx)
    events = await mx.store.read(list_events)
    (viewed,) = [event for event in events if event.kind == "worklist.viewed"]
    assert viewed.data == {"on": "2031-03-18", "port": "2504"}


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/worklist?port=2503&on=2031-03-18", 403),
        ("/v1/worklist?port=0000&on=2031-03-18", 404),
        ("/v1/worklist?port=2504", 422),
        ("/v1/worklist?port=2504&on=9999-12-31", 422),
        ("/v1/arrivals?port=2504&on=9999-12-31", 422),
    ],
)
async def test_a_worklist_is_for_a_place_and_a_day(
    mx: Installation, path: str, status: int
) -> None:
    """Another's place is 403, no place is 404, no day or one that never ends is 422."""
    token = await mx.token(Role.RECEIVING_OFFICER, "MX-CHAPARRAL")
    assert (await mx.ask("GET", path, token=token)).status == status
