"""``exchange keys``: what each side publishes, and what we trust."""

import json
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from exchange.cli.exits import said
from exchange.cli.options import Config, Json, print_json, print_rows, say, settings_from, shown_at
from exchange.cli.partner import newest_partner_keys
from exchange.errors import NotConfigured, Sentence

if TYPE_CHECKING:
    from exchange.installation.published import Published
    from exchange.installation.rotating import Custodian
    from exchange.proof.keys import PublicKey
    from exchange.settings import Settings

app = typer.Typer(no_args_is_help=True, help="The public keys of both sides.")

COLUMNS = {
    "kid": Sentence("kid", "kid"),
    "role": Sentence("role", "función"),
    "alg": Sentence("alg", "alg"),
    "state": Sentence("state", "estado"),
    "from": Sentence("from", "desde"),
    "until": Sentence("until", "hasta"),
    "revoked": Sentence("revoked", "revocada"),
}
STATES = {
    "staged": Sentence("staged", "preparada"),
    "active": Sentence("active", "vigente"),
    "retiring": Sentence("retiring", "por relevar"),
    "expired": Sentence("expired", "vencida"),
    "revoked": Sentence("revoked", "revocada"),
}


class RoleName(StrEnum):
    """What a new key may be for."""

    SIGN = "sign"
    PQ_SIGN = "pq-sign"
    ENCRYPT = "encrypt"
    LEDGER = "ledger"
    WITNESS = "witness"
    JOURNAL = "journal"


RoleArgument = Annotated[RoleName, typer.Argument(help="What the key is for.")]
RootsDirectory = Annotated[
    Path | None,
    typer.Option(
        "--roots-in",
        metavar="DIR",
        help="Where the root keys are for now; without it, keys/roots.",
    ),
]
Ahead = Annotated[
    float,
    typer.Option("--days-ahead", min=0, help="In how many days the new key begins to sign."),
]
Overlap = Annotated[
    float,
    typer.Option(
        "--overlap-days", min=0, help="For how many days after that the old key still may."
    ),
]
KeySetFile = Annotated[
    Path,
    typer.Argument(metavar="FILE", help="The partner's public.jws."),
]
RootsFile = Annotated[
    Path,
    typer.Option("--roots", metavar="FILE", help="The partner's roots.json."),
]
Fingerprint = Annotated[
    str,
    typer.Option(help="The twelve groups that the partner read to you over another channel."),
]
Output = Annotated[
    Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write it there too.")
]


@app.command("list")
def list_(config: Config = None, *, as_json: Json = False) -> None:
    """Show both sides' key sets, roots and fingerprints; the partner's once it is trusted."""
    settings = settings_from(config)
    ours, partner = _ours_and_partner(settings)
    if as_json:
        print_json({"ours": _document(ours), "partner": partner and _document(partner)})
        return
    _print_set(Sentence("Ours", "Nuestras"), ours)
    if partner is None:
        say("Partner: not trusted yet", "Contraparte: sin confianza todavía")
    else:
        _print_set(Sentence("Partner", "Contraparte"), partner)


def _print_set(whose: Sentence, one: "Published") -> None:
    name, serial = one.key_set.iss, one.key_set.serial
    title = Sentence(
        f"{whose}: {name}, serial {serial}", f"{whose.es}: {name}, número de serie {serial}"
    )
    print_rows(_rows(one), COLUMNS, title=title)
    digits = _fingerprint(one)
    say(f"fingerprint of the roots: {digits}\n", f"huella de las raíces: {digits}\n")


@app.command()
def new(
    role: RoleArgument,
    config: Config = None,
    *,
    days_ahead: Ahead = 7,
    roots_in: RootsDirectory = None,
) -> None:
    """Make a further key and publish it; the running side takes it up by itself."""
    from exchange.proof.keys import Role

    now = datetime.now(UTC)
    begins_at = now + timedelta(days=days_ahead)
    custodian = _custodian(config, roots_in)
    _say_begins(custodian.add(Role(role.value), now=now, begins_at=begins_at))


@app.command()
def rotate(  # each is an option of the command
    role: RoleArgument,
    config: Config = None,
    *,
    days_ahead: Ahead = 7,
    overlap_days: Overlap = 14,
    roots_in: RootsDirectory = None,
) -> None:
    """Publish a new key and the end of the one it takes over from, so that both overlap."""
    from exchange.proof.keys import Role

    now = datetime.now(UTC)
    added = _custodian(config, roots_in).rotate(
        Role(role.value),
        now=now,
        begins_at=now + timedelta(days=days_ahead),
        overlap=timedelta(days=overlap_days),
    )
    _say_begins(added)


@app.command()
def revoke(
    kid: Annotated[str, typer.Argument(help="The key, as `list` names it.")],
    config: Config = None,
    *,
    roots_in: RootsDirectory = None,
) -> None:
    """End a key at once, for both sides; where it was the only one, a new one takes its place."""
    now = datetime.now(UTC).replace(microsecond=0)
    ended = _custodian(config, roots_in).revoke(kid, now=now, revoked_at=now)
    at = shown_at(ended.revoked_at)
    say(f"{kid}: revoked from {at} on", f"{kid}: revocada desde {at}")


def _custodian(config: Path | None, roots: Path | None) -> "Custodian":
    from secrets import token_bytes

    from exchange.installation.rotating import Custodian

    return Custodian(settings=settings_from(config), entropy=token_bytes, roots=roots)


def _say_begins(key: "PublicKey") -> None:
    begins, ends = shown_at(key.active_from), shown_at(key.expires_at)
    say(
        f"{key.kid}: may sign from {begins} to {ends}",
        f"{key.kid}: puede firmar desde {begins} hasta {ends}",
    )


@app.command()
def publish(
    config: Config = None, *, output: Output = None, roots_in: RootsDirectory = None
) -> None:
    """Sign our key set anew with the root keys, as the next serial; it is in force at once."""
    from exchange.installation.published import publish as publish_anew

    published = publish_anew(settings_from(config), now=datetime.now(UTC), roots=roots_in)
    if output is not None:
        output.write_bytes(published.line)
    name, serial = published.key_set.iss, published.key_set.serial
    say(
        f"{name}: serial {serial} is signed and published",
        f"{name}: el número de serie {serial} está firmado y publicado",
    )


@app.command()
def trust(
    key_set: KeySetFile, roots: RootsFile, fingerprint: Fingerprint, config: Config = None
) -> None:
    """Trust the partner's roots if their fingerprint is the one you were read, and its key set."""
    from exchange.installation.published import trust as trust_partner

    trusted = trust_partner(
        settings_from(config), roots_file=roots, key_set_file=key_set, fingerprint=fingerprint
    )
    name, serial, count = trusted.iss, trusted.serial, len(trusted.keys)
    say(
        f"{name}: trusted, serial {serial}, {count} keys",
        f"{name}: de confianza, número de serie {serial}, {count} llaves",
    )


def _ours_and_partner(settings: "Settings") -> "tuple[Published, Published | None]":
    from exchange.installation.published import our_keys

    try:
        return our_keys(settings), newest_partner_keys(settings)
    except NotConfigured:
        return our_keys(settings), None


def _fingerprint(published: "Published") -> str:
    from exchange.proof.keys import fingerprint

    return fingerprint(published.roots)


def _document(published: "Published") -> dict[str, Any]:
    """Return what *published* says as plain JSON: the payload, the roots, and the line itself."""
    from exchange.proof.encoding import unb64u

    line = json.loads(published.line)
    return {
        "fingerprint": _fingerprint(published),
        "roots": published.roots.document(),
        "key_set": json.loads(unb64u(line["payload"])),
        "line": line,
    }


def _rows(published: "Published") -> list[dict[str, object]]:
    now = datetime.now(UTC)
    return [
        {
            "kid": key.kid,
            "role": key.role,
            "alg": key.alg,
            "state": said(STATES[_state(key, published, now)]),
            "from": key.active_from.date(),
            "until": key.expires_at.date(),
            "revoked": shown_at(key.revoked_at),
        }
        for key in published.key_set.keys.values()
    ]


def _state(key: "PublicKey", published: "Published", now: datetime) -> str:
    """Return the state of *key*: *retiring* where another of its role has begun since."""
    state = key.state_at(now).value
    latest = published.key_set.find_active(key.role, now)
    if state == "active" and latest is not None and latest.kid != key.kid:
        return "retiring"
    return state
