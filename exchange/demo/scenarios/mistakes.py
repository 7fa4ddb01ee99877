"""What is wrong in a scenario's file: each mistake with its place, and with what is known there."""

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from pydantic import BaseModel

from exchange.demo.scenarios.wording import Crowd, Part, Person, Road, Scenario, Step
from exchange.domain.causes import Cause
from exchange.domain.places import Places, zone_of
from exchange.errors import Sentence


def in_utc(time: dt.datetime, port: str, places: Places) -> dt.datetime:
    """Return a moment of the file: without an offset it is what the wall at *port* shows."""
    if time.tzinfo is not None:
        return time.astimezone(dt.UTC)
    found = places.find_port(port)
    zone = zone_of("Etc/UTC" if found is None else found.zone)
    return time.replace(tzinfo=zone).astimezone(dt.UTC)


def fault_of(error: Any) -> Sentence:
    """Return what pydantic found, with its place as the file has it."""
    place = _place(error["loc"])
    context: Mapping[str, Any] = error.get("ctx", {})
    match error["type"]:
        case "missing":
            return Sentence(f"{place}: is missing", f"{place}: falta")
        case "extra_forbidden":
            known = ", ".join(_known_at(error["loc"][:-1]))
            return Sentence(
                f"{place}: is not known here; known are {known}",
                f"{place}: no se conoce aquí; se conocen {known}",
            )
        case "literal_error":
            known = str(context["expected"]).replace(" or ", ", ").replace("'", "")
            return Sentence(
                f"{place}: {_quoted(error)} is not known; known are {known}",
                f"{place}: {_quoted(error)} no se conoce; se conocen {known}",
            )
        case _:
            wanted = ", ".join(f"{name} {value}" for name, value in context.items()) or "-"
            return Sentence(
                f"{place}: {_quoted(error)} does not fit ({error['type']}: {wanted})",
                f"{place}: {_quoted(error)} no cabe ({error['type']}: {wanted})",
            )


def _quoted(error: Any) -> str:
    return str(error["input"])[:60]


def _place(location: Collection[int | str]) -> str:
    """Return ``person[2].port``: tables are counted from 1, as a reader does."""
    text = ""
    for step in location:
        text += f"[{step + 1}]" if isinstance(step, int) else f".{step}"
    return text.removeprefix(".")


def _known_at(location: Collection[int | str]) -> Collection[str]:
    model: type[BaseModel] = Scenario
    for step in location:
        if isinstance(step, str) and step in model.model_fields:
            model = _TABLES.get(f"{model.__name__}.{step}", model)
    return tuple(model.model_fields)


_TABLES: Final[dict[str, type[BaseModel]]] = {
    "Scenario.crowd": Crowd,
    "Scenario.person": Person,
    "Scenario.step": Step,
    "Scenario.road": Road,
    "Crowd.part": Part,
}


def faults_of_names(document: Mapping[str, Any], places: Places) -> list[Sentence]:
    """Return what is named and not known: ports, people, causes."""
    return [*_faults_of_ports(document, places), *_faults_of_people(document)]


def _faults_of_ports(document: Mapping[str, Any], places: Places) -> Iterator[Sentence]:
    known = ", ".join(port.code for port in places)
    for place, port in _ports(document):
        if isinstance(port, str) and places.find_port(port) is None:
            yield Sentence(
                f"{place}: unknown port {port}; known are {known}",
                f"{place}: puerto desconocido {port}; se conocen {known}",
            )


def _ports(document: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for table, members in (("person", ("port", "hearing_port")), ("step", ("port",))):
        for number, one in _tables(document, table):
            for member in members:
                yield f"{table}[{number}].{member}", one.get(member)
    for number, one in _tables(document, "crowd"):
        ports = one.get("ports")
        for port in ports if isinstance(ports, dict) else ():
            yield f"crowd[{number}].ports", port


def _faults_of_people(document: Mapping[str, Any]) -> Iterator[Sentence]:
    people = [one.get("name") for _, one in _tables(document, "person")]
    known = ", ".join(str(name) for name in people)
    for number, name in enumerate(people, start=1):
        if people.index(name) + 1 < number:
            yield Sentence(
                f"person[{number}].name: {name} is there twice",
                f"person[{number}].name: {name} está dos veces",
            )
    for place, name in _named(document):
        if name not in people:
            yield Sentence(
                f"{place}: nobody is called {name}; known are {known}",
                f"{place}: nadie se llama {name}; se conocen {known}",
            )
    causes = ", ".join(Cause)
    for number, one in _tables(document, "step"):
        cause = one.get("cause")
        if cause is not None and cause not in list(Cause):
            yield Sentence(
                f"step[{number}].cause: unknown cause {cause}; known are {causes}",
                f"step[{number}].cause: causa desconocida {cause}; se conocen {causes}",
            )


def _named(document: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for number, one in _tables(document, "step"):
        who = one.get("who", [])
        for name in [who] if isinstance(who, str) else who:
            yield f"step[{number}].who", name
    for number, one in _tables(document, "person"):
        for member in ("same_case_as", "same_record_as"):
            if member in one:
                yield f"person[{number}].{member}", one[member]


def _tables(document: Mapping[str, Any], name: str) -> Iterator[tuple[int, dict[str, Any]]]:
    tables = document.get(name, [])
    for number, one in enumerate(tables if isinstance(tables, list) else [], start=1):
        if isinstance(one, dict):
            yield number, one


def faults_of_times(scenario: Scenario, places: Places) -> list[Sentence]:
    """Return what lies outside the time of the scenario, and counts that cannot be."""
    if scenario.ends <= scenario.begins:
        return [Sentence("ends: is not after begins", "ends: no es posterior a begins")]
    first = dt.datetime.combine(scenario.begins, dt.time(), dt.UTC)
    last = dt.datetime.combine(scenario.ends, dt.time(), dt.UTC)
    ports = {one.name: one.port for one in scenario.person}
    faults = []
    for place, time in _times(scenario, ports, places):
        if not first <= time <= last:
            said = f"{place}: {time:%Y-%m-%d %H:%M} UTC"
            span = f"{scenario.begins} - {scenario.ends}"
            faults.append(
                Sentence(
                    f"{said} is not within {span}",
                    f"{said} no está entre {span}",
                )
            )
    for number, crowd in enumerate(scenario.crowd, start=1):
        if sum(crowd.ports.values()) > crowd.published or crowd.last < crowd.first:
            faults.append(
                Sentence(
                    f"crowd[{number}]: the ports add up to more than published, or last is first",
                    f"crowd[{number}]: los puertos suman más que published, o last es anterior",
                )
            )
    return faults


def _times(
    scenario: Scenario, ports: Mapping[str, str], places: Places
) -> Iterator[tuple[str, dt.datetime]]:
    for number, person in enumerate(scenario.person, start=1):
        yield f"person[{number}].window", in_utc(person.window, person.port, places)
    for number, step in enumerate(scenario.step, start=1):
        yield f"step[{number}].at", in_utc(step.at, ports[step.who[0]], places)
    for number, road in enumerate(scenario.road, start=1):
        for name in ("since", "until"):
            yield f"road[{number}].{name}", in_utc(getattr(road, name), "", places)
