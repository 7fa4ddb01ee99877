"""
A whole run, wired by hand in one place: from settings and an address to a signed report.

Before anything is sent, both parties must be of a test installation; before any message is
sent, the partner must have shown a key set under the roots that we trust.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from exchange.conformance.case import Need
from exchange.conformance.cases import CASES
from exchange.conformance.ear import Ear
from exchange.conformance.keys import POLICIES, open_keys
from exchange.conformance.kit import Kit
from exchange.conformance.listening import Listening, Tell, Waits
from exchange.conformance.report import Circumstances, Report, make_report
from exchange.conformance.road import Patience, Road
from exchange.conformance.run import Played, Run, Told, meet, require_test_parties
from exchange.domain.parties import Side
from exchange.errors import Sentence, UsageWrong
from exchange.flow.clock import Clock, Entropy
from exchange.installation.published import partner_keys
from exchange.service.outside import server_tls
from exchange.settings import Settings
from exchange.settings.connections import Listen, Partner
from exchange.web.limits import ConnectionLimits
from exchange.web.listeners import Listener
from exchange.web.tls import client_context

Section = TypeVar("Section", Partner, Listen)

COUNTER = "conformance.seq"
MEETING = Patience(answer_seconds=20.0)

_BAD_URL = Sentence(
    'URL: wants "https://host:port" without a path, or http:// on this machine',
    'URL: debe ser "https://host:puerto" sin ruta, o http:// en este equipo',
)
_BAD_ADDRESS = Sentence(
    "--listen: wants HOST:PORT, off loopback only with the listen.tls of the settings",
    "--listen: debe ser HOST:PUERTO; fuera de loopback solo con el listen.tls de la configuración",
)


@dataclass(frozen=True, slots=True)
class Conduct:
    """Everything a run is given: whom to ask where, by which clock, and who hears of it."""

    settings: Settings
    url: str
    told: Told
    tell: Tell
    clock: Clock
    entropy: Entropy
    listen: str | None = None
    waits: Waits = field(default_factory=Waits)
    patience: Patience = field(default_factory=Patience)

    async def run(self) -> Report:
        """
        Play everything, and return the signed report.

        Raises:
            NotConfigured: A party is no test party, or the kit's keys or trust are missing.
            UsageWrong: The address, or the one to listen at, cannot be.
            NotAPartner: What answers is no partner.
        """
        settings = self.settings
        require_test_parties(settings.party, settings.partner.urn)
        partner = _checked_partner(settings, self.url)
        listen = _checked_listen(settings, self.listen)
        kit = self._kit()
        tls, bare = _contexts(partner)
        began_at = self.clock()
        roots = kit.roots
        meeting = Road(partner.url, tls=tls, patience=MEETING)
        async with meeting.open():
            kit.partner = await meet(
                meeting, trusted=kit.partner, roots=roots, theirs=settings.partner.urn
            )
        road = Road(partner.url, tls=tls, bare_tls=bare, patience=self.patience)
        counter = settings.directory / COUNTER
        kit.seq = _read_counter(counter)
        try:
            async with road.open():
                played = await self._play(kit, road, listen)
        finally:
            counter.write_text(f"{kit.seq}\n", encoding="ascii")
        circumstances = Circumstances(
            url=partner.url,
            began_at=began_at,
            ended_at=self.clock(),
            policy=settings.signature_policy,
            has_listened=listen is not None,
        )
        return make_report(kit, played, circumstances)

    def _kit(self) -> Kit:
        settings = self.settings
        trusted = partner_keys(settings)
        return Kit(
            side=Side(settings.side),
            ours=settings.party,
            theirs=settings.partner.urn,
            keys=open_keys(settings, now=self.clock(), entropy=self.entropy),
            sets=POLICIES[settings.signature_policy],
            partner=trusted.key_set,
            roots=trusted.roots,
            clock=self.clock,
            entropy=self.entropy,
        )

    async def _play(self, kit: Kit, road: Road, listen: Listen | None) -> list[Played]:
        offers = [Need.TLS] if road.is_tls else []
        offers += [Need.TWO_SIGNATURES] if len(kit.keys.signers) > 1 else []
        run = Run(kit, road, self.told, offers=offers)
        if listen is None:
            return await run.play_all(CASES)
        loop = asyncio.get_running_loop()
        ear = Ear(kit, loop.time, kit.keys.published.line)
        async with _listening(ear, self.settings, listen):
            played = await run.play_all(CASES)
            return played + await Listening(run, ear, self.tell, self.told, self.waits).play_all()


@asynccontextmanager
async def _listening(ear: Ear, settings: Settings, listen: Listen) -> AsyncIterator[None]:
    tls = server_tls(settings.model_copy(update={"listen": listen}))
    address = (listen.partner.host, listen.partner.port)
    listener = Listener(ear.app(), address=address, limits=ConnectionLimits(), tls=tls)
    await listener.start()
    try:
        yield
    finally:
        await listener.stop(drain_seconds=1)


def _checked_partner(settings: Settings, url: str) -> Partner:
    return _checked(lambda: Partner(**{**dict(settings.partner), "url": url}), _BAD_URL)


def _checked_listen(settings: Settings, address: str | None) -> Listen | None:
    if address is None:
        return None
    return _checked(lambda: Listen(**{**dict(settings.listen), "partner": address}), _BAD_ADDRESS)


def _checked(make: Callable[[], Section], wrong: Sentence) -> Section:
    try:
        return make()
    except ValidationError as error:
        raise UsageWrong(wrong) from error


def _contexts(partner: Partner) -> tuple[ssl.SSLContext | None, ssl.SSLContext | None]:
    """Return TLS with our certificate and without it; none for an address without TLS."""
    if not partner.url.startswith("https:"):
        return None, None
    ours = client_context(
        authorities=partner.ca_file,
        certificate=partner.client_certificate_file,
        key=partner.client_key_file,
    )
    return ours, client_context(authorities=partner.ca_file)


def _read_counter(file: Path) -> int:
    """Return the last ``seq`` that the kit used; 0 in a fresh directory."""
    try:
        return int(file.read_text(encoding="ascii"))
    except (FileNotFoundError, ValueError):
        return 0
