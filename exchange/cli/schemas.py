"""``exchange schemas``: the published JSON Schemas and the OpenAPI of the listeners."""

import json
from pathlib import Path
from typing import Annotated

import typer

from exchange.cli.options import Json, print_json, say
from exchange.errors import EvidenceBroken, Sentence

app = typer.Typer(no_args_is_help=True, help="The published JSON Schemas and OpenAPI descriptions.")

Directory = Annotated[Path, typer.Argument(metavar="DIR", help="Where the schema files are.")]


@app.command()
def export(directory: Directory = Path("schemas")) -> None:
    """Write the schema of every message type and the OpenAPI of each listener, a file each."""
    directory.mkdir(parents=True, exist_ok=True)
    for name, text in _schemas().items():
        (directory / name).write_text(text, encoding="utf-8")
        print(directory / name)


@app.command()
def check(directory: Directory = Path("schemas"), *, as_json: Json = False) -> None:
    """Say whether the files are what the models say, or which are not (exit 6)."""
    wanted = _schemas()
    found = {file.name: file.read_text(encoding="utf-8") for file in directory.glob("*.json")}
    differing = sorted(name for name in wanted | found if wanted.get(name) != found.get(name))
    if as_json:
        print_json({"schemas": sorted(wanted), "differing": differing})
    if differing:
        names = ", ".join(differing)
        differ = Sentence(
            f"{names}: not what the models say; `exchange schemas export` writes them",
            f"{names}: no es lo que dicen los modelos; `exchange schemas export` los escribe",
        )
        raise EvidenceBroken(differ)
    if not as_json:
        count = len(wanted)
        say(
            f"{count} schemas are what the models say",
            f"{count} esquemas son lo que dicen los modelos",
        )


def _schemas() -> dict[str, str]:
    from exchange import __version__
    from exchange.domain.messages import schemas as of_bodies
    from exchange.proof import schemas as of_lines
    from exchange.reports.forms import plain as of_reports
    from exchange.web.published import descriptions

    of_listeners = {
        f"{name}.json": json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
        for name, document in descriptions(__version__).items()
    }
    return of_lines.published() | of_bodies.published() | of_reports.published() | of_listeners
