"""
Every error as ``application/problem+json`` (RFC 9457): the only file that knows their statuses.

- ``type`` is ``urn:handoff:problem:<code>`` and stays the same for ever; ``title`` and
  ``detail`` are English or Spanish by Accept-Language.
- What a problem says is drawn from our own tables: no value, name or path that the caller
  sent is ever repeated. A pointer names members of the published schema.
- An exception nobody foresaw is a bare 500 with an incident id; what it was goes to the log.
"""

import secrets
from collections.abc import Mapping, Sequence
from functools import lru_cache
from http import HTTPStatus
from typing import Final

import orjson
import structlog
from aiohttp import web

from exchange import errors
from exchange.web.logs import trace_of
from exchange.web.texts import INTERNAL, Language, fault_text, problem_text

MEDIA_TYPE: Final = "application/problem+json"
_HEADER_LENGTH_MAX: Final = 200

_log = structlog.get_logger("web")

STATUSES: Final[Mapping[type[errors.ExchangeError], HTTPStatus]] = {
    errors.ExchangeError: HTTPStatus.INTERNAL_SERVER_ERROR,
    # The partner must act.
    errors.MessageRefused: HTTPStatus.BAD_REQUEST,
    errors.RequestRefused: HTTPStatus.BAD_REQUEST,
    errors.TooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    errors.TooManyLines: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    errors.BadContentType: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    errors.BadEncoding: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    errors.RequestTooSlow: HTTPStatus.REQUEST_TIMEOUT,
    errors.RateLimited: HTTPStatus.TOO_MANY_REQUESTS,
    errors.Draining: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.LineRefused: HTTPStatus.BAD_REQUEST,
    errors.LinesRefused: HTTPStatus.BAD_REQUEST,
    # Rejections are answered with signed receipts: one that reaches this table is our mistake.
    errors.MessageRejected: HTTPStatus.INTERNAL_SERVER_ERROR,
    # Time or an operator must act.
    errors.DeliveryFailed: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.KeysUnusable: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.SchemaNotTaken: HTTPStatus.SERVICE_UNAVAILABLE,
    # The caller must act.
    errors.CallerMistaken: HTTPStatus.BAD_REQUEST,
    errors.MethodNotAllowed: HTTPStatus.METHOD_NOT_ALLOWED,
    errors.NotAcceptable: HTTPStatus.NOT_ACCEPTABLE,
    errors.Invalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.WithheldFromReturn: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.DecisionConflict: HTTPStatus.CONFLICT,
    errors.IdempotencyConflict: HTTPStatus.CONFLICT,
    errors.AlreadyAnswered: HTTPStatus.CONFLICT,
    errors.NotPossible: HTTPStatus.CONFLICT,
    errors.Departed: HTTPStatus.CONFLICT,
    errors.NotCleared: HTTPStatus.CONFLICT,
    errors.Held: HTTPStatus.CONFLICT,
    errors.CaseClosed: HTTPStatus.CONFLICT,
    errors.WindowFull: HTTPStatus.CONFLICT,
    errors.NotHeld: HTTPStatus.CONFLICT,
    errors.AlarmStands: HTTPStatus.CONFLICT,
    errors.NotErasable: HTTPStatus.CONFLICT,
    errors.SamePerson: HTTPStatus.CONFLICT,
    errors.NotPreserved: HTTPStatus.CONFLICT,
    errors.NotFound: HTTPStatus.NOT_FOUND,
    errors.Unauthenticated: HTTPStatus.UNAUTHORIZED,
    errors.Forbidden: HTTPStatus.FORBIDDEN,
    errors.UsageWrong: HTTPStatus.BAD_REQUEST,
    # Stop, or do not start.
    errors.EvidenceBroken: HTTPStatus.INTERNAL_SERVER_ERROR,
    errors.TimeStampRefused: HTTPStatus.BAD_GATEWAY,
    errors.StoreFailed: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.StoreBusy: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.NotConfigured: HTTPStatus.INTERNAL_SERVER_ERROR,
}

RETRY_AFTER_SECONDS: Final[Mapping[type[errors.ExchangeError], int]] = {
    errors.RateLimited: 1,
    errors.Draining: 5,
    errors.StoreBusy: 1,
    errors.StoreFailed: 5,
    errors.KeysUnusable: 60,
    errors.SchemaNotTaken: 60,
}


_MEMBERS: Final[Mapping[type[errors.ExchangeError], tuple[str, ...]]] = {
    errors.WithheldFromReturn: ("rule_set", "reasons"),
    errors.AlreadyAnswered: ("standing",),
    errors.NotPossible: ("stage",),
    errors.Departed: ("stage",),
    errors.Forbidden: ("needs",),
}


def status_of(kind: type[errors.ExchangeError]) -> HTTPStatus:
    """Return the status of the nearest class in the table that *kind* is or descends from."""
    return next(STATUSES[ancestor] for ancestor in kind.__mro__ if ancestor in STATUSES)


def language_of(request: web.BaseRequest) -> Language:
    """Return the language of ours that the caller likes best; English when it does not say."""
    header = request.headers.get("Accept-Language", "")
    return _preferred(header) if header and len(header) <= _HEADER_LENGTH_MAX else "en"


def problem(error: errors.ExchangeError, language: Language) -> web.Response:
    """Return *error* as the caller is told about it."""
    members = {
        "status": status_of(type(error)).value,
        "code": error.code,
        **_members_of(error, language),
    }
    return _response(members, language, _headers_of(error))


def unforeseen(error: Exception, language: Language) -> web.Response:
    """Return a bare 500 whose incident id is in the log beside what *error* was."""
    incident = secrets.token_hex(8)
    _log.error(
        "request.failed", incident=incident, error=type(error).__name__, trace=trace_of(error)
    )
    members = {
        "status": HTTPStatus.INTERNAL_SERVER_ERROR.value,
        "code": INTERNAL,
        "incident": incident,
    }
    return _response(members, language, {})


def _response(
    members: Mapping[str, object], language: Language, headers: Mapping[str, str]
) -> web.Response:
    text = problem_text(str(members["code"]), language)
    document = {
        "type": f"urn:handoff:problem:{members['code']}",
        "title": text.title,
        "detail": text.detail,
        **members,
    }
    return web.Response(
        status=int(str(members["status"])),
        body=orjson.dumps(document),
        content_type=MEDIA_TYPE,
        headers={"Content-Language": language, "Cache-Control": "no-store", **headers},
    )


def _members_of(error: errors.ExchangeError, language: Language) -> dict[str, object]:
    """Return what this kind of problem says beyond its code."""
    if isinstance(error, errors.Invalid):
        return {"faults": _faults(error.faults, language)}
    if isinstance(error, errors.WindowFull):
        window = error.next_window and dict(zip(("from", "to"), error.next_window, strict=True))
        return {"faults": _faults(error.faults, language), "next_window": window}
    if isinstance(error, errors.LinesRefused):
        return {"lines": [{"line": fault.line, "code": fault.code} for fault in error.lines]}
    if isinstance(error, errors.NotCleared):
        return {"conditions": _conditions(error.conditions, language)}
    return {name: getattr(error, name) for name in _MEMBERS.get(type(error), ())}


def _conditions(
    conditions: Mapping[str, errors.Sentence], language: Language
) -> list[dict[str, str]]:
    return [{"code": code, "why": why.spoken(language)} for code, why in conditions.items()]


def _faults(faults: Sequence[errors.Fault], language: Language) -> list[dict[str, object]]:
    return [
        {
            "pointer": fault.pointer,
            "code": fault.code,
            "detail": fault_text(fault.code, language),
            **({"known": fault.known} if fault.known else {}),
        }
        for fault in faults
    ]


def _headers_of(error: errors.ExchangeError) -> dict[str, str]:
    headers = {}
    seconds = RETRY_AFTER_SECONDS.get(type(error))
    if seconds is not None:
        headers["Retry-After"] = str(seconds)
    if isinstance(error, errors.Unauthenticated):
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, errors.MethodNotAllowed):
        headers["Allow"] = ", ".join(error.allowed)
    return headers


@lru_cache(maxsize=256)
def _preferred(header: str) -> Language:
    weights: dict[str, float] = {}
    for part in header.lower().split(","):
        tag, _, parameters = part.partition(";")
        weight = parameters.strip().removeprefix("q=") or "1"
        primary = tag.strip().split("-")[0]
        try:
            weights[primary] = max(weights.get(primary, 0.0), float(weight))
        except ValueError:
            continue
    return "es" if weights.get("es", 0.0) > weights.get("en", weights.get("*", 0.0)) else "en"
