"""``exchange status``: where handoffs stand, or what happened to one of them."""

from collections import Counter
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from exchange.cli.database import read
from exchange.cli.exits import language, said
from exchange.cli.options import (
    NO_SUCH_HANDOFF,
    Config,
    Json,
    handoff_id,
    print_json,
    print_rows,
    say,
    settings_from,
    shown_at,
)
from exchange.errors import NotFound, Sentence

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from exchange.reports.timeline import Happened

STAGE_COLUMNS = {
    "stage": Sentence("stage", "etapa"),
    "handoffs": Sentence("handoffs", "entregas"),
}
TIMELINE_COLUMNS = {
    "at": Sentence("at", "cuándo"),
    "who": Sentence("who", "quién"),
    "what": Sentence("what", "qué"),
    "outcome": Sentence("outcome", "resultado"),
}
WAITING = {"waiting": "por salir", "unreceipted": "sin constancia", "parked": "apartados"}
WORDS = {
    "sent": Sentence("sent", "enviado"),
    "received": Sentence("received", "recibido"),
    "outbox": Sentence("outbox", "bandeja de salida"),
    "parked": Sentence("parked", "apartado"),
    "waits": Sentence("waits", "espera"),
    "accepted": Sentence("accepted", "aceptado"),
    "rejected": Sentence("rejected", "rechazado"),
    "no receipt yet": Sentence("no receipt yet", "sin constancia todavía"),
}

Handoff = Annotated[
    str | None, typer.Argument(metavar="HANDOFF", help="Its id; without it, counts by stage.")
]


@dataclass(frozen=True, slots=True)
class Timeline:
    """A handoff, its present stage, and all that happened to it."""

    handoff: str
    stage: str
    events: "list[Happened]"


def status(handoff: Handoff = None, config: Config = None, *, as_json: Json = False) -> None:
    """Show how many handoffs stand in each stage, or the timeline of one."""
    settings = settings_from(config)
    if handoff is None:
        counts = read(settings, _counts)
        if as_json:
            print_json(counts)
            return
        _print_counts(settings.party, counts)
        return
    wanted = handoff_id(handoff)
    timeline = read(settings, lambda connection: _timeline(connection, wanted))
    if as_json:
        print_json(asdict(timeline))
        return
    print(f"{timeline.handoff}: {_stage(timeline.stage)}")
    rows = [
        {
            **asdict(event),
            "at": shown_at(event.at),
            "who": _shown(event.who),
            "outcome": _shown(event.outcome),
        }
        for event in timeline.events
    ]
    print_rows(rows, TIMELINE_COLUMNS, title=Sentence("Timeline", "Cronología"))


def _print_counts(party: str, counts: dict[str, dict[str, int]]) -> None:
    rows = [{"stage": _stage(stage), "handoffs": n} for stage, n in counts["stages"].items()]
    print_rows(rows, STAGE_COLUMNS, title=Sentence(party, party))
    waits = ", ".join(f"{n} {name}" for name, n in counts["outbox"].items())
    spanish = ", ".join(f"{n} {WAITING[name]}" for name, n in counts["outbox"].items())
    say(f"outbox: {waits}", f"bandeja de salida: {spanish}")
    alarms = ", ".join(f"{n} {kind}" for kind, n in counts["alarms"].items())
    say(f"alarms: {alarms or 'none'}", f"alarmas: {alarms or 'ninguna'}")


def _stage(stage: str) -> str:
    from exchange.reports.texts import text

    return text(f"stage.{stage}", language())


def _shown(word: str) -> str:
    """Return *word* in the operator's language; a name, or a code after it, is the same in both."""
    if word in WORDS:
        return said(WORDS[word])
    first, _, code = word.partition(" ")
    return f"{said(WORDS[first])} {code}" if first in WORDS else word


def _counts(connection: "Connection") -> dict[str, dict[str, int]]:
    from exchange.store.alarms import count_open
    from exchange.store.depth import get_depth
    from exchange.store.handoffs import count_by_stage

    stages: Counter[str] = Counter()
    for row in count_by_stage(connection):
        stages[row.local_stage or row.stage] += row.count
    depth = get_depth(connection)
    outbox = {"waiting": depth.waiting, "unreceipted": depth.unreceipted, "parked": depth.parked}
    return {
        "stages": dict(sorted(stages.items())),
        "outbox": outbox,
        "alarms": count_open(connection),
    }


def _timeline(connection: "Connection", handoff: str) -> "Timeline":
    """
    Return what was said about *handoff* and what happened on our side, in order of time.

    Raises:
        NotFound: There is no such handoff.
    """
    from exchange.reports.timeline import timeline_of
    from exchange.store.handoffs import find_handoff

    found = find_handoff(connection, handoff)
    if found is None:
        raise NotFound(NO_SUCH_HANDOFF)
    events = timeline_of(connection, found.number, tells_ours=True)
    return Timeline(handoff, found.local_stage or found.stage, events)
