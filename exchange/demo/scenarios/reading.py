"""
A scenario's file, read: every fault at once, each with its place and what is known there.

A day that is on no calendar makes the file no TOML; it is noted, and another day is read in its
place, so that the rest is looked at too.
"""

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
_AT = re.compile(r"Invalid (?:date|local time).* \(at line (\d+), column (\d+)\)")
_DAY = re.compile(r"(\d{4})-\d{2}-\d{2}")
_HOUR = re.compile(r"([T ])\d{2}:\d{2}")


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
    faults: list[Sentence] = []
    lines = text.split("\n")
    for _ in lines:
        try:
            return parse_toml("\n".join(lines)), faults
        except tomllib.TOMLDecodeError as error:
            if (at := _AT.search(str(error))) is None:
                faults.append(Sentence(f"is not TOML: {error}", f"no es TOML: {error}"))
                return None, faults
            number, column = int(at[1]), int(at[2])
            line = lines[number - 1]
            there = line[column - 1 :].split(",")[0].split("]")[0].strip()
            faults.append(
                Sentence(
                    f"line {number}: {there} is on no calendar",
                    f"línea {number}: {there} no está en ningún calendario",
                )
            )
            mended = _HOUR.sub(r"\1" + "00:00", _DAY.sub(r"\1-01-01", line[column - 1 :]))
            lines[number - 1] = line[: column - 1] + mended
        except ValueError as error:
            faults.append(Sentence(f"is not TOML: {error}", f"no es TOML: {error}"))
            return None, faults
    return None, faults


def _shipped() -> Traversable:
    return resources.files("exchange") / "demo/scenarios"


def _is_scenario(file: Traversable) -> bool:
    return file.name.endswith(ENDING)


def _name(file: Traversable) -> str:
    return file.name.removesuffix(ENDING)
