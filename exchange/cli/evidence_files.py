"""What ``exchange evidence export`` takes out: gathered, checked as anybody would, and sealed."""

from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

from exchange.cli.database import read, write
from exchange.cli.evidence_shown import shown_of
from exchange.cli.partner import newest_partner_keys
from exchange.cli.selecting import read_day
from exchange.errors import Sentence, UsageWrong
from exchange.flow.bundling import About, gather, record_export, seal_bundle
from exchange.flow.clock import system_clock, system_entropy
from exchange.installation.opening import open_bodies, open_keyring
from exchange.installation.published import our_keys
from exchange.proof.bundle import read_bundle
from exchange.proof.envelope import MessageId
from exchange.proof.evidence import verify_bundle
from exchange.proof.trust import Trust
from exchange.reports.evidence import PAGE, evidence_page
from exchange.service.outside import agreement_of

if TYPE_CHECKING:
    from exchange.proof.steps import Verdict
    from exchange.settings import Settings

_ONE_OF_THEM = Sentence(
    "name a handoff, a message or a day, and only one of them",
    "indique una entrega, un mensaje o un día, y solo uno de ellos",
)
_HANDOFF, _MESSAGE = 4, 7
"""The versions of their UUIDs."""


def about_of(subject: str | None, day: str | None) -> About:
    """
    Return what a bundle is to be about.

    Raises:
        UsageWrong: It is none of the three, or two of them.
    """
    if (subject is None) == (day is None):
        raise UsageWrong(_ONE_OF_THEM)
    if day is not None:
        return About(handoff=None, message=None, day=read_day("--day", day).isoformat())
    try:
        named = UUID(subject or "")
    except ValueError as error:
        raise UsageWrong(_ONE_OF_THEM) from error
    if named.version not in {_HANDOFF, _MESSAGE}:
        raise UsageWrong(_ONE_OF_THEM)
    is_handoff = named.version == _HANDOFF
    return About(
        handoff=str(named) if is_handoff else None,
        message=None if is_handoff else MessageId(str(named)),
        day=None,
    )


def export_bundle(settings: "Settings", about: About, *, actor: str) -> "tuple[bytes, Verdict]":
    """
    Return the bundle about something, and what it proves to whoever trusts what we trust.

    Raises:
        NotFound: There is no such thing.
        EvidenceBroken: What is stored was altered.
    """
    now: datetime = system_clock()
    keyring = open_keyring(settings, now=now, entropy=system_entropy)
    agreement = agreement_of(settings)
    ours, theirs = our_keys(settings), newest_partner_keys(settings)
    write(settings, partial(record_export, about=about, actor=actor, now=now))
    gathered = read(
        settings,
        partial(
            gather,
            about=about,
            key=open_bodies(settings),
            agreement=agreement,
            key_sets={agreement.ours: ours.line, agreement.theirs: theirs.line},
            now=now,
        ),
    )
    seal = partial(seal_bundle, gathered, agreement=agreement, keyring=keyring, now=now)
    trust = Trust({agreement.ours: ours.roots, agreement.theirs: theirs.roots})
    verdict = verify_bundle(read_bundle(seal({})), trust)
    shown = shown_of(gathered.manifest, verdict)
    return seal({PAGE: evidence_page(shown)}), verdict
