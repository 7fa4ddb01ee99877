"""A report in the form that its caller asks for: by ``format``, or by what it accepts."""

import asyncio
import re
from collections.abc import Iterator, Sequence
from typing import Final

from aiohttp import web
from pydantic import BaseModel

from exchange.errors import Fault, Invalid, NotAcceptable
from exchange.reports.document import Report
from exchange.reports.forms.every import FORMS, Form, file_name
from exchange.reports.forms.plain import ReportDocument
from exchange.web.problems import language_of
from exchange.web.routes import Parameter

FORMAT: Final = Parameter(
    "format",
    "The form of the report; without it, what the caller accepts.",
    {"type": "string", "enum": list(FORMS)},
)
GIVEN: Final[tuple[type[BaseModel] | str, ...]] = (
    ReportDocument,
    *(form.bare_type for form in FORMS.values() if form.name != "json"),
)
"""What a route that gives a report gives: the published document, or another form of it."""

_ACCEPT_LENGTH_MAX: Final = 1_000
_WEIGHT: Final = re.compile(r"0(\.[0-9]{0,3})?|1(\.0{0,3})?")


def form_of(request: web.Request) -> Form:
    """
    Return the form in which *request* asks for a report: JSON where it does not say.

    Raises:
        Invalid: There is no form of that name.
        NotAcceptable: The caller accepts none of ours.
    """
    name = request.query.get("format")
    if name is None:
        return _accepted(", ".join(request.headers.getall("Accept", [])))
    if name not in FORMS:
        raise Invalid([Fault("/format", "not-in-list", known=tuple(FORMS))])
    return FORMS[name]


async def report_response(request: web.Request, report: Report, form: Form) -> web.Response:
    """Return a report in a form, in the caller's language; nobody on the way keeps it."""
    language = language_of(request)
    loop = asyncio.get_running_loop()
    body = await loop.run_in_executor(None, form.write, report, language)
    shown = "inline" if form.is_shown else "attachment"
    return web.Response(
        body=body,
        headers={
            "Content-Type": form.media_type,
            "Content-Language": language,
            "Content-Disposition": f'{shown}; filename="{file_name(report, form)}"',
            "Cache-Control": "no-store",
            "Vary": "Accept, Accept-Language",
        },
    )


def _accepted(header: str) -> Form:
    """
    Return the form that an Accept header likes best, ours first among those it likes alike.

    Raises:
        NotAcceptable: It likes none (RFC 9110 §12.5.1).
    """
    ranges = list(_ranges(header[:_ACCEPT_LENGTH_MAX])) or [("*/*", 1.0)]
    liked = {form.name: _weight(form, ranges) for form in FORMS.values()}
    best = max(FORMS.values(), key=lambda form: liked[form.name])
    if not liked[best.name]:
        raise NotAcceptable
    return best


def _ranges(header: str) -> Iterator[tuple[str, float]]:
    """Give each media range of an Accept header with its weight; what is no weight is none."""
    for part in header.lower().split(","):
        media_range, *parameters = (piece.strip() for piece in part.split(";"))
        weights = [one.removeprefix("q=") for one in parameters if one.startswith("q=")]
        if media_range:
            yield media_range, _number(weights[0]) if weights else 1.0


def _number(text: str) -> float:
    return float(text) if _WEIGHT.fullmatch(text) else 0.0


def _weight(form: Form, ranges: Sequence[tuple[str, float]]) -> float:
    """Return how much a form is liked: what the most exact range that covers it says."""
    whole = form.bare_type
    for covering in (whole, f"{whole.partition('/')[0]}/*", "*/*"):
        found = [weight for media_range, weight in ranges if media_range == covering]
        if found:
            return max(found)
    return 0.0
