"""The route by which an official says one message about a handoff: the same for every kind."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus

from aiohttp import web
from pydantic import BaseModel

from exchange import errors
from exchange.access.rights import Action
from exchange.domain.messages.catalogue import MessageType
from exchange.flow.acts import Keep
from exchange.flow.answering import Answered
from exchange.flow.intake import parse_document
from exchange.web.calls import Act, Call, Calls
from exchange.web.documents import ActTaken
from exchange.web.handoffs import handoff_in
from exchange.web.routes import Route

Answer = Callable[..., Awaitable[Answered]]


def answering(
    calls: Calls, action: Action, kind: MessageType, answer: Answer, given: type[BaseModel]
) -> Route:
    """Return the row of one message: what it needs, what is given of it, what it becomes."""

    async def does(call: Call, keep: Keep[Answered] | None) -> Answered:
        return await answer(
            handoff_in(call.request),
            parse_document(call.body),
            actor=call.caller.name,
            places=call.caller.ports,
            keep=keep,
        )

    return Route(
        "POST",
        f"/v1/handoffs/{{handoff}}/{kind.name}",
        calls.acting(action, Act(does, say_taken)),
        f"Record the {kind.name.replace('-', ' ')}; its message waits to be sent",
        success=HTTPStatus.ACCEPTED,
        takes=given,
        gives=ActTaken,
        problems=(
            errors.Invalid,
            errors.NotFound,
            errors.AlreadyAnswered,
            errors.NotPossible,
        ),
        needs=action,
        idempotent=True,
    )


def say_taken(_call: Call, answered: Answered) -> web.Response:
    """Say that the answer is stored and what the handoff will be."""
    taken = ActTaken.model_validate(answered, from_attributes=True)
    return taken.response(HTTPStatus.ACCEPTED)
