"""
Where and when people cross: ports, receiving points, windows and appointments.

Ports and receiving points are data (``exchange/rules/ports.toml``), never code. Of an
appointment the local time binds; UTC is what it meant under the zone data of whoever wrote
it. Zone rules come from the pinned package ``tzdata``, never from the machine, so that two
installations of one version agree.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from functools import cache, cached_property, lru_cache
from importlib import resources
from typing import Any, NamedTuple, get_args
from zoneinfo import ZoneInfo

from pydantic import Field, TypeAdapter

from exchange.domain.toml import parse_toml
from exchange.domain.wire import (
    Closed,
    LocalText,
    PortCode,
    ReceivingPointId,
    UtcText,
    ZoneName,
    read_utc,
    utc_text,
)


class ReceivingPoint(Closed):
    """A desk of the Mexican authority where people from one port are received."""

    id: ReceivingPointId
    name: str
    city: str
    zone: ZoneName


class Port(Closed):
    """A land port of entry of the United States, with the points that receive from it."""

    code: PortCode
    name: str
    city: str
    zone: ZoneName
    receiving_points: tuple[ReceivingPoint, ...] = Field(strict=False, min_length=1)


class Places:
    """Every port and receiving point that this installation knows."""

    def __init__(self, ports: tuple[Port, ...]) -> None:
        self._ports: Mapping[str, Port] = {port.code: port for port in ports}
        self._points = {
            point.id: (port, point) for port in ports for point in port.receiving_points
        }

    def __iter__(self) -> Iterator[Port]:
        return iter(self._ports.values())

    def find_port(self, code: str) -> Port | None:
        """Return the port with this CBP code, if there is one."""
        return self._ports.get(code)

    def find_receiving_point(self, point: str) -> ReceivingPoint | None:
        """Return the receiving point with this id, if there is one."""
        found = self._points.get(point)
        return found[1] if found else None

    def find_port_of(self, point: str) -> Port | None:
        """Return the port from which the receiving point takes people, if there is one."""
        found = self._points.get(point)
        return found[0] if found else None

    def are_a_pair(self, port: str, point: str) -> bool:
        """Say whether the receiving point takes people from the port."""
        found = self.find_port_of(point)
        return found is not None and found.code == port


def load_places(text: str) -> Places:
    """
    Return the places that a ports file in TOML lists.

    Raises:
        ValueError: The file is not what a ports file must be, a code or id stands twice, or
            a zone is unknown.
    """
    ports = TypeAdapter(tuple[Port, ...]).validate_python(
        parse_toml(text).get("port", ()), strict=False
    )
    points = [point for port in ports for point in port.receiving_points]
    names = [port.code for port in ports] + [point.id for point in points]
    if len(names) != len(set(names)):
        message = "a port code or receiving point id stands twice"
        raise ValueError(message)
    for zone in {port.zone for port in ports} | {point.zone for point in points}:
        zone_of(zone)
    return Places(ports)


class Window(Closed):
    """When the person is to be brought to the line: from *from* until just before *to*."""

    from_: UtcText = Field(alias="from")
    to: UtcText

    @property
    def from_at(self) -> datetime:
        """When the window opens."""
        return read_utc(self.from_)

    @property
    def to_at(self) -> datetime:
        """When the window closes."""
        return read_utc(self.to)


class Return(Closed):
    """Where and when the person is handed over."""

    port: PortCode
    receiving_point: ReceivingPointId
    window: Window


class LocalAppointment(Closed):
    """A time on the wall of a place, as a port's own system gives it."""

    local: LocalText
    zone: ZoneName

    @cached_property
    def at(self) -> datetime:
        """
        When it is, in UTC.

        Raises:
            LocalTimeRefused: The local time does not exist once.
        """
        return resolve_local(self.local, self.zone)


class Appointment(Closed):
    """A time that someone must keep: the local time binds, and *utc* says what it meant."""

    local: LocalText
    zone: ZoneName
    utc: UtcText

    @property
    def at(self) -> datetime:
        """When it is, as whoever wrote it understood it."""
        return read_utc(self.utc)

    @classmethod
    def made_from(cls, local: LocalAppointment) -> "Appointment":
        """
        Return the appointment with its time in UTC beside it.

        Raises:
            LocalTimeRefused: The local time does not exist once.
        """
        return cls(local=local.local, zone=local.zone, utc=utc_text(local.at))


class Doubt(NamedTuple):
    """An appointment that may be kept at a wrong time: where it stands in a body, and why."""

    pointer: str
    code: str


def find_doubts(body: Closed) -> tuple[Doubt, ...]:
    """
    Return what a receiver must ask about the appointments of a body it accepts (design §5).

    The local time binds. Where it does not exist, exists twice, or is by our zone data another
    moment than the sender took it for, the person might be told a time that nobody meant.
    """
    found = []
    for names, pointer in _appointments_of(type(body)):
        value: Any = body
        for name in names:
            value = None if value is None else getattr(value, name)
        code = None if value is None else _doubt_about(value)
        if code is not None:
            found.append(Doubt(pointer, code))
    return tuple(found)


def states_appointments(body: Closed) -> bool:
    """Say whether a body of this kind has a place for an appointment."""
    return bool(_appointments_of(type(body)))


def _doubt_about(appointment: Appointment) -> str | None:
    try:
        moment = resolve_local(appointment.local, appointment.zone)
    except LocalTimeRefused as refused:
        return refused.code
    return None if moment == appointment.at else "other-moment"


@cache
def _appointments_of(model: type[Closed]) -> tuple[tuple[tuple[str, ...], str], ...]:
    """Return the names that lead to each appointment of a model, and its JSON pointer."""
    found: list[tuple[tuple[str, ...], str]] = []
    for name, field in model.model_fields.items():
        pointer = f"/{field.alias or name}"
        for kind in get_args(field.annotation) or (field.annotation,):
            if kind is Appointment:
                found.append(((name,), pointer))
            elif isinstance(kind, type) and issubclass(kind, Closed):
                found += [
                    ((name, *names), pointer + rest) for names, rest in _appointments_of(kind)
                ]
    return tuple(found)


class LocalTimeRefused(ValueError):
    """A local time that names no moment, or two; *code* says which."""

    def __init__(self, *, code: str) -> None:
        super().__init__(code)
        self.code = code


@lru_cache(maxsize=4096)
def resolve_local(local: str, zone: str) -> datetime:
    """
    Return the one moment, in UTC, at which the wall clock of *zone* shows *local*.

    Raises:
        LocalTimeRefused: ``unknown-zone``; ``no-such-local-time``, which the clocks skip when
            they go forward; ``ambiguous-local-time``, which they show twice going back.
    """
    first = datetime.fromisoformat(local).replace(tzinfo=zone_of(zone))
    moment = first.astimezone(UTC)
    if moment.astimezone(first.tzinfo).replace(tzinfo=None) != first.replace(tzinfo=None):
        raise LocalTimeRefused(code="no-such-local-time")
    if first.replace(fold=1).utcoffset() != first.utcoffset():
        raise LocalTimeRefused(code="ambiguous-local-time")
    return moment


@lru_cache(maxsize=4_096)
def day_in(at: datetime, zone: str) -> date:
    """Return the day that the wall calendar of *zone* shows at the moment *at*."""
    return at.astimezone(zone_of(zone)).date()


@lru_cache(maxsize=64)
def zone_of(name: str) -> ZoneInfo:
    """
    Return the rules of a zone, from the pinned zone data.

    Raises:
        LocalTimeRefused: There is no zone of this name.
    """
    if name not in _zone_names():
        raise LocalTimeRefused(code="unknown-zone")
    with resources.files("tzdata").joinpath("zoneinfo", *name.split("/")).open("rb") as rules:
        return ZoneInfo.from_file(rules, key=name)


@lru_cache(maxsize=1)
def _zone_names() -> frozenset[str]:
    return frozenset(resources.files("tzdata").joinpath("zones").read_text("utf-8").split())
