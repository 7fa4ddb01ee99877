"""
``exchange evidence``: what proves what was said, in one file that anybody can check offline.

Verifying needs no network, no database, no settings and no other part of the service.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from exchange.cli.exits import said
from exchange.cli.options import (
    Config,
    Json,
    Lang,
    print_json,
    print_rows,
    say,
    settings_from,
    shown_at,
)
from exchange.cli.output import Output, write_output
from exchange.errors import EvidenceBroken, Language, Sentence, UsageWrong

if TYPE_CHECKING:
    from exchange.proof.bundle import Bundle
    from exchange.proof.steps import SaidLine, Step, Verdict
    from exchange.proof.trust import Trust

app = typer.Typer(no_args_is_help=True, help="Proof of what was said, for whoever asks for it.")

IS_BROKEN = 6
COLUMNS = {
    "file": Sentence("file", "archivo"),
    "claim": Sentence("what", "qué"),
    "standing": Sentence("stands", "resultado"),
    "party": Sentence("by", "por"),
    "kids": Sentence("keys", "claves"),
    "at": Sentence("when", "cuándo"),
    "code": Sentence("more", "más"),
}
STANDINGS = {
    "proven": Sentence("proven", "probado"),
    "not-contained": Sentence("not contained", "no contenido"),
    "broken": Sentence("BROKEN", "ROTO"),
}
CLAIMS = {
    "file": Sentence("the file is the one that the manifest names", "el archivo es el nombrado"),
    "keys": Sentence("the roots signed these keys", "las raíces firmaron estas claves"),
    "manifest": Sentence("who made the bundle, and when", "quién hizo el paquete y cuándo"),
    "signature": Sentence("who said it", "quién lo dijo"),
    "body": Sentence("what it said", "qué dijo"),
    "receipt": Sentence("the other side received it", "el otro lado lo recibió"),
    "checkpoint": Sentence("the owner of the ledger signed it", "lo firmó el dueño del libro"),
    "cosignature": Sentence("the other side saw it", "el otro lado lo vio"),
    "stamp": Sentence("an authority stamped its time", "una autoridad selló su hora"),
    "inclusion": Sentence("it stands in the ledger", "consta en el libro"),
    "time": Sentence(
        "it was said by then, with keys in force", "se dijo para entonces, con claves vigentes"
    ),
}

_NEEDS_FILE = Sentence("-o: name the file of the bundle", "-o: indique el archivo del paquete")

BundleFile = Annotated[
    Path, typer.Argument(metavar="FILE", help="A bundle, as `evidence export` wrote it.")
]
TrustFile = Annotated[
    Path | None,
    typer.Option(
        "--trust",
        metavar="FILE",
        help="The roots to trust, as `evidence trust` wrote them; without it, those of this side.",
    ),
]


Subject = Annotated[
    str | None,
    typer.Argument(metavar="HANDOFF|MESSAGE", help="What it is about: the id of either."),
]
OfDay = Annotated[
    str | None, typer.Option("--day", metavar="D", help="All that was said on a day in UTC.")
]
By = Annotated[str, typer.Option("--by", metavar="NAME", help="Who takes it out.")]


@app.command()
def export(
    subject: Subject = None,
    day: OfDay = None,
    config: Config = None,
    *,
    output: Output = None,
    by: By = "operator",
    as_json: Json = False,
) -> None:
    """Write one file with all that proves what was said; the journal says who took it out."""
    from exchange.cli.evidence_files import about_of, export_bundle

    if output is None:
        raise UsageWrong(_NEEDS_FILE)
    settings = settings_from(config)
    about = about_of(subject, day)
    octets, verdict = export_bundle(settings, about, actor=by)
    write_output(output, lambda file: file.write(octets))
    counts = _counts(verdict)
    if as_json:
        print_json({"file": str(output), "lines": len(verdict.said), **counts})
    else:
        say(
            f"{output}: lines {len(verdict.said)}; {_counted(counts, 'en')}",
            f"{output}: líneas {len(verdict.said)}; {_counted(counts, 'es')}",
        )
    if verdict.is_broken:
        raise typer.Exit(IS_BROKEN)


@app.command()
def verify(
    file: BundleFile,
    trust: TrustFile = None,
    config: Config = None,
    *,
    as_json: Json = False,
    lang: Lang = None,
) -> None:
    """Say step by step what a bundle proves, and by which keys; exit 6 when a part is broken."""
    from exchange.proof.bundle import NoBundle, read_bundle
    from exchange.proof.evidence import verify_bundle

    del lang  # it was chosen before anything else was read
    trusted = _trusted(trust, config)
    try:
        bundle = read_bundle(file.read_bytes())
    except NoBundle as error:
        none = Sentence(f"{file}: is no bundle", f"{file}: no es un paquete")
        raise EvidenceBroken(none) from error
    verdict = verify_bundle(bundle, trusted)
    if as_json:
        print_json(_document(bundle, verdict))
    else:
        _show(bundle, verdict)
    if verdict.is_broken:
        raise typer.Exit(IS_BROKEN)


@app.command("trust")
def write_trusted(config: Config = None, *, output: Output = None, as_json: Json = False) -> None:
    """Write the roots of both sides as this side trusts them, for whoever verifies elsewhere."""
    from exchange.proof.trust import write_trust

    del as_json  # it has one form, which is JSON
    octets = write_trust(_trusted(None, config))
    write_output(output, lambda target: target.write(octets))


def _trusted(trust: Path | None, config: Path | None) -> "Trust":
    """
    Return what is trusted: what a file says, or else what this side does.

    Raises:
        NotConfigured: The file is no such file, or this side trusts nobody yet.
    """
    from exchange.proof.trust import Trust, read_trust

    if trust is not None:
        return read_trust(trust.read_bytes())
    from exchange.installation.published import our_keys, partner_keys

    settings = settings_from(config)
    ours, partner = our_keys(settings), partner_keys(settings)
    return Trust({one.key_set.iss: one.roots for one in (ours, partner)})


def _document(bundle: "Bundle", verdict: "Verdict") -> dict[str, object]:
    manifest = bundle.manifest
    return {
        "made_by": manifest.iss,
        "about": manifest.about.model_dump(mode="json"),
        "broken": verdict.is_broken,
        "steps": [_row(step) for step in verdict.steps],
        "lines": [_said(one) for one in verdict.said],
    }


def _row(step: "Step") -> dict[str, object]:
    return {
        "file": step.file,
        "claim": step.claim.value,
        "standing": step.standing.value,
        "party": step.party,
        "kids": list(step.kids),
        "at": shown_at(step.at),
        "code": step.code,
    }


def _said(one: "SaidLine") -> dict[str, object]:
    envelope = one.envelope
    return {
        "file": one.file,
        "kind": "receipt" if one.receipt else "message",
        "iss": one.issuer,
        "signed_at": shown_at(one.signed_at),
        "schema": envelope.schema if envelope else None,
        "jti": envelope.jti if envelope else None,
        "handoff": envelope.sub if envelope else None,
        "has_body": one.line.body is not None,
    }


def _show(bundle: "Bundle", verdict: "Verdict") -> None:
    about = bundle.manifest.about
    what = about.handoff or about.message or about.day
    rows = [
        _row(step)
        | {
            "claim": said(CLAIMS[step.claim.value]),
            "standing": said(STANDINGS[step.standing.value]),
            "kids": ", ".join(step.kids),
        }
        for step in sorted(verdict.steps, key=lambda step: step.file)
    ]
    title = Sentence(f"Evidence about {what}", f"Evidencia sobre {what}")
    print_rows(rows, COLUMNS, title=title)
    counts = _counts(verdict)
    say(_counted(counts, "en"), _counted(counts, "es"))


def _counts(verdict: "Verdict") -> dict[str, int]:
    """Return how many steps stand in each way."""
    counts = dict.fromkeys(STANDINGS, 0)
    for step in verdict.steps:
        counts[step.standing.value] += 1
    return counts


def _counted(counts: dict[str, int], language: Language) -> str:
    return ", ".join(f"{n} {STANDINGS[name].spoken(language)}" for name, n in counts.items())
