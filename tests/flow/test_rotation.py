"""Keys give way to others, or are ended at once, while both sides speak: nothing is lost."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from hashlib import sha512
from typing import Any

import orjson
import pytest

from exchange.cli.ledger_checks import check_ledger
from exchange.flow.bulletins import Bulletins
from exchange.proof.algorithms import new_private
from exchange.proof.jws import KeyId
from exchange.proof.keys import PrivateKey, PublicKey, Role
from exchange.proof.keysets import accept_newer
from exchange.proof.sealing import OpeningKey, new_opening_half
from exchange.store.columns import Direction, Kind
from exchange.store.outbox import list_outbox
from tests.builders import NOW, a_decision_document
from tests.sides import BothSides, SideOfTests

SIGNING = {
    Role.SIGN: "ES256",
    Role.PQ_SIGN: "ML-DSA-65",
    Role.LEDGER: "Ed25519",
    Role.WITNESS: "ML-DSA-44",
    Role.JOURNAL: "Ed25519",
}
DAY, OVERLAP = timedelta(days=1), timedelta(minutes=30)


@dataclass
class Custodian:
    """Who changes the keys of a running side, whose partner asks for them by and by."""

    side: SideOfTests
    partner: SideOfTests

    def publish(self, *changed: PublicKey, **held: Mapping[KeyId, Any]) -> None:
        """The running side has taken up the next sets, in which these keys are as given."""
        ring = self.side.keyring
        sets = {"key_set": ring.key_set, "journal_keys": ring.journal_keys}
        for name, before in sets.items():
            of_it = [key for key in changed if (key.role is Role.JOURNAL) is (name != "key_set")]
            keys = {**before.keys, **{key.kid: key for key in of_it}}
            sets[name] = replace(before, serial=before.serial + 1, keys=keys)
        ring.renew(
            **sets,
            published=b"",
            signers={**ring.signers, **held.get("signers", {})},
            opening={**ring.opening, **held.get("opening", {})},
        )

    def fresh(self, name: str, role: Role) -> PrivateKey | OpeningKey:
        """A new key of a role, named after the role and *name*."""
        kid = KeyId(f"{self.side.agreement.side}-{role}-{name}")
        seed = sha512(kid.encode()).digest()
        if role is Role.ENCRYPT:
            return OpeningKey(kid, new_opening_half(seed))
        return PrivateKey(kid, role, new_private(SIGNING[role], seed))

    def public(self, key: PrivateKey | OpeningKey, role: Role) -> PublicKey:
        """*key* as it is published when it may be used from now on."""
        now = self.side.clock()
        return PublicKey(
            kid=key.kid,
            role=role,
            half=key.half.public,
            issued_at=now,
            active_from=now,
            expires_at=now + 365 * DAY,
        )

    def rotate(self, name: str) -> None:
        """A new key of every role is published; the old ones end after an overlap."""
        ends = self.side.clock() + OVERLAP
        ring = self.side.keyring
        before = [*ring.key_set.keys.values(), *ring.journal_keys.keys.values()]
        old = [replace(key, expires_at=min(key.expires_at, ends)) for key in before]
        made = {role: self.fresh(name, role) for role in Role}
        new = [self.public(key, role) for role, key in made.items()]
        opening = made.pop(Role.ENCRYPT)
        self.publish(
            *old,
            *new,
            signers={key.kid: key for key in made.values()},
            opening={opening.kid: opening},
        )

    def revoke(self, kid: str, name: str) -> None:
        """A key that signs is not to be trusted from now on, and a new one is beside it."""
        old = self.side.keyring.key_set.keys[KeyId(kid)]
        key = self.fresh(name, old.role)
        ended = replace(old, revoked_at=self.side.clock())
        self.publish(ended, self.public(key, old.role), signers={key.kid: key})

    def partner_asks(self) -> None:
        """The partner takes the set that is published, and shows it when it asks again."""
        theirs = self.partner.partner
        theirs.key_set = accept_newer(theirs.key_set, self.side.keyring.key_set)
        self.side.keyring.note_held()


@dataclass
class Load:
    """What both sides say, again and again; each time all of it has to arrive at once."""

    both: BothSides
    said: int = 0

    async def draft(self) -> None:
        """Have a notice and an advisory wait."""
        self.said += 1
        decision = a_decision_document(
            decision_id=f"00000000-0000-4000-8000-{self.said:012d}",
        )
        await self.both.us.intake.submit(orjson.dumps(decision), actor="port")
        mx = self.both.mx
        desk = Bulletins(
            store=mx.store,
            agreement=mx.agreement,
            keyring=mx.keyring,
            partner=mx.partner,
            changes=mx.changes,
            clock=mx.clock,
        )
        advisory = {
            "receiving_point": "MX-CHAPARRAL",
            "on": self.both.clock().date().isoformat(),
            "people_max": self.said,
            "families_max": 0,
            "opens": "09:00",
            "closes": "17:30",
        }
        await desk.advise(advisory, actor="desk")

    async def passes(self) -> None:
        """What is said now is taken in the first request, by either side."""
        await self.draft()
        for side in (self.both.us, self.both.mx):
            assert await side.send() == 1
            assert await side.store.read(list_outbox) == []


@pytest.fixture
def custodians(both: BothSides) -> tuple[Custodian, Custodian]:
    """Those of both sides, which seal the bodies of what they say."""
    for side in (both.us, both.mx):
        object.__setattr__(side.agreement, "sealed_from", NOW)
    return Custodian(both.us, both.mx), Custodian(both.mx, both.us)


async def signers_of(side: SideOfTests) -> set[str]:
    """Return the names of the keys that signed what this side said last."""
    last = [one for one in await side.entries() if one.direction is Direction.SENT][-1]
    return {one.header.kid for one in last.signatures}


async def ledgers_hold(both: BothSides) -> None:
    """Everything that was ever said still verifies, under the sets as they stand now."""
    for side, other in ((both.us, both.mx), (both.mx, both.us)):
        figures = await side.store.read(
            partial(
                check_ledger,
                key=side.keyring.key_encryption_key,
                ours=side.keyring.key_set,
                journal=side.keyring.journal_keys,
                partner=other.keyring.key_set,
            )
        )
        assert figures.unreceipted == 0


async def test_every_role_is_rotated_under_load_and_nothing_is_refused(
    both: BothSides, custodians: tuple[Custodian, Custodian]
) -> None:
    """Before the partner has the new keys, after, and past the end of the old: all arrives."""
    load = Load(both)
    await load.passes()
    for custodian in custodians:
        custodian.rotate("b")
        await load.passes()  # the partner knows nothing of it yet
    for custodian in custodians:
        custodian.partner_asks()
        await load.passes()
    both.clock.at += OVERLAP
    await load.passes()
    for side in (both.us, both.mx):
        name = side.agreement.side
        sent = [one for one in await side.entries() if one.direction is Direction.SENT]
        message = [one for one in sent if one.kind is Kind.MESSAGE][-1]
        kids = {one.header.kid for one in message.signatures}
        assert kids == {f"{name}-sign-b", f"{name}-pq-sign-b"}
        for role in (Role.LEDGER, Role.WITNESS, Role.JOURNAL):
            assert side.keyring.signer_of(role, both.clock()).kid == f"{name}-{role}-b"
    await ledgers_hold(both)


async def test_a_key_is_revoked_under_load_and_what_was_said_stays_proven(
    both: BothSides, custodians: tuple[Custodian, Custodian]
) -> None:
    """What was under way is signed anew over the same envelope; what was stored still verifies."""
    load, (ours, _) = Load(both), custodians
    await load.passes()
    await load.draft()
    await both.us.send("lost-request")
    both.clock.pass_seconds(1)
    ours.revoke("us-sign-2019a", "b")
    ours.partner_asks()
    await both.settle()
    await load.passes()
    assert await signers_of(both.us) == {"us-sign-b"}
    for side in (both.us, both.mx):
        assert await side.store.read(list_outbox) == []
    sent = {one.pld for one in await both.us.entries() if one.kind is Kind.MESSAGE}
    stored = {one.pld for one in await both.mx.entries() if one.kind is Kind.MESSAGE}
    assert sent == stored
    await ledgers_hold(both)
