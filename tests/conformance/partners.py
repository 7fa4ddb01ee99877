"""
A partner under test, in this process, and the kit before it.

The partner is our own side on a real database behind its real door. A wrong partner is the same
with one part of it replaced: what it takes in, or what it answers.
"""

import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from exchange.conformance.case import Need
from exchange.conformance.cases import CASES
from exchange.conformance.keys import KitKeys
from exchange.conformance.kit import Kit
from exchange.conformance.report import Circumstances, Report, make_report
from exchange.conformance.road import Patience, Road
from exchange.conformance.run import Outcome, Played, Run, meet
from exchange.domain.parties import Side
from exchange.installation.published import Published
from exchange.proof.algorithms import read_public_jwk
from exchange.proof.keys import KeyState, PublicKey, Role
from exchange.proof.keysets import read_key_set, write_key_set
from exchange.proof.policy import DEFAULT, ES256_ONLY, SignatureSets
from exchange.store import Store
from exchange.web.limits import ConnectionLimits
from exchange.web.partner import PartnerDoor
from exchange.web.tls import client_context, party_of_connection, server_context
from tests.builders import NOW
from tests.keys import EXPIRES_AT, MX, US, Party, entropy_from, key_set_of, private_key, publish
from tests.web.certificates import Authority
from tests.web.installation import Installation
from tests.web.serving import partner_door, partner_listening

HURRY = Patience(answer_seconds=10, slow_seconds=5)
SHORT = ConnectionLimits(head_seconds=0.3)
DAY = timedelta(days=1)
PARTIES = {Side.US: US, Side.MX: MX}

Receive = Callable[[bytes], Awaitable[bytes]]
Wrong = Callable[["UnderTest", PartnerDoor], PartnerDoor]


@dataclass
class UnderTest:
    """A partner, and the kit that speaks to it."""

    side: Installation
    kit: Kit
    road: Road

    async def run(self, *names: str) -> dict[str, Played]:
        """Play every case, or only those *names*, and return each by its name."""
        offers = [Need.TWO_SIGNATURES] if len(self.kit.keys.signers) > 1 else []
        offers += [Need.TLS] if self.road.is_tls else []
        run = Run(self.kit, self.road, lambda _: None, offers=offers)
        chosen = [case for case in CASES if not names or case.name in names]
        return {one.name: one for one in await run.play_all(chosen)}

    def report(self, played: dict[str, Played]) -> Report:
        """Return the signed report of a run."""
        circumstances = Circumstances(
            url=self.road.url,
            began_at=NOW,
            ended_at=NOW,
            policy="hybrid" if len(self.kit.keys.signers) > 1 else "es256",
            has_listened=False,
        )
        return make_report(self.kit, list(played.values()), circumstances)


def failed(played: dict[str, Played]) -> set[str]:
    """Return the names of the cases that failed."""
    return {name for name, one in played.items() if one.outcome is Outcome.FAILED}


def told(played: dict[str, Played]) -> str:
    """Return what was wrong, to be read where a test fails."""
    return "\n".join(
        f"{name}: {found.words('en')}" for name, one in played.items() for found in one.findings
    )


def kit_keys(party: Party, sets: SignatureSets) -> KitKeys:
    """Return the keys of a kit that is *party*, with one of each state in which none may sign."""
    unusable = {
        state: private_key(f"{party.side}-{state}", "sign", "ES256")
        for state in (KeyState.EXPIRED, KeyState.REVOKED, KeyState.STAGED)
    }
    lives: dict[KeyState, PublicKey] = {
        KeyState.EXPIRED: publish(unusable[KeyState.EXPIRED], expires_at=NOW - DAY),
        KeyState.REVOKED: publish(unusable[KeyState.REVOKED], revoked_at=NOW - DAY),
        KeyState.STAGED: publish(
            unusable[KeyState.STAGED], active_from=NOW + DAY, expires_at=EXPIRES_AT
        ),
    }
    encrypt = publish(private_key(f"{party.side}-encrypt", "sign", "ES256"))
    half = read_public_jwk(encrypt.half.jwk() | {"alg": "ECDH-ES"})
    others = replace(encrypt, role=Role.ENCRYPT, half=half)
    keys = [publish(party.sign), publish(party.pq_sign), *lives.values(), others]
    key_set = key_set_of(party.urn, keys)
    return KitKeys(
        signers=party.signers if sets is DEFAULT else party.classical,
        unusable=unusable,
        stranger=private_key("stranger", "sign", "ES256"),
        not_for_signing=others.kid,
        published=Published(party.roots, key_set, write_key_set(key_set, party.root_keys)),
        roots=party.root_keys,
        directory=Path(),
        passphrase=b"",
    )


@asynccontextmanager
async def under_test(
    store: Store,
    side: Side,
    *,
    sets: SignatureSets = DEFAULT,
    wrong: Wrong | None = None,
    tls_in: Path | None = None,
    is_open: bool = False,
) -> AsyncIterator[UnderTest]:
    """
    Serve *side* as the partner under test, for as long as the block lasts, with a kit ready.

    Over TLS (*tls_in* is where its certificates go) it may be *is_open* to everybody.
    """
    one = Installation(store, side)
    us, them = PARTIES[side], PARTIES[side.other]
    keys = kit_keys(them, sets)
    one.partner.key_set = keys.published.key_set
    one.agreement = replace(one.agreement, they_sign=sets)
    inbox = one.inbox
    inbox._agreement = one.agreement  # noqa: SLF001 - the policy of this partner
    published = us.key_set_line
    key_set = read_key_set(published, us.roots, issuer=us.urn)
    kit = Kit(
        side=side.other,
        ours=them.urn,
        theirs=us.urn,
        keys=keys,
        sets=sets,
        partner=key_set,
        roots=us.roots,
        clock=one.clock,
        entropy=entropy_from(f"kit against {side}"),
    )
    door = replace(
        partner_door(inbox, body_seconds=0.3),
        partner=them.urn,
        published_keys=lambda: published,
        clock=one.clock,
        drain=one.drain,
        party_of=party_of_connection if tls_in and not is_open else None,
    )
    server, client, bare = _tls(tls_in, us, them) if tls_in else (None, None, None)
    if server is not None and is_open:
        server.verify_mode = ssl.CERT_NONE
    door = _spoiled(door, wrong, one, kit)
    async with partner_listening(door, limits=SHORT, tls=server) as listener:
        url = f"{'https' if tls_in else 'http'}://127.0.0.1:{listener.port}"
        road = Road(url, tls=client, bare_tls=bare, patience=HURRY)
        async with road.open():
            await meet(road, trusted=key_set, roots=us.roots, theirs=us.urn)
            yield UnderTest(one, kit, road)


def _tls(
    directory: Path, us: Party, them: Party
) -> tuple[ssl.SSLContext, ssl.SSLContext, ssl.SSLContext]:
    """Return TLS of the partner, of the kit, and of somebody without a certificate."""
    authority = Authority(directory)
    theirs, ours = (
        authority.issue(name, uris=[party.urn]) for name, party in (("server", us), ("kit", them))
    )
    root = authority.certificate
    return (
        server_context(certificate=theirs.certificate, key=theirs.key, client_authorities=root),
        client_context(authorities=root, certificate=ours.certificate, key=ours.key),
        client_context(authorities=root),
    )


def _spoiled(door: PartnerDoor, wrong: Wrong | None, one: Installation, kit: Kit) -> PartnerDoor:
    return door if wrong is None else wrong(UnderTest(one, kit, Road("")), door)


POLICIES = {"hybrid": DEFAULT, "es256": ES256_ONLY}
