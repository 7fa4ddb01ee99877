"""The body of a request, read whole or not at all: limits hold while it arrives."""

import asyncio
from typing import TypeVar

from aiohttp import web
from pydantic import ValidationError

from exchange.domain.faults import fault_at
from exchange.domain.wire import Closed
from exchange.errors import BadContentType, BadEncoding, Invalid, RequestTooSlow, TooLarge
from exchange.flow.intake import parse_document

Given = TypeVar("Given", bound=Closed)


async def read_body(request: web.Request, *, bytes_max: int, seconds: float) -> bytes:
    """
    Return the whole body of *request*, which may come in chunks of any size.

    Raises:
        TooLarge: It is longer than *bytes_max*; what is beyond was not kept.
        RequestTooSlow: It was not complete within *seconds*; the connection is closed.
    """
    if (request.content_length or 0) > bytes_max:
        raise TooLarge
    if request.content.is_eof():  # most bodies arrive with their head: no timer for them
        body = request.content.read_nowait()
        _require_within(len(body), bytes_max)
        return body
    try:
        async with asyncio.timeout(seconds):
            return await _collect(request, bytes_max)
    except TimeoutError as error:
        raise RequestTooSlow from error


async def _collect(request: web.Request, bytes_max: int) -> bytes:
    body = bytearray()
    async for piece in request.content.iter_any():
        body += piece
        _require_within(len(body), bytes_max)
    return bytes(body)


def _require_within(size: int, bytes_max: int) -> None:
    if size > bytes_max:
        raise TooLarge


def require_media_type(request: web.Request, media_type: str) -> None:
    """
    Let only a plain *media_type* through; its parameters mean nothing here.

    Raises:
        BadContentType: The Content-Type is another, or missing.
        BadEncoding: There is a Content-Encoding: what is signed is what is sent.
    """
    given = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if given != media_type:
        raise BadContentType
    encodings = request.headers.getall("Content-Encoding", [])
    if any(encoding.strip().lower() != "identity" for encoding in encodings):
        raise BadEncoding


def document_in(model: type[Given], body: bytes) -> Given:
    """
    Return the document that was sent.

    Raises:
        Invalid: It does not fit; every fault is named.
    """
    try:
        return model.model_validate(parse_document(body))
    except ValidationError as refused:
        faults = [fault_at(error["type"], error["loc"]) for error in refused.errors()]
        raise Invalid(tuple(dict.fromkeys(faults))) from None
