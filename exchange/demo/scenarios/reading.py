"""
A scenario's file, read: every fault at once, each with its place and what is known there.

A day that is on no calendar makes the file no TOML; it is noted, and another day is read in its
place, so that the rest is looked at too.
"""

import datetime as dt
import re
import tomllib
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from exchange.cli.exits import unusable
from exchange.demo.scenarios.mistakes import fault_of, faults_of_names, faults_of_times
from exchange.demo.scenarios.wording import Scenario
from exchange.domain.places import Places
from exchange.domain.toml import parse_toml
from exchange.errors import Sentence, UsageWrong

ENDING = ".toml"
_LINE = re.compile(r"\(at line (\d+), column \d+\)")
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}:\d{2})?")
_STAND_IN = "2019-01-01T00:00:00"
"""What is read in the place of a time that does not exist."""


def shipped_names() -> tuple[str, ...]:
    """Return the names of the scenarios that come with the program."""
    return tuple(sorted(_name(file) for file in _shipped().iterdir() if _is_scenario(file)))


def read_scenario(named: str, places: Places) -> Scenario:
    """
    Return the scenario of a file, or the shipped one of that name.

    Raises:
        UsageWrong: There is none, or it does not hold; every fault is named.
    """
    return parse_scenario(*_text_of(named), places)


def parse_scenario(text: str, where: str, places: Places) -> Scenario:
    """
    Return what the *text* of a file says; *where* names the file.

    Raises:
        UsageWrong: It does not hold; every fault is named, with its place and what is known.
    """
    document, faults = _parse(text)
    scenario: Scenario | None = None
    if document is not None:
        try:
            scenario = Scenario.model_validate(document)
        except ValidationError as refused:
            faults += [fault_of(error) for error in refused.errors()]
        faults += faults_of_names(document, places)
    if scenario is not None and not faults:
        faults += faults_of_times(scenario, places)
    if scenario is None or faults:
        lines = list(dict.fromkeys((one.en, one.es) for one in faults))
        raise UsageWrong(
            Sentence(
                "\n  - ".join(f"{where}: {en}" for en, _ in lines),
                "\n  - ".join(f"{where}: {es}" for _, es in lines),
            )
        )
    return scenario


def _text_of(named: str) -> tuple[str, str]:
    if named in shipped_names():
        return (_shipped() / f"{named}{ENDING}").read_text(encoding="utf-8"), named
    file = Path(named)
    known = ", ".join(shipped_names())
    if not file.suffix and not file.exists():
        raise UsageWrong(
            Sentence(
                f"--scenario {named}: no shipped scenario and no file; shipped are {known}",
                f"--scenario {named}: ni escenario incluido ni archivo; incluidos: {known}",
            )
        )
    try:
        return file.read_text(encoding="utf-8"), named
    except OSError as error:
        raise unusable(error) from error
    except UnicodeDecodeError:
        raise UsageWrong(Sentence(f"{named}: is not UTF-8", f"{named}: no está en UTF-8")) from None


def _parse(text: str) -> tuple[dict[str, Any] | None, list[Sentence]]:
    """Return what the file says, and every day of it that is on no calendar."""
    faults: list[Sentence] = []
    lines = text.split("\n")
    for _ in range(len(lines) + 1):
        try:
            return parse_toml("\n".join(lines)), faults
        except tomllib.TOMLDecodeError as error:
            at = _LINE.search(str(error))
            number = int(at[1]) if at else 1
            wrong = [time[0] for time in _TIME.finditer(lines[number - 1]) if not _exists(time[0])]
            if not wrong:
                return None, [*faults, Sentence(f"is not TOML: {error}", f"no es TOML: {error}")]
            for time in wrong:
                lines[number - 1] = lines[number - 1].replace(time, _STAND_IN[: max(10, len(time))])
                faults.append(
                    Sentence(
                        f"line {number}: {time} is on no calendar",
                        f"línea {number}: {time} no está en ningún calendario",
                    )
                )
        except ValueError as error:
            return None, [*faults, Sentence(f"is not TOML: {error}", f"no es TOML: {error}")]
    return None, faults


def _exists(time: str) -> bool:
    try:
        dt.datetime.fromisoformat(time)
    except ValueError:
        return False
    return True


def _shipped() -> Traversable:
    return resources.files("exchange") / "demo/scenarios"


def _is_scenario(file: Traversable) -> bool:
    return file.name.endswith(ENDING)


def _name(file: Traversable) -> str:
    return file.name.removesuffix(ENDING)
