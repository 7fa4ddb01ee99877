"""``exchange rules``: the screening rule sets that are shipped, and what one of them means."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from exchange.cli.exits import said
from exchange.cli.options import Json, print_json, print_rows, say
from exchange.errors import NotFound, Sentence, UsageWrong

if TYPE_CHECKING:
    from exchange.domain.places import Places
    from exchange.domain.screening import RuleSet

app = typer.Typer(no_args_is_help=True, help="The dated rule sets of screening.")

COLUMNS = {
    "name": Sentence("name", "nombre"),
    "family": Sentence("family", "familia"),
    "effective_from": Sentence("effective from", "vigente desde"),
    "ports": Sentence("ports", "puertos"),
    "reasons": Sentence("reasons", "motivos"),
}
PORT_COLUMNS = {
    "port": Sentence("port", "puerto"),
    "name": Sentence("name", "nombre"),
    "opens": Sentence("opens", "abre"),
}
REASON_COLUMNS = {"code": Sentence("code", "código"), "means": Sentence("means", "significa")}

File = Annotated[str, typer.Argument(metavar="FILE", help="A rule set's file, or a shipped name.")]


@app.command("list")
def list_(*, as_json: Json = False) -> None:
    """Show the rule sets that are shipped, the latest last."""
    from exchange.installation.shipped import shipped_rule_sets

    rows = [
        {
            "name": rules.name,
            "family": rules.family,
            "effective_from": rules.effective_from.isoformat(),
            "ports": len(rules.ports),
            "reasons": len(rules.reasons),
        }
        for rules in sorted(shipped_rule_sets(), key=lambda rules: rules.effective_from)
    ]
    if as_json:
        print_json(rows)
    else:
        print_rows(rows, COLUMNS, title=Sentence("Rule sets", "Conjuntos de reglas"))


@app.command()
def explain(file: File, *, as_json: Json = False) -> None:
    """Say in words what a rule set withholds, and from which day it opens each port."""
    from exchange.installation.shipped import shipped_places

    rules = _find(file)
    if as_json:
        print_json(rules.model_dump(mode="json", exclude_none=True))
        return
    say(f"{rules.name}: {rules.en}", f"{rules.name}: {rules.es}")
    since = rules.effective_from
    say(f"effective from {since}\n", f"vigente desde {since}\n")
    places = shipped_places()
    ports = [
        {"port": code, "name": _port_name(places, code), "opens": opens}
        for code, opens in sorted(rules.ports.items(), key=lambda item: item[1])
    ]
    print_rows(ports, PORT_COLUMNS, title=Sentence("Ports", "Puertos"))
    reasons = [{"code": r.code, "means": said(Sentence(r.en, r.es))} for r in rules.reasons]
    print_rows(reasons, REASON_COLUMNS, title=Sentence("Withholds", "Excluye"))


def _port_name(places: "Places", code: str) -> str:
    port = places.find_port(code)
    return port.name if port else ""


def _find(name: str) -> "RuleSet":
    from exchange.installation.shipped import shipped_rule_sets

    if Path(name).is_file():
        return _read(Path(name))
    for rules in shipped_rule_sets():
        if rules.name == name:
            return rules
    missing = Sentence(
        f"{name}: neither a file nor a shipped rule set",
        f"{name}: no es un archivo ni un conjunto de reglas incluido",
    )
    raise NotFound(missing)


def _read(path: Path) -> "RuleSet":
    import tomllib

    from pydantic import ValidationError

    from exchange.domain.screening import RuleSet

    try:
        document: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        return RuleSet.model_validate(document)
    except (tomllib.TOMLDecodeError, ValidationError, UnicodeDecodeError) as error:
        wrong = Sentence(f"{path}: is not a rule set", f"{path}: no es un conjunto de reglas")
        raise UsageWrong(wrong) from error
