"""
One table of routes for each listener: the router and the OpenAPI description are made from it.

Each handler is wrapped once, here: errors become problems, requests are counted. There is no
middleware, because the route for decisions is the hottest path of the program.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final

from aiohttp import web
from pydantic import BaseModel

from exchange.errors import CallerMistaken, Draining, ExchangeError, MethodNotAllowed, NotFound
from exchange.web.limits import BY_ERROR, Hit, nobody_counts
from exchange.web.problems import language_of, problem, unforeseen

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Count = Callable[[str, int], None]

SERVER: Final = "exchange"
"""What a header says we are: no versions for a stranger."""

_CONTINUE: Final = b"HTTP/1.1 100 Continue\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One member of the query string that a route reads."""

    name: str
    description: str
    schema: dict[str, object]
    required: bool = False


@dataclass(frozen=True, slots=True)
class Route:
    """One row: what is asked, who answers, and what the description says of it."""

    method: str
    path: str
    handler: Handler
    summary: str
    success: HTTPStatus = HTTPStatus.OK
    takes: type[BaseModel] | str | None = None
    gives: type[BaseModel] | str | tuple[type[BaseModel] | str, ...] | None = None
    """A model is given as JSON, a str is another media type; of several the caller chooses."""
    also: tuple[HTTPStatus, ...] = ()
    """Further statuses that are no problem; what is given with them is the same."""
    parameters: tuple[Parameter, ...] = ()
    problems: tuple[type[ExchangeError], ...] = ()
    needs: str | None = None
    idempotent: bool = field(default=False)

    @property
    def name(self) -> str:
        """The route as metrics and logs name it: no id, nothing that a caller chose."""
        return f"{self.method} {self.path}"


def mount(
    app: web.Application, routes: Sequence[Route], count: Count, hit: Hit = nobody_counts
) -> None:
    """Give *app* every route of the table, and a problem for whatever else is asked."""
    for route in routes:
        app.router.add_route(
            route.method,
            route.path,
            guarded(route.handler, route.name, count, hit),
            expect_handler=_expect,
        )
    for path in sorted({route.path for route in routes}):
        allowed = [route.method for route in routes if route.path == path]
        app.router.add_route(
            "*", path, guarded(_refuse_method(allowed), "other", count), expect_handler=_expect
        )
    app.router.add_route(
        "*", "/{other:.*}", guarded(_nothing_here, "other", count), expect_handler=_expect
    )


def guarded(handler: Handler, name: str, count: Count, hit: Hit = nobody_counts) -> Handler:
    """Return *handler* with its errors answered as problems and its answers counted."""

    async def answer(request: web.Request) -> web.StreamResponse:
        response = await _answered(handler, request, hit)
        response.headers["Server"] = SERVER
        count(name, response.status)
        return response

    return answer


async def _answered(handler: Handler, request: web.Request, hit: Hit) -> web.StreamResponse:
    try:
        return await handler(request)
    except Draining as error:
        response = problem(error, language_of(request))
        response.force_close()
        return response
    except ExchangeError as error:
        if limit := BY_ERROR.get(type(error)):
            hit(limit)
        return problem(error, language_of(request))
    except (web.RequestPayloadError, ConnectionError):  # the body broke off, or the caller left
        return problem(CallerMistaken(), language_of(request))
    except Exception as error:  # noqa: BLE001  # nobody foresaw it: the caller gets a bare 500
        return unforeseen(error, language_of(request))


def _refuse_method(allowed: Sequence[str]) -> Handler:
    async def refuse(request: web.Request) -> web.StreamResponse:
        del request
        raise MethodNotAllowed(allowed)

    return refuse


async def _nothing_here(request: web.Request) -> web.StreamResponse:
    del request
    raise NotFound


async def _expect(request: web.Request) -> web.StreamResponse | None:
    """Tell a caller that waits for it to go on; any other expectation is left unmet (RFC 9110)."""
    if request.headers.get("Expect", "").lower() == "100-continue":
        await request.writer.write(_CONTINUE)
        request.writer.output_size = 0
    return None
