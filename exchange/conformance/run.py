"""
One run: the partner is met, every case is played, and each has an outcome.

A case ends at its first step that brings something else. After every case in which something
was refused, the next good message must still be accepted. Whoever is no partner is told apart
before anything is sent, within half a minute; whoever stops answering is not waited for case
by case.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from exchange.conformance.case import Case, Group, Need, Scene, Step, step
from exchange.conformance.checks import check
from exchange.conformance.findings import Finding, finding
from exchange.conformance.kit import Kit
from exchange.conformance.makers import good
from exchange.conformance.road import Heard, Road
from exchange.conformance.texts import LANGUAGES
from exchange.conformance.wants import is_refusal, takes, words_of
from exchange.errors import ExchangeError, NotAPartner, NotConfigured, Sentence
from exchange.proof.keys import KeySet, Roots
from exchange.proof.keysets import accept_newer, read_key_set

TEST = ":test"
PARTNER_AWAY = 2
RETRIES_MAX = 5
RETRY_STATUSES = frozenset({429, 503})
RETRY_SECONDS_MAX = 30.0
EXCERPT_BYTES = 4000
OK = 200


class Outcome(StrEnum):
    """How a case ended."""

    PASSED = "passed"
    FAILED = "failed"
    LEFT_OUT = "left-out"


@dataclass(frozen=True, slots=True)
class Exchanged:
    """One request as it was sent and what came back, cut to what a page can show."""

    sent: str
    status: int
    came: str


@dataclass(frozen=True, slots=True)
class Played:
    """A case with its outcome: what was wrong, and in a failed one what was exchanged."""

    name: str
    group: Group
    clause: str
    sent: Sentence
    must: Sentence
    outcome: Outcome
    findings: tuple[Finding, ...] = ()
    exchanged: tuple[Exchanged, ...] = ()
    why_left_out: Need | None = None


Told: TypeAlias = Callable[[Played], None]


def require_test_parties(*parties: str) -> None:
    """
    Return when every party is one of a test installation; nothing has been sent yet.

    Raises:
        NotConfigured: One is not.
    """
    faults = [
        Sentence(
            f"{party}: wants to be a party of a test installation, …{TEST}",
            f"{party}: debe ser parte de una instalación de prueba, …{TEST}",
        )
        for party in parties
        if not party.endswith(TEST)
    ]
    if faults:
        raise NotConfigured(faults)


async def meet(road: Road, *, trusted: KeySet, roots: Roots, theirs: str) -> KeySet:
    """
    Return the key set that the partner shows.

    Raises:
        NotAPartner: What answers, if anything does, shows no key set of the trusted roots.
    """
    heard = await road.ask("GET", "/v1/keys")
    if heard.status != OK:
        raise NotAPartner(_answered(heard.why or str(heard.status)))
    try:
        return accept_newer(trusted, read_key_set(heard.octets, roots, issuer=theirs))
    except ExchangeError as error:
        raise NotAPartner(_answered(error.code)) from error


def _answered(what: str) -> Sentence:
    return Sentence(f"GET /v1/keys: {what}", f"GET /v1/keys: {what}")


class Run:
    """Plays cases against one partner; *told* hears of each as it ends."""

    def __init__(self, kit: Kit, road: Road, told: Told, *, offers: Iterable[Need] = ()) -> None:
        self.kit = kit
        self.road = road
        self._told = told
        self._offers = frozenset(offers)
        self._unanswered = 0

    async def play_all(self, cases: Sequence[Case]) -> list[Played]:
        """Return every case of our side with its outcome, in order."""
        ours = [case for case in cases if self.kit.side in case.sides]
        return [await self._play_told(case) for case in ours]

    async def _play_told(self, case: Case) -> Played:
        played = await self.play(case)
        self._told(played)
        return played

    async def play(self, case: Case) -> Played:
        """Return *case* with its outcome."""
        missing = sorted(case.needs - self._offers)
        if missing:
            return _played(case, Outcome.LEFT_OUT, why_left_out=missing[0])
        if self._unanswered >= PARTNER_AWAY:
            return _played(case, Outcome.FAILED, (finding("no-answer"),))
        findings, exchanged = await self._steps(case)
        if not findings:
            return _played(case, Outcome.PASSED)
        return _played(case, Outcome.FAILED, tuple(findings), tuple(exchanged))

    async def _steps(self, case: Case) -> tuple[list[Finding], list[Exchanged]]:
        scene = Scene(self.kit, case.lines)
        exchanged: list[Exchanged] = []
        for one in case.steps:
            findings = await self.step(one, scene, exchanged)
            if findings:
                return findings, exchanged
        if any(is_refusal(want) for want in case.wants):
            after = Scene(self.kit, {"next": good()})
            findings = await self.step(step("next", takes("next")), after, exchanged)
            if findings:
                return [finding("next-message"), *findings], exchanged
        return [], exchanged

    async def step(self, one: Step, scene: Scene, exchanged: list[Exchanged]) -> list[Finding]:
        """Play one step, add what was exchanged to *exchanged*, and return what is wrong."""
        octets = one.frame([scene.line(name).octets for name in one.sends])
        heard = await self._heard(one, octets)
        exchanged += [_exchanged(octets, answer) for answer in heard]
        findings = check(one, scene, heard)
        await self._note_whether_it_answers(heard if findings else ())
        return findings

    async def _heard(self, one: Step, octets: bytes) -> Sequence[Heard]:
        """Return what came back; a partner that asks for time is given it (7.1)."""
        for _ in range(RETRIES_MAX):
            heard = await one.way(self.road, octets)
            wait = max((_retry_after(answer) for answer in heard), default=0.0)
            if not wait:
                return heard
            await asyncio.sleep(wait)
        return heard

    async def _note_whether_it_answers(self, heard: Sequence[Heard]) -> None:
        """Count how often nothing came where something had to, not even a key set."""
        if not heard or any(answer.status for answer in heard):
            return
        probe = await self.road.ask("GET", "/v1/keys")
        self._unanswered = 0 if probe.status else self._unanswered + 1


def _retry_after(heard: Heard) -> float:
    said = heard.headers.get("retry-after", "")
    if heard.status not in RETRY_STATUSES or not said.isdigit():
        return 0.0
    return min(max(float(said), 0.1), RETRY_SECONDS_MAX)


def _exchanged(octets: bytes, heard: Heard) -> Exchanged:
    came = heard.octets or heard.why.encode()
    return Exchanged(_excerpt(octets), heard.status, _excerpt(came))


def _excerpt(octets: bytes) -> str:
    shown = octets[:EXCERPT_BYTES].decode("utf-8", "replace")
    return shown if len(octets) <= EXCERPT_BYTES else f"{shown}… ({len(octets)})"


def must_of(case: Case) -> Sentence:
    """Return what a case must bring, in both languages."""
    return Sentence(*(words_of(case.wants, language) for language in LANGUAGES))


def _played(
    case: Case,
    outcome: Outcome,
    findings: tuple[Finding, ...] = (),
    exchanged: tuple[Exchanged, ...] = (),
    *,
    why_left_out: Need | None = None,
) -> Played:
    return Played(
        name=case.name,
        group=case.group,
        clause=case.clause,
        sent=case.sent,
        must=must_of(case),
        outcome=outcome,
        findings=findings,
        exchanged=exchanged,
        why_left_out=why_left_out,
    )
