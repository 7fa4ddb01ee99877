"""
Whether the partner follows our keys: one that is new signs, one that is revoked does not.

The new key is made for this run and kept nowhere; revoked, it stays in our set for ever.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from exchange.conformance.case import Maker, Scene, step
from exchange.conformance.ear import Ear
from exchange.conformance.findings import Finding, finding
from exchange.conformance.keys import new_key, public_of, publish_with
from exchange.conformance.kit import Sent
from exchange.conformance.run import Exchanged, Run
from exchange.conformance.signing import signed_by
from exchange.conformance.wants import Want, refuses, repeats, takes
from exchange.proof.keys import PrivateKey, PublicKey

TRIES_MAX = 20
TRY_SECONDS = 0.5


class HasBeat(Protocol):
    """What says how long the partner's heartbeat may take."""

    @property
    def beat_seconds(self) -> float:
        """The seconds."""
        ...


@dataclass
class Rotation:
    """Publishes two key sets, one after the other, and says something after each."""

    run: Run
    ear: Ear
    waits: HasBeat

    async def play(self, exchanged: list[Exchanged]) -> list[Finding]:
        """Return what is wrong with how the partner follows."""
        kit = self.run.kit
        key = new_key(f"{kit.side}-rotated", kit.entropy)
        public = public_of(key, kit.clock())
        if not await self._publish(public):
            return [finding("no-heartbeat")]
        sent = _by(key)(Scene(kit, {}))
        findings = await self._until(lambda: sent, takes("a"), exchanged)
        if findings:
            return findings
        if not await self._publish(replace(public, revoked_at=kit.clock())):
            return [finding("no-heartbeat")]
        findings = await self._until(
            lambda: _by(key)(Scene(kit, {})), refuses("key-not-active"), exchanged
        )
        return findings or await self._step(sent, repeats("a"), exchanged)

    async def _publish(self, key: PublicKey) -> bool:
        """Say whether the partner has fetched our key set with *key* in it."""
        kit = self.run.kit
        keys = kit.keys
        published = publish_with(keys.directory, keys.published, keys.roots, [key], now=kit.clock())
        kit.keys = replace(keys, published=published)
        self.ear.published = published.line
        return await self.ear.until(
            lambda: any(line == published.line for _, line in self.ear.beats),
            self.waits.beat_seconds,
        )

    async def _until(
        self, make: Callable[[], Sent], want: Want, exchanged: list[Exchanged]
    ) -> list[Finding]:
        findings: list[Finding] = []
        for _ in range(TRIES_MAX):
            findings = await self._step(make(), want, exchanged)
            if not findings:
                return []
            await asyncio.sleep(TRY_SECONDS)
        return findings

    async def _step(self, sent: Sent, want: Want, exchanged: list[Exchanged]) -> list[Finding]:
        scene = Scene(self.run.kit, {"a": lambda _: sent})
        return await self.run.step(step("a", want), scene, exchanged)


def _by(key: PrivateKey) -> Maker:
    return signed_by(lambda kit: (key, *kit.keys.signers[1:]))
