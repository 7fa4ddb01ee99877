"""
``exchange hearings``: what a court does to many hearings at once.

A court that closes for a month moves each hearing by one rule. Each line of its file is one act
on one handoff, under a key of its own content: a run that was cut short is run again as it was,
and what was moved before is not moved twice.
"""

import asyncio
import hashlib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import orjson
import typer

from exchange.cli.decisions import Document, read_documents
from exchange.cli.exits import language, said
from exchange.cli.options import Config, Json, our_side, print_json, say, settings_from
from exchange.cli.send import (
    TOKEN_NAME,
    Answer,
    TokenFile,
    push,
    read_token,
    reasons_of,
    showing_progress,
)
from exchange.errors import Invalid, Sentence, UsageWrong

if TYPE_CHECKING:
    from exchange.domain.hearings import MoveRule

app = typer.Typer(no_args_is_help=True, help="What a court does to many hearings at once.")

OUTCOMES = {
    "moved": Sentence("moved", "movidas"),
    "stays": Sentence("stay", "se quedan"),
    "refused": Sentence("refused", "rechazadas"),
}
_HEARINGS = Sentence("hearings", "audiencias")
_THE_ACT = Sentence("move hearings", "mover audiencias")

File = Annotated[
    Path,
    typer.Argument(
        metavar="FILE", help="JSON Lines: each a hearing as it stands, with its handoff."
    ),
]
Rule = Annotated[str, typer.Option(metavar="NAME", help="A move rule's file, or a shipped name.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show each move; nothing is done.")]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the file: what becomes of the hearing, and what is asked of the service."""

    place: str
    outcome: str
    shown: str
    asks: Document | None = None


@app.command()
def move(
    file: File,
    config: Config = None,
    *,
    rule: Rule,
    dry_run: DryRun = False,
    token_file: TokenFile = None,
    as_json: Json = False,
) -> None:
    """Move every hearing of a file by a rule, each as one act, with progress; safe to repeat."""
    settings = settings_from(config)
    our_side(settings.side, "us", _THE_ACT)
    found = _find_rule(rule)
    lines = [_line(one, found) for one in read_documents([file])]
    if not dry_run:
        token = read_token(token_file or settings.directory / TOKEN_NAME)
        lines = _pushed(lines, f"http://{settings.listen.internal}", token)
    _summarise(lines, as_json=as_json)
    if any(line.outcome == "refused" for line in lines):
        raise typer.Exit(5)


def _find_rule(name: str) -> "MoveRule":
    """
    Return the rule of a file, or the shipped one of that name.

    Raises:
        UsageWrong: It is neither.
    """
    from exchange.domain.hearings import load_move_rules
    from exchange.installation.shipped import shipped_move_rules

    file, rules = Path(name), shipped_move_rules()
    try:
        if file.suffix == ".toml" and file.is_file():
            rules = load_move_rules({file.stem: file.read_text(encoding="utf-8")})
    except ValueError as error:
        unfit = Sentence(f"{name}: is no move rule", f"{name}: no es una regla de cambio")
        raise UsageWrong(unfit) from error
    found = next((rule for rule in rules if rule.name in (name, file.stem)), None)
    if found is None:
        unknown = Sentence(
            f"{name}: neither a file nor a shipped rule",
            f"{name}: ni un archivo ni una regla incluida",
        )
        raise UsageWrong(unknown)
    return found


def _line(document: Document, rule: "MoveRule") -> Line:
    """Return what the rule makes of one line; a line that does not fit stops no other."""
    from exchange.domain.court_files import moved_by, read_hearing

    try:
        hearing = read_hearing(document.octets)
        change = moved_by(hearing, rule)
    except Invalid as refused:
        return Line(document.place, "refused", _faults(refused))
    if change is None or change.hearing_at is None:
        return Line(document.place, "stays", hearing.hearing_at.local)
    octets = orjson.dumps(change.model_dump(mode="json"))
    path = f"/v1/handoffs/{hearing.handoff}/hearing"
    key = hashlib.sha256(path.encode() + octets).hexdigest()  # a family may share a hearing
    asks = Document(document.place, octets, path=path, key=key)
    shown = f"{hearing.hearing_at.local} → {change.hearing_at.local}"
    return Line(document.place, "moved", shown, asks)


def _faults(refused: Invalid) -> str:
    from exchange.domain.faults import FAULTS

    spanish = language() == "es"
    told = []
    for fault in refused.faults:
        words = FAULTS.get(fault.code)
        meaning = fault.code if words is None else words.es if spanish else words.en
        told.append(" ".join(filter(None, (fault.pointer, meaning))))
    return "; ".join(told)


def _pushed(lines: list[Line], url: str, token: str) -> list[Line]:
    """Return each line with what the service made of it, in order."""
    asked = [line.asks for line in lines if line.asks is not None]
    with showing_progress(len(asked), _HEARINGS) as advance:
        answers = iter(asyncio.run(push(asked, url, token, advance)))
    return [line if line.asks is None else _answered(line, next(answers)) for line in lines]


def _answered(line: Line, answer: Answer) -> Line:
    if answer.outcome == "accepted":
        return line
    return Line(line.place, "refused", reasons_of(answer.said))


def _summarise(lines: list[Line], *, as_json: bool) -> None:
    counts = Counter(line.outcome for line in lines)
    totals = {name: counts[name] for name in OUTCOMES}
    if as_json:
        each = [{"place": one.place, "outcome": one.outcome, "shown": one.shown} for one in lines]
        print_json({"hearings": len(lines), **totals, "lines": each})
        return
    for line in lines:
        print(f"{line.place}: {said(OUTCOMES[line.outcome])}: {line.shown}")
    english = ", ".join(f"{count} {OUTCOMES[name].en}" for name, count in totals.items())
    spanish = ", ".join(f"{count} {OUTCOMES[name].es}" for name, count in totals.items())
    say(f"{len(lines)} hearings: {english}", f"{len(lines)} audiencias: {spanish}")
