"""Which days and places a command is about, by its options."""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from exchange.domain.parties import Side
from exchange.errors import Fault, Sentence, UsageWrong

if TYPE_CHECKING:
    from exchange.reports.selection import Selection
    from exchange.settings import Settings

ALL = "all"
_DAY = re.compile("(?:19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}")

Day = Annotated[
    str | None,
    typer.Option(
        metavar="D", help="A day of each place's own calendar, YYYY-MM-DD; or `all` for all days."
    ),
]
First = Annotated[
    str | None, typer.Option("--from", metavar="D", help="The first of several days.")
]
Last = Annotated[str | None, typer.Option("--to", metavar="D", help="The last of several days.")]
Port = Annotated[
    str | None, typer.Option("--port", metavar="CODE", help="Of this US port alone, by its code.")
]
Point = Annotated[
    str | None, typer.Option("--point", metavar="ID", help="Of this receiving point alone.")
]


def selection_of(  # one argument for each option
    settings: "Settings",
    *,
    day: str | None,
    first: str | None,
    last: str | None,
    port: str | None,
    point: str | None,
) -> "Selection":
    """
    Return the days and places that the options of a command ask for.

    Raises:
        UsageWrong: They contradict each other, no day is named, or it is still to come, or
            there is no such place; what is known is said.
    """
    from exchange.installation.shipped import shipped_places  # heavy
    from exchange.reports.selection import Selection, faults_of

    if (day is None) == (first is None and last is None):
        raise UsageWrong(_DAY_OR_DAYS)
    if day == ALL:
        days: tuple[date | None, date | None] = (None, None)
    elif day is not None:
        days = (read_day("--day", day),) * 2
    else:
        days = (
            None if first is None else read_day("--from", first),
            None if last is None else read_day("--to", last),
        )
    selection = Selection(first=days[0], last=days[1], port=port, point=point)
    faults = faults_of(selection, Side(settings.side), shipped_places(), now=datetime.now(UTC))
    _refuse(list(faults))
    return selection


_DAY_OR_DAYS = Sentence(
    "--day: name one day (or all), or the first and the last of several with --from and --to",
    "--day: indique un día (o all), o el primero y el último de varios con --from y --to",
)


def read_day(option: str, text: str) -> date:
    """
    Return the day that *text* names.

    Raises:
        UsageWrong: It names none.
    """
    try:
        return date.fromisoformat(text if _DAY.fullmatch(text) else "")
    except ValueError as error:
        also = (", or all", ", o all") if option == "--day" else ("", "")
        wrong = Sentence(
            f"{option}: {text!r} is no day; write YYYY-MM-DD{also[0]}",
            f"{option}: {text!r} no es un día; escriba AAAA-MM-DD{also[1]}",
        )
        raise UsageWrong(wrong) from error


def _refuse(faults: Iterable[Fault]) -> None:
    """
    Return when there is nothing wrong.

    Raises:
        UsageWrong: There is; everything is said at once, with what would be right.
    """
    from exchange.domain.faults import FAULTS

    said = []
    for fault in faults:
        option, known = f"--{fault.pointer[1:]}", ", ".join(fault.known)
        sentence = FAULTS[fault.code]
        said.append(
            Sentence(
                f"{option}: {sentence.en}" + (f" Known: {known}." if known else ""),
                f"{option}: {sentence.es}" + (f" Se conoce: {known}." if known else ""),
            )
        )
    if said:
        raise UsageWrong(
            Sentence("\n".join(one.en for one in said), "\n".join(one.es for one in said))
        )
