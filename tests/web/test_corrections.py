"""What was put right is shown beside what was signed, to those whose handoff it is."""

from exchange.access.rights import Role
from exchange.store.bodies import erase_data_key
from exchange.store.journal import list_events
from tests.builders import HANDOFF, a_correction, a_notice
from tests.web.installation import Installation
from tests.web.test_worklist import OTHER_MESSAGE, SURNAME_PUT_RIGHT, tell

PATH = f"/v1/handoffs/{HANDOFF}/corrections"
POINT = "MX-CHAPARRAL"


async def test_the_signed_value_stands_beside_the_one_read(each_mx: Installation) -> None:
    """Each message that was put right is named, with both values and the reason."""
    notice = await tell(each_mx, a_notice())
    await tell(each_mx, a_correction(message=notice))
    await tell(each_mx, a_correction(message=OTHER_MESSAGE, value="Ajena"))
    token = await each_mx.token(Role.RECEIVING_OFFICER, POINT)
    reply = await each_mx.ask("GET", PATH, token=token)
    assert reply.headers["Cache-Control"] == "no-store"
    assert (reply.status, reply.document) == (
        200,
        {
            "handoff": HANDOFF,
            "messages": [
                {
                    "message": "return-notice",
                    "jti": notice,
                    "direction": "received",
                    "values": [SURNAME_PUT_RIGHT],
                }
            ],
        },
    )


async def test_the_timeline_has_the_id_that_a_correction_names(mx: Installation) -> None:
    """Whoever corrects a message finds its id where the message stands."""
    notice = await tell(mx, a_notice())
    token = await mx.token(Role.RECEIVING_OFFICER, POINT)
    timeline = await mx.ask("GET", f"/v1/handoffs/{HANDOFF}", token=token)
    assert [one["jti"] for one in timeline.document["messages"]] == [notice]


async def test_what_was_never_put_right_is_an_empty_list(mx: Installation) -> None:
    """Of a handoff without a correction, or one whose person was erased, nothing is shown."""
    notice = await tell(mx, a_notice())
    token = await mx.token(Role.RECEIVING_OFFICER, POINT)
    assert (await mx.ask("GET", PATH, token=token)).document["messages"] == []
    await tell(mx, a_correction(message=notice))
    await mx.store.write(lambda connection: erase_data_key(connection, 1))
    assert (await mx.ask("GET", PATH, token=token)).document["messages"] == []


async def test_a_view_of_them_is_in_the_journal(mx: Installation) -> None:
    """Who looked at which handoff is kept, and nothing of what was seen."""
    await tell(mx, a_notice())
    await mx.ask("GET", PATH, token=await mx.token(Role.LIAISON))
    (viewed,) = [
        event for event in await mx.store.read(list_events) if event.kind == "corrections.viewed"
    ]
    assert (viewed.actor, viewed.handoff, viewed.data) == ("liaison-1", 1, {})


async def test_another_points_corrections_are_not_there(mx: Installation) -> None:
    """An officer of another point is 404 as for a handoff that nobody has; an operator is 403."""
    await tell(mx, a_notice())
    elsewhere = await mx.token(Role.RECEIVING_OFFICER, "MX-MEXICALI")
    assert (await mx.ask("GET", PATH, token=elsewhere)).status == 404
    operator = await mx.token(Role.OPERATOR)
    assert (await mx.ask("GET", PATH, token=operator)).status == 403
    assert await mx.store.read(list_events) == []
