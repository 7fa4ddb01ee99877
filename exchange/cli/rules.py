"""``exchange rules``: the screening rule sets that are shipped, and what one of them means."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from exchange.cli.exits import language
from exchange.cli.options import Json, print_json, print_rows
from exchange.errors import NotFound, Sentence, UsageWrong

if TYPE_CHECKING:
    from exchange.domain.places import Places
    from exchange.domain.screening import RuleSet

app = typer.Typer(no_args_is_help=True, help="The dated rule sets of screening.")

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
        columns = ("name", "family", "effective_from", "ports", "reasons")
        print_rows(rows, columns, title="Rule sets")


@app.command()
def explain(file: File, *, as_json: Json = False) -> None:
    """Say in words what a rule set withholds, and from which day it opens each port."""
    from exchange.installation.shipped import shipped_places

    rules = _find(file)
    if as_json:
        print_json(rules.model_dump(mode="json", exclude_none=True))
        return
    spanish = language() == "es"
    print(f"{rules.name}: {rules.es if spanish else rules.en}")
    print(f"{'vigente desde' if spanish else 'effective from'} {rules.effective_from}\n")
    places = shipped_places()
    ports = [
        {"port": code, "name": _port_name(places, code), "opens": opens}
        for code, opens in sorted(rules.ports.items(), key=lambda item: item[1])
    ]
    print_rows(ports, ("port", "name", "opens"), title="Puertos" if spanish else "Ports")
    reasons = [{"code": r.code, "means": r.es if spanish else r.en} for r in rules.reasons]
    print_rows(reasons, ("code", "means"), title="Retiene" if spanish else "Withholds")


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
