"""What each party lets everybody know of its keys: read, published anew, trusted."""

import os
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from exchange.domain.messages.catalogue import MESSAGE_TYPES
from exchange.errors import ExchangeError, KeySetRefused, NotConfigured, Sentence
from exchange.installation.passphrase import read_passphrase
from exchange.proof.keyfiles import read_private_key
from exchange.proof.keys import KeySet, Roots, fingerprint_matches
from exchange.proof.keysets import (
    JournalPayload,
    KeySetPayload,
    accept_newer,
    read_key_set,
    read_roots,
    write_key_set,
)
from exchange.settings import Settings

KEY_SET = "public.jws"
JOURNAL_KEYS = "journal.jws"
ROOTS_FILE = "roots.json"

LIFE = timedelta(days=731)
"""How long a signing key may sign, and a key set is current."""


@dataclass(frozen=True, slots=True)
class Published:
    """What one party lets everybody know: its roots, and the key set that they signed."""

    roots: Roots
    key_set: KeySet
    line: bytes = field(repr=False)


def our_keys(settings: Settings) -> Published:
    """
    Return what we publish.

    Raises:
        NotConfigured: It is missing, or our own roots did not sign it.
    """
    return _published(settings.keys.directory, settings.party, _MADE_BY_INIT)


def journal_keys(settings: Settings, ours: Published) -> KeySet:
    """
    Return the keys of our journal, which the roots of *ours* signed.

    Raises:
        NotConfigured: They are missing, or other roots signed them.
    """
    file = settings.keys.directory / JOURNAL_KEYS
    if not file.is_file():
        raise NotConfigured([_missing(file, _MADE_BY_INIT)])
    try:
        return read_key_set(
            file.read_bytes(), ours.roots, issuer=settings.party, model=JournalPayload
        )
    except ExchangeError as error:
        raise NotConfigured([_no_key_set(file, settings.party, error)]) from error


def partner_keys(settings: Settings) -> Published:
    """
    Return what the partner publishes, as we trust it.

    Raises:
        NotConfigured: It was not trusted yet, or does not hold.
    """
    return _published(settings.keys.trust_directory, settings.partner.urn, _TRUSTED_BY_HAND)


def publish(settings: Settings, *, now: datetime, roots: Path | None = None) -> Published:
    """
    Sign our key set anew with the next serial, put it in place and return it.

    Raises:
        NotConfigured: A root key is not here: bring it, or sign where it is kept.
    """
    return sign_set(settings, our_keys(settings).key_set, now=now, roots=roots)


def sign_set(
    settings: Settings,
    key_set: KeySet,
    *,
    now: datetime,
    roots: Path | None = None,
    journal: bool = False,
) -> Published:
    """
    Sign *key_set*, ours or that of our journal, as the next serial, and put it in place.

    The root keys are in the directory *roots*, where they are not beside our other keys.

    Raises:
        NotConfigured: A root key is not here: bring it, or sign where it is kept.
    """
    ours = our_keys(settings)
    passphrase = read_passphrase(settings.keys.passphrase_file)
    directory = settings.keys.directory
    kept = directory / "roots" if roots is None else roots
    signers = [read_private_key(kept / f"{root.kid}.jwk", passphrase) for root in ours.roots.keys]
    newer = replace(
        key_set,
        serial=key_set.serial + 1,
        issued_at=now,
        expires_at=now + LIFE,
        schemas=() if journal else understood(settings.side),
    )
    line = write_key_set(newer, signers, JournalPayload if journal else KeySetPayload)
    replace_file(directory / (JOURNAL_KEYS if journal else KEY_SET), line + b"\n")
    return Published(ours.roots, newer, line)


def trust(settings: Settings, *, roots_file: Path, key_set_file: Path, fingerprint: str) -> KeySet:
    """
    Trust the partner's roots, whose *fingerprint* a person compared, and store its key set.

    Raises:
        KeySetRefused: The fingerprint is another, or the set goes back behind the one we hold.
        MessageRefused: Those roots did not sign the key set, or it is someone else's.
    """
    roots_octets, line = roots_file.read_bytes(), key_set_file.read_bytes()
    roots = read_roots(roots_octets)
    if not fingerprint_matches(roots, fingerprint):
        raise KeySetRefused
    key_set = read_key_set(line, roots, issuer=settings.partner.urn)
    directory = settings.keys.trust_directory
    if (directory / KEY_SET).is_file() and (directory / ROOTS_FILE).read_bytes() == roots_octets:
        key_set = accept_newer(partner_keys(settings).key_set, key_set)
    replace_file(directory / ROOTS_FILE, roots_octets)
    replace_file(directory / KEY_SET, line)
    return key_set


def replace_file(file: Path, octets: bytes) -> None:
    """Put *octets* in place of *file* at once: nobody reads half of them."""
    beside = file.with_name(file.name + ".new")
    with beside.open("wb") as opened:
        opened.write(octets)
        opened.flush()
        os.fsync(opened.fileno())
    beside.replace(file)


def understood(side: str) -> tuple[str, ...]:
    """Return the schemas that *side* understands: those of what the other side says."""
    return tuple(kind.schema for kind in MESSAGE_TYPES if kind.speaker != side)


_MADE_BY_INIT = Sentence("`exchange init` makes it", "lo crea `exchange init`")
_TRUSTED_BY_HAND = Sentence(
    "compare the fingerprint and run `exchange keys trust`",
    "compare la huella y ejecute `exchange keys trust`",
)


def _published(directory: Path, party: str, hint: Sentence) -> Published:
    files = [directory / name for name in (ROOTS_FILE, KEY_SET)]
    absent = [_missing(file, hint) for file in files if not file.is_file()]
    if absent:
        raise NotConfigured(absent)
    roots_octets, line = (file.read_bytes() for file in files)
    try:
        roots = read_roots(roots_octets)
        return Published(roots, read_key_set(line, roots, issuer=party), line)
    except ExchangeError as error:
        raise NotConfigured([_no_key_set(files[1], party, error)]) from error


def _missing(file: Path, hint: Sentence) -> Sentence:
    return Sentence(f"{file}: is missing; {hint}", f"{file}: falta; {hint.es}")


def _no_key_set(file: Path, party: str, error: ExchangeError) -> Sentence:
    return Sentence(
        f"{file}: is not the key set of {party} under its roots ({error.code})",
        f"{file}: no es el juego de llaves de {party} bajo sus raíces ({error.code})",
    )
