"""Ports, receiving points and appointments."""

from datetime import UTC, date, datetime

import pytest

from exchange.domain.places import (
    Appointment,
    Doubt,
    LocalAppointment,
    LocalTimeRefused,
    Return,
    day_in,
    find_doubts,
    load_places,
    resolve_local,
    states_appointments,
    zone_of,
)
from exchange.domain.wire import Closed
from tests.builders import a_decision_document, a_notice, a_reception, places

ONE_PORT = """
[[port]]
code = "2504"
name = "San Ysidro"
city = "San Diego, California"
zone = "America/Los_Angeles"
receiving_points = [
  { id = "MX-CHAPARRAL", name = "El Chaparral", city = "Tijuana", zone = "America/Tijuana" },
]
"""


def test_every_land_port_of_the_border_is_listed() -> None:
    """The file has the CBP codes of all four states, each with a receiving point."""
    codes = {port.code for port in places()}
    california, arizona = {"2502", "2503", "2504", "2505", "2506", "2507"}, {"2601", "2602", "2603"}
    arizona |= {"2604", "2606", "2608"}
    new_mexico, texas = {"2406", "2408"}, {"2402", "2403", "2404", "2301", "2302", "2303", "2304"}
    texas |= {"2305", "2307", "2309", "2310"}
    assert codes == california | arizona | new_mexico | texas


def test_both_sides_of_the_border_show_the_same_time() -> None:
    """Each receiving point keeps the clock of its port, in summer and in winter."""
    for at in (datetime(2031, 1, 15, 18, tzinfo=UTC), datetime(2031, 7, 15, 18, tzinfo=UTC)):
        for port in places():
            for point in port.receiving_points:
                here = at.astimezone(zone_of(port.zone)).replace(tzinfo=None)
                there = at.astimezone(zone_of(point.zone)).replace(tzinfo=None)
                assert here == there, port.name


def test_a_file_without_a_port_lists_no_place() -> None:
    """An installation may know no port at all; then none is found."""
    assert list(load_places("")) == []


def test_a_pair_is_a_port_and_its_receiving_point() -> None:
    """El Chaparral takes people from San Ysidro and from nowhere else."""
    known = places()
    assert known.are_a_pair("2504", "MX-CHAPARRAL")
    assert not known.are_a_pair("2503", "MX-CHAPARRAL")
    assert not known.are_a_pair("2504", "MX-NOWHERE")


def test_places_are_found_by_their_codes() -> None:
    """A known code finds its place and an unknown one finds nothing."""
    known = places()
    port, point = known.find_port("2402"), known.find_receiving_point("MX-JUAREZ")
    assert port is not None
    assert point is not None
    assert known.find_port_of("MX-JUAREZ") == port
    assert port.name == "El Paso"
    assert point.zone == "America/Ciudad_Juarez"
    assert known.find_port("9999") is None
    assert known.find_receiving_point("MX-NOWHERE") is None
    assert known.find_port_of("MX-NOWHERE") is None


@pytest.mark.parametrize(
    "text",
    [
        ONE_PORT + ONE_PORT,
        ONE_PORT.replace("America/Tijuana", "America/Nowhere"),
        ONE_PORT.replace("2504", "25"),
        ONE_PORT.replace("MX-CHAPARRAL", "CHAPARRAL"),
        ONE_PORT + "speed = 3",
        "port = 1",
        "[[port",
    ],
)
def test_a_bad_ports_file_is_refused(text: str) -> None:
    """A code twice, an unknown zone, a wrong shape: the file is not taken."""
    with pytest.raises(ValueError, match=r".+"):
        load_places(text)


@pytest.mark.parametrize(
    ("local", "zone", "utc"),
    [
        ("2019-03-19T08:00", "America/Los_Angeles", datetime(2019, 3, 19, 15, tzinfo=UTC)),
        ("2019-03-10T03:00", "America/Los_Angeles", datetime(2019, 3, 10, 10, tzinfo=UTC)),
        ("2019-03-10T02:30", "America/Phoenix", datetime(2019, 3, 10, 9, 30, tzinfo=UTC)),
        ("2023-07-01T08:00", "America/Ciudad_Juarez", datetime(2023, 7, 1, 14, tzinfo=UTC)),
    ],
)
def test_a_local_time_is_one_moment(local: str, zone: str, utc: datetime) -> None:
    """What the wall clock shows once is one moment in UTC."""
    assert resolve_local(local, zone) == utc


@pytest.mark.parametrize(
    ("local", "zone", "code"),
    [
        ("2019-03-10T02:30", "America/Los_Angeles", "no-such-local-time"),
        ("2019-11-03T01:30", "America/Los_Angeles", "ambiguous-local-time"),
        ("2019-03-19T08:00", "America/Nowhere", "unknown-zone"),
        ("2019-03-19T08:00", "leapseconds", "unknown-zone"),
        ("2019-03-19T08:00", "America", "unknown-zone"),
    ],
)
def test_a_local_time_that_is_not_one_moment_is_refused(local: str, zone: str, code: str) -> None:
    """A time the clocks skip or show twice is refused, and so is an unknown zone."""
    with pytest.raises(LocalTimeRefused) as refused:
        resolve_local(local, zone)
    assert refused.value.code == code


def test_an_appointment_says_what_it_meant() -> None:
    """The appointment made from a local time has the same moment in UTC beside it."""
    local = LocalAppointment(local="2031-05-06T08:00", zone="America/Los_Angeles")
    appointment = Appointment.made_from(local)
    assert appointment.utc == "2031-05-06T15:00:00Z"
    assert appointment.at == local.at


def test_a_window_opens_and_closes() -> None:
    """The window's members are moments."""
    window = Return.model_validate(a_decision_document()["return"]).window
    assert window.from_at == datetime(2031, 3, 18, 16, tzinfo=UTC)
    assert window.to_at == datetime(2031, 3, 18, 20, tzinfo=UTC)


def test_the_day_is_that_of_the_place() -> None:
    """Late in the evening UTC is a day ahead of the border."""
    assert day_in(datetime(2031, 3, 18, 3, tzinfo=UTC), "America/Tijuana") == date(2031, 3, 17)


# --- What a receiver asks about appointments ---------------------------------------------------

SPRING = "2031-03-09T02:30"
AUTUMN = "2031-11-02T01:30"
ZONE = "America/Los_Angeles"


class Meeting(Closed):
    """Something with an appointment that may be absent."""

    place: str
    at: Appointment | None


class Errand(Closed):
    """Something that may lead to a meeting, and has another of its own."""

    meeting: Meeting | None
    seen: Appointment


def appointment(local: str = "2031-05-06T08:00", zone: str = ZONE, utc: str = "") -> Appointment:
    """Return an appointment as a sender wrote it."""
    return Appointment(local=local, zone=zone, utc=utc or "2031-05-06T15:00:00Z")


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (appointment(SPRING, utc="2031-03-09T10:30:00Z"), "no-such-local-time"),
        (appointment(AUTUMN, utc="2031-11-02T08:30:00Z"), "ambiguous-local-time"),
        (appointment(AUTUMN, utc="2031-11-02T09:30:00Z"), "ambiguous-local-time"),
        (appointment(zone="America/Atlantis"), "unknown-zone"),
        (appointment(utc="2031-05-06T16:00:00Z"), "other-moment"),
        (appointment(utc="2031-05-06T15:00:01Z"), "other-moment"),
    ],
)
def test_a_receiver_doubts_what_nobody_can_keep(given: Appointment, code: str) -> None:
    """A local time that is none, is two, or is another moment by our zone data is asked about."""
    errand = Errand(meeting=None, seen=given)
    assert find_doubts(errand) == (Doubt("/seen", code),)


def test_every_appointment_of_a_body_is_looked_at() -> None:
    """Each doubt names its member, however deep it stands; what is absent is not doubted."""
    late = appointment(utc="2031-05-06T16:00:00Z")
    both = Errand(meeting=Meeting(place="hall", at=late), seen=late)
    assert find_doubts(both) == (
        Doubt("/meeting/at", "other-moment"),
        Doubt("/seen", "other-moment"),
    )
    absent = Errand(meeting=Meeting(place="hall", at=None), seen=appointment())
    assert find_doubts(absent) == ()


def test_a_notice_states_appointments_and_a_reception_none() -> None:
    """The two times of a notice's hearing are looked at; a good notice leaves no doubt."""
    notice = a_notice()
    assert states_appointments(notice)
    assert find_doubts(notice) == ()
    hearing = notice.hearing.model_copy(update={"present_at": appointment(SPRING)})
    doubtful = notice.model_copy(update={"hearing": hearing})
    assert find_doubts(doubtful) == (Doubt("/hearing/present_at", "no-such-local-time"),)
    assert not states_appointments(a_reception())


@pytest.mark.parametrize(
    ("local", "code"),
    [("2031-03-09T02:30", "no-such-local-time"), ("2031-11-02T01:30", "ambiguous-local-time")],
)
def test_a_refused_time_says_why_in_a_log(local: str, code: str) -> None:
    """The code is the error's own text, so a traceback names it without a value."""
    with pytest.raises(LocalTimeRefused, match=f"^{code}$"):
        resolve_local(local, "America/Los_Angeles")
