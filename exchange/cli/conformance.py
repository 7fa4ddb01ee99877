"""``exchange conformance``: the other authority's implementation, tested by itself."""

import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from exchange.cli.exits import language, said, speak
from exchange.cli.options import Config, Json, print_json, say, settings_from
from exchange.errors import Language, Sentence, UsageWrong

if TYPE_CHECKING:
    from exchange.conformance.listening import Instruction
    from exchange.conformance.report import Report
    from exchange.conformance.run import Played
    from exchange.settings import Settings

FAILED = 1

Url = Annotated[
    str | None, typer.Argument(metavar="URL", help="Where the partner under test listens.")
]
Prepare = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="Make DIR the kit's own working directory, and end."),
]
Side = Annotated[
    Literal["us", "mx"] | None, typer.Option(help="Which side the kit plays: the partner's other.")
]
Policy = Annotated[
    Literal["hybrid", "es256"],
    typer.Option("--signatures", help="With --prepare: what signs the kit's messages."),
]
Listen = Annotated[
    str | None,
    typer.Option(metavar="HOST:PORT", help="Also hear what the partner sends to this address."),
]
Seconds = Annotated[
    float,
    typer.Option(
        "--official-seconds", min=1, help="How long the partner's official may take for each act."
    ),
]
Out = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR", help="Where the report goes; without it, reports/ beside the settings."
    ),
]
Lang = Annotated[
    Language | None,
    typer.Option(
        help="Of what is printed; without it, the environment's.", callback=speak, is_eager=True
    ),
]


def conformance(  # noqa: PLR0913  # one argument for each thing a tester may choose
    url: Url = None,
    config: Config = None,
    *,
    prepare: Prepare = None,
    side: Side = None,
    signatures: Policy = "hybrid",
    listen: Listen = None,
    official_seconds: Seconds = 600,
    out: Out = None,
    lang: Lang = None,
    as_json: Json = False,
) -> None:
    """Test the partner's own implementation of the protocol; exit 1 when a case fails."""
    del lang  # it was chosen before anything else was read
    if prepare is not None:
        _prepare(prepare, side, signatures, as_json=as_json)
        return
    if url is None:
        raise UsageWrong(
            Sentence(
                "URL: wants the partner's address, or --prepare a directory",
                "URL: indique la dirección de la contraparte, o --prepare con una carpeta",
            )
        )
    settings = settings_from(config)
    if side not in (None, settings.side):
        raise UsageWrong(
            Sentence(
                f"--side: these settings play {settings.side!r}",
                f"--side: esta configuración hace de {settings.side!r}",
            )
        )
    _run(settings, url, listen, official_seconds, out, as_json=as_json)


def _prepare(directory: Path, side: str | None, signatures: str, *, as_json: bool) -> None:
    """Make the kit's directory, and say what the partner is to trust."""
    from exchange.conformance.keys import kit_plan, prepare
    from exchange.flow.clock import system_entropy
    from exchange.proof.keys import fingerprint
    from exchange.settings import CONFIG_NAME

    if side is None:
        raise UsageWrong(
            Sentence("--prepare: wants --side us or mx", "--prepare: requiere --side us o mx")
        )
    plan = kit_plan(side, signatures)
    published = prepare(directory, plan, now=datetime.now(UTC), entropy=system_entropy)
    made = {
        "config": str(directory / CONFIG_NAME),
        "party": plan.party,
        "partner": plan.partner,
        "fingerprint": fingerprint(published.roots),
        "give_to_partner": [
            str(directory / f"keys/{name}") for name in ("roots.json", "public.jws")
        ],
    }
    if as_json:
        print_json(made)
        return
    say(f"{plan.party}: ready in {directory}", f"{plan.party}: listo en {directory}")
    say(
        "have the partner under test trust keys/roots.json and keys/public.jws, by this "
        "fingerprint:",
        "haga que la contraparte a prueba confíe en keys/roots.json y keys/public.jws, con esta "
        "huella:",
    )
    print(f"  {made['fingerprint']}")
    say(
        "and trust its keys with `exchange keys trust`.",
        "y confíe en las suyas con `exchange keys trust`.",
    )


def _run(  # what a run is given
    settings: "Settings",
    url: str,
    listen: str | None,
    official_seconds: float,
    out: Path | None,
    *,
    as_json: bool,
) -> None:
    from exchange.conformance.conduct import Conduct
    from exchange.conformance.listening import Waits
    from exchange.conformance.report import write_report
    from exchange.flow.clock import system_clock, system_entropy

    conduct = Conduct(
        settings=settings,
        url=url,
        told=_silent if as_json else _print_played,
        tell=_instruct,
        clock=system_clock,
        entropy=system_entropy,
        listen=listen,
        waits=Waits(official_seconds=official_seconds),
    )
    report = asyncio.run(conduct.run())
    moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    files = write_report(report, out or settings.directory / "reports" / moment)
    if as_json:
        print_json(report.document)
    else:
        _print_end(report, files)
    if not report.has_passed:
        raise typer.Exit(FAILED)


def _silent(played: "Played") -> None:
    del played


def _print_played(played: "Played") -> None:
    """Print one line for a case, and one for each thing that was wrong in it."""
    from exchange.conformance.texts import text

    outcome = text(f"outcome.{played.outcome}", language())
    print(f"{outcome:<10} {played.clause:<5} {played.name}")
    for found in played.findings:
        print(f"{'':<16} {found.words(language())}")


def _print_end(report: "Report", files: list[Path]) -> None:
    from exchange.conformance.texts import text

    counts = report.document["counts"]
    figures = [f"{text(f'count.{name}', language())}: {counts[name]}" for name in counts]
    verdict = "passed" if report.has_passed else "failed"
    print(f"\n{text(f'verdict.{verdict}', language())} ({', '.join(figures)})")
    for file in files:
        print(f"  {file}")


async def _instruct(instruction: "Instruction") -> None:
    """Ask the partner's official on stderr; where they must say that it is done, wait for Enter."""
    sys.stderr.write(f"→ {instruction.name}: {said(instruction.asks)}\n")
    if instruction.is_awaited:
        sys.stderr.write(said(_ENTER) + "\n")
        await asyncio.to_thread(sys.stdin.readline)


_ENTER = Sentence("  Press Enter when it is done.", "  Pulse Entrar cuando esté hecho.")
