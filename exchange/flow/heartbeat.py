"""
The partner's key set is asked for again and again: new keys, a sign of life, its clock.

A key set is believed because its roots signed it and its serial rose; anything else is an
alarm, and the set we had stays in force. Only who answers with a key set that is believed, or
says that the one we have stands, is the partner: nobody else is heard, and no other clock is
measured.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import partial

import aiohttp
import structlog

from exchange.domain.alarms import AlarmKind
from exchange.errors import ExchangeError, StoreBusy, StoreFailed
from exchange.flow.agreement import Agreement
from exchange.flow.clock import Clock
from exchange.flow.partner import Partner
from exchange.flow.turns import take_turns
from exchange.proof.keys import KeySet, Roots
from exchange.proof.keysets import accept_newer, read_key_set
from exchange.store.alarms import close_alarms, raise_alarm
from exchange.store.engine import Connection, Duplicate, Store
from exchange.store.partner import StoredKeySet, find_key_set, record_contact, record_key_set

log = structlog.get_logger()

KEY_SET_BYTES_MAX = 1024 * 1024
PATIENCE = 0.9
"""The part of the time between two beats that an answer may take: none runs into the next."""
_TAG = re.compile(r'(?:W/)?"[!#-~]{0,200}"')
"""An entity tag (RFC 9110 §8.8.3) that we are ready to say again: no other header is."""


@dataclass(frozen=True, slots=True)
class Beat:
    """What was answered: a key set, or None where ours stands; and the time of who answered."""

    octets: bytes | None
    etag: str | None
    at: datetime | None


class Heartbeat:
    """Asks the partner for its keys, for as long as it runs."""

    def __init__(
        self,
        *,
        store: Store,
        session: aiohttp.ClientSession,
        url: str,
        agreement: Agreement,
        partner: Partner,
        roots: Roots,
        clock: Clock,
        every_seconds: float,
    ) -> None:
        self._store = store
        self._session = session
        self._url = url.rstrip("/") + "/v1/keys"
        self._agreement = agreement
        self._partner = partner
        self._roots = roots
        self._clock = clock
        self._every_seconds = every_seconds
        self._etag: str | None = None

    async def run(self) -> None:
        """Beat until cancelled; a beat that fails is one that was missed, no more."""
        await take_turns(self._every_seconds, self._turn)

    async def _turn(self) -> None:
        try:
            await self.beat()
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            log.info("partner.silent", error=type(error).__name__)
        except (StoreBusy, StoreFailed, Duplicate) as error:
            log.warning("heartbeat.postponed", error=type(error).__name__)

    async def beat(self) -> None:
        """
        Ask once, and record what came of it.

        Raises:
            aiohttp.ClientError, TimeoutError, OSError: The partner did not answer.
        """
        beat = await self._ask()
        now = self._clock()
        if beat.octets is None:
            await self._hear(beat, None, now)
            return
        key_set = self._read(beat.octets)
        if key_set is None:  # its tag is not kept, so that it is looked at again
            await self._store.write(partial(_record_refusal, now=now))
            return
        await self._hear(beat, StoredKeySet(key_set.serial, beat.octets, now), now)
        self._partner.key_set = key_set
        log.info("keys.accepted", serial=key_set.serial)

    async def _hear(self, beat: Beat, key_set: StoredKeySet | None, now: datetime) -> None:
        """Record that the partner spoke, what it published, and how far its clock is off."""
        if beat.at is not None:
            self._partner.skew_seconds = (beat.at - now).total_seconds()
        self._partner.heard(now)
        skew = self._partner.skew_seconds
        milliseconds = None if skew is None else int(skew * 1000)
        await self._store.write(
            partial(_record, now=now, skew_milliseconds=milliseconds, key_set=key_set)
        )
        self._etag = beat.etag

    async def _ask(self) -> Beat:
        headers = {"If-None-Match": self._etag} if self._etag else {}
        timeout = aiohttp.ClientTimeout(total=self._every_seconds * PATIENCE)
        async with self._session.get(
            self._url, headers=headers, timeout=timeout, allow_redirects=False
        ) as response:
            octets = None
            if response.status == 200:  # noqa: PLR2004  # an HTTP status is its own name
                octets = await response.content.read(KEY_SET_BYTES_MAX)
                while not response.content.at_eof() and len(octets) < KEY_SET_BYTES_MAX:
                    octets += await response.content.read(KEY_SET_BYTES_MAX)
            elif response.status != 304 or not headers:  # noqa: PLR2004  # an HTTP status too
                raise aiohttp.ClientResponseError(
                    response.request_info, response.history, status=response.status
                )
            tag, date = response.headers.get("ETag"), response.headers.get("Date")
            return Beat(octets, tag if tag and _TAG.fullmatch(tag) else None, read_date(date))

    def _read(self, octets: bytes) -> KeySet | None:
        """Return the key set, or None where it is not to be believed; the same again is fine."""
        try:
            read = read_key_set(octets, self._roots, issuer=self._agreement.theirs)
            return accept_newer(self._partner.key_set, read)
        except ExchangeError as error:
            log.warning("keys.refused", code=error.code)
            return None


def _record(
    connection: Connection,
    *,
    now: datetime,
    skew_milliseconds: int | None,
    key_set: StoredKeySet | None,
) -> None:
    record_contact(connection, at=now, skew_milliseconds=skew_milliseconds)
    close_alarms(connection, AlarmKind.KEYS_REFUSED, ["partner"], at=now)
    known = find_key_set(connection)
    if key_set is not None and (known is None or key_set.serial > known.serial):
        record_key_set(connection, key_set)


def _record_refusal(connection: Connection, *, now: datetime) -> None:
    raise_alarm(connection, AlarmKind.KEYS_REFUSED, "partner", at=now)


def read_date(header: str | None) -> datetime | None:
    """Return the time of an HTTP Date header (RFC 9110 §6.6.1), whole seconds; None if unread."""
    if header is None:
        return None
    try:
        return parsedate_to_datetime(header).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
