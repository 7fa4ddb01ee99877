"""
What both sides found, and what a scenario must produce: laid side by side once all is found.

Only this module and its tests read the expected discrepancies. Nothing that looks for any, or
reports any, may import it (``tests/test_house.py``).
"""

from collections.abc import Collection, Iterator, Mapping
from importlib import resources
from pathlib import Path
from typing import Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, ValidationError

from exchange.demo.scenarios.reading import ENDING, shipped_names
from exchange.domain.discrepancies.scopes import Scope, Subject
from exchange.domain.toml import parse_toml
from exchange.errors import Sentence, UsageWrong
from exchange.store.discrepancies import stream_discrepancies
from exchange.store.engine import Connection

SIDES = ("us", "mx")


class Difference(NamedTuple):
    """One discrepancy as a scenario speaks of it: whose it is by name, and whether it ended."""

    rule: str
    subject: str
    because: tuple[str, ...]
    ended: bool


Differences = Mapping[str, frozenset[Difference]]
"""Those of each side."""


class _Stated(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    rule: str
    subject: str
    because: tuple[str, ...] = ()
    ended: bool = False
    only: Literal["us", "mx"] | None = None


class _Expected(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    discrepancy: tuple[_Stated, ...] = ()


def found_in(connection: Connection, names: Mapping[str, str]) -> frozenset[Difference]:
    """Return every discrepancy that a side has kept; *names* has whose each handoff is."""
    return frozenset(_found(connection, names))


def _found(connection: Connection, names: Mapping[str, str]) -> Iterator[Difference]:
    for kept in stream_discrepancies(connection):
        found = kept.discrepancy.finding
        yield Difference(
            rule=found.rule,
            subject=_named(found.subject, names),
            because=tuple(map(str, found.because)),
            ended=kept.discrepancy.ending is not None,
        )


def _named(subject: Subject, names: Mapping[str, str]) -> str:
    """Return the subject by the names of the scenario: two of a pair in their order."""
    if subject.scope is Scope.MESSAGE:
        return subject.scope.value
    if subject.scope is Scope.PAIR:
        return " ".join(sorted(names.get(one, one) for one in subject.name.split(" ")))
    return names.get(subject.name, subject.name)


def expected_of(named: str) -> Differences | None:
    """
    Return what the scenario must produce on each side, or None where nobody has said so.

    Of a file it stands beside it, under the same name and ``.expected.toml``. The rules over
    what the United States alone know are expected there alone.

    Raises:
        UsageWrong: The file does not say it as it must.
    """
    text = _text_of(named)
    if text is None:
        return None
    try:
        stated = _Expected.model_validate(parse_toml(text)).discrepancy
    except (ValidationError, ValueError) as error:
        wrong = f"{named}: {error}"
        raise UsageWrong(Sentence(wrong, wrong)) from error
    return {side: frozenset(_of_side(side, stated)) for side in SIDES}


def _of_side(side: str, stated: Collection[_Stated]) -> Iterator[Difference]:
    for one in stated:
        only = "us" if one.rule.startswith("L") else one.only
        if only in (None, side):
            yield Difference(one.rule, one.subject, one.because, one.ended)


def _text_of(named: str) -> str | None:
    if named in shipped_names():
        file = resources.files("exchange") / f"demo/expected/{named}{ENDING}"
        return file.read_text(encoding="utf-8")
    beside = Path(named).with_suffix(f".expected{ENDING}")
    return beside.read_text(encoding="utf-8") if beside.is_file() else None
