"""``exchange keys``: what each side publishes, and what we trust."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from exchange.cli.exits import said
from exchange.cli.options import Config, Json, print_json, print_rows, say, settings_from, shown_at
from exchange.cli.partner import newest_partner_keys
from exchange.errors import NotConfigured, Sentence

if TYPE_CHECKING:
    from exchange.installation.published import Published
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
    "expired": Sentence("expired", "vencida"),
    "revoked": Sentence("revoked", "revocada"),
}

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
def publish(config: Config = None, *, output: Output = None) -> None:
    """Sign our key set anew with the root keys, as the next serial; a restart publishes it."""
    from exchange.installation.published import publish as publish_anew

    published = publish_anew(settings_from(config), now=datetime.now(UTC))
    if output is not None:
        output.write_bytes(published.line)
    name, serial = published.key_set.iss, published.key_set.serial
    say(
        f"{name}: serial {serial} is signed; restart `exchange serve` to publish it",
        f"{name}: el número de serie {serial} está firmado; reinicie `exchange serve` para "
        "publicarlo",
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
            "state": said(STATES[key.state_at(now)]),
            "from": key.active_from.date(),
            "until": key.expires_at.date(),
            "revoked": shown_at(key.revoked_at),
        }
        for key in published.key_set.keys.values()
    ]
