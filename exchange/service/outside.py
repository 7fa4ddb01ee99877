"""What reaches beyond the process, made from the settings: network, TLS, log, event loop."""

import asyncio
import gc
import ssl
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TextIO

import aiohttp

from exchange.domain.discrepancies.scopes import Terms
from exchange.domain.parties import Side
from exchange.domain.screening import load_rules
from exchange.flow.agreement import Agreement
from exchange.installation.shipped import rule_texts, shipped_acceptance, shipped_places
from exchange.proof.policy import DEFAULT, ES256_ONLY
from exchange.settings import Settings
from exchange.web.tls import client_context, server_context

COLLECTED_AFTER = 20_000
"""Objects made before the youngest are looked at."""

_SETS = {"hybrid": DEFAULT, "es256": ES256_ONLY}


def agreement_of(settings: Settings) -> Agreement:
    """Return the agreement as the settings and the shipped data say it."""
    sets = _SETS[settings.signature_policy]
    return Agreement(
        side=Side(settings.side),
        ours=settings.party,
        theirs=settings.partner.urn,
        we_sign=sets,
        they_sign=sets,
        places=shipped_places(),
        rules=load_rules(rule_texts(), settings.rules_family),
        limits=settings.deadlines,
        release_seconds=settings.cancellation.release_seconds,
        sealed_from=settings.bodies_sealed_from,
    )


def collect_seldom() -> None:
    """
    Have what start-up made looked at by no collection again, and what is made since seldom.

    A request makes hundreds of objects and a look at everything millions, none of them in cycles.
    """
    gc.freeze()
    gc.set_threshold(COLLECTED_AFTER)


def terms_of(settings: Settings, agreement: Agreement) -> Terms:
    """Return what the rules of reconciliation measure with: both books, on either side."""
    return Terms(
        limits=agreement.limits,
        thresholds=settings.discrepancies,
        identity=settings.identity,
        places=agreement.places,
        acceptance=shipped_acceptance(settings.acceptance_rules),
        screening=agreement.rules,
        release_seconds=agreement.release_seconds,
    )


def session_of(settings: Settings, tls: ssl.SSLContext | None) -> aiohttp.ClientSession:
    """Return the client for the partner; each request in flight keeps a connection open."""
    connector = aiohttp.TCPConnector(
        limit=settings.outbox.requests_in_flight_max + 2,
        keepalive_timeout=settings.inbox.keep_alive_seconds / 2,
        ssl=tls or True,
    )
    return aiohttp.ClientSession(connector=connector, auto_decompress=False)


def client_tls(settings: Settings) -> ssl.SSLContext | None:
    """Return the context of delivery, or None where the partner is on this machine, without."""
    partner = settings.partner
    if not partner.url.startswith("https:"):
        return None
    return client_context(
        authorities=partner.ca_file,
        certificate=partner.client_certificate_file,
        key=partner.client_key_file,
    )


def session_to_duty(settings: Settings) -> aiohttp.ClientSession | None:
    """Return the client for the webhook of alarms, or None where there is none: ours alone."""
    alarms = settings.alarms
    if alarms.webhook_url is None:
        return None
    tls = client_context(authorities=alarms.ca_file)
    return aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=1, ssl=tls))


def server_tls(settings: Settings) -> ssl.SSLContext | None:
    """Return the context of the partner listener, or None where somebody else ends TLS."""
    listen = settings.listen
    certificate, key, authorities = (
        listen.certificate_file,
        listen.key_file,
        listen.client_ca_file,
    )
    if listen.tls != "direct" or certificate is None or key is None or authorities is None:
        return None
    return server_context(certificate=certificate, key=key, client_authorities=authorities)


def partner_address(settings: Settings) -> tuple[str, int] | Path:
    """Return where the partner listener listens: a port, or the socket of the proxy before us."""
    listen = settings.listen
    if listen.tls == "behind-proxy" and listen.partner_socket is not None:
        return listen.partner_socket
    return (listen.partner.host, listen.partner.port)


def log_stream(settings: Settings) -> AbstractContextManager[TextIO]:
    """Return where log events go: the file that the settings name, or stderr."""
    if settings.log.file is None:
        return nullcontext(sys.stderr)
    return settings.log.file.open("a", encoding="utf-8")


def loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """Return uvloop's loop, which takes a fifth less CPU for plain HTTP, where there is one."""
    try:
        import uvloop  # noqa: PLC0415  # absent on some systems
    except ImportError:
        return None
    return uvloop.new_event_loop
