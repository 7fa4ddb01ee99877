"""What a paper says: the facts of the message, and in words whatever is missing or doubtful."""

from dataclasses import asdict, replace
from datetime import datetime

import pytest

from exchange.domain.messages.return_notice import Hearing
from exchange.domain.places import Appointment
from exchange.reports.paper.calendar import time_in_words
from exchange.reports.paper.contents import AsSigned
from exchange.reports.paper.words import LANGUAGES, PaperLanguage
from tests.builders import HANDOFF, NOW, a_notice
from tests.reports.paper.papers import (
    MX,
    US,
    a_hearing_notice,
    a_source,
    an_appointment,
    contents_of,
    no_hearing,
)


def moved(**changes: object) -> Hearing:
    """Return the default hearing with members changed, as a partner may send it."""
    return a_notice().hearing.model_copy(update=changes)


def test_a_paper_says_when_and_where() -> None:
    """Present yourself, then the hearing: weekday, time, zone, place, in the order of the page."""
    present, hearing = contents_of(a_source()).appointments
    assert present.heading == "Present yourself"
    assert present.strong == ("Tuesday, May 6, 2031", "4:00 a.m. (04:00)")
    assert present.lines == (
        "At the port of entry San Ysidro (code 2504), San Diego, California",
        "Pacific time · UTC−07:00",  # noqa: RUF001 # a minus sign, as print has it
        "This is the time on the clocks in San Diego, California and Tijuana, Baja California.",
    )
    assert present.warnings == ()
    assert hearing.heading == "Your hearing"
    assert hearing.strong == ("Tuesday, May 6, 2031", "8:00 a.m. (08:00)")
    assert "The message does not say where the hearing is held." in hearing.lines


def test_a_paper_says_who_it_is_for_and_who_says_so() -> None:
    """The person, the receiving point, the issuer, and who printed it."""
    contents = contents_of(a_source(), "es", printed_by=US)
    assert contents.person.strong == ("María José Núñez de la Peña",)
    assert contents.person.lines == (
        "Nombres: María José",
        "Primer apellido: Núñez",
        "Segundo apellido: de la Peña",
        "Nacimiento: 28 de febrero de 1994",
    )
    assert contents.receiving.strong == ("El Chaparral, Tijuana, Baja California",)
    assert contents.issued.strong == ("Autoridad de Estados Unidos (urn:handoff:us:cbp)",)
    assert contents.issued.lines == (
        "Mensaje firmado el 17 de marzo de 2031, 18:00 UTC",
        "Calendario del tribunal consultado el 17 de marzo de 2031, 15:30 UTC",
        (
            "Impreso el 17 de marzo de 2031, 18:00 UTC por: "
            "Autoridad de Estados Unidos (urn:handoff:us:cbp)"
        ),
    )
    assert contents.code_lines[0] == "Aviso, revisión 1; audiencia, versión 1"


def test_mexico_prints_what_it_received() -> None:
    """The issuer is who signed the message, not who prints it."""
    contents = contents_of(a_source(), printed_by=MX)
    assert contents.issued.strong == ("Authority of the United States (urn:handoff:us:cbp)",)
    assert contents.issued.lines[-1].endswith("by: Authority of Mexico (urn:handoff:mx:inm)")


def test_a_later_hearing_replaces_that_of_the_notice() -> None:
    """The dates are those of the hearing notice; the person and the point those of the notice."""
    contents = contents_of(a_source(a_hearing_notice()))
    present, hearing = contents.appointments
    assert present.strong == ("Tuesday, May 13, 2031", "9:00 a.m. (09:00)")
    assert hearing.strong == ("Tuesday, May 13, 2031", "1:00 p.m. (13:00)")
    assert contents.code_lines[0] == "Notice, revision 1; hearing, version 2"
    assert contents.receiving.strong == ("El Chaparral, Tijuana, Baja California",)


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_a_hearing_the_paper_says_so(language: PaperLanguage) -> None:
    """Where none is scheduled nothing looks like a date to keep."""
    (only,) = contents_of(a_source(no_hearing()), language).appointments
    assert only.strong
    assert only.lines
    assert not any(digit in "".join(only.strong + only.lines) for digit in "0123456789")


def test_what_is_missing_is_said() -> None:
    """No second surname, an unknown port and an unknown receiving point are all put in words."""
    source = a_source(
        moved(presentation_port="9999"), person__second_surname=None, person__birth_date="1994-02"
    )
    point = source.notice.return_.model_copy(update={"receiving_point": "MX-NOWHERE"})
    source = replace(source, notice=source.notice.model_copy(update={"return_": point}))
    contents = contents_of(source)
    assert "Second surname: none" in contents.person.lines
    assert "Born: February 1994 (day not recorded)" in contents.person.lines
    assert contents.receiving.strong == (
        "Receiving point MX-NOWHERE, whose name is not known here",
    )
    assert contents.appointments[0].lines == (
        "At the port of entry with code 9999, whose name is not known here",
        "Pacific time · UTC−07:00",  # noqa: RUF001 # a minus sign, as print has it
    )


def test_other_clocks_are_told() -> None:
    """Where the clocks of the port or of Mexico differ, what they show then is told once."""
    source = a_source(moved(present_at=an_appointment("2031-05-06T00:30", "America/Chicago")))
    assert contents_of(source).appointments[0].lines[1:] == (
        "Central time · UTC−05:00",  # noqa: RUF001 # a minus sign, as print has it
        (
            "In San Diego, California and Tijuana, Baja California the clocks then show "
            "10:30 p.m. (22:30), Monday, May 5, 2031."
        ),
    )


@pytest.mark.parametrize(
    ("local", "offset", "warning"),
    [
        ("2031-03-08T04:00", "08", None),
        ("2031-03-09T01:30", "08", None),
        ("2031-03-09T03:30", "07", "forward 60 minutes"),
        ("2031-03-09T04:00", "07", "forward 60 minutes"),
        ("2031-03-10T04:00", "07", None),
        ("2031-11-02T00:30", "07", None),
        ("2031-11-02T02:30", "08", "back 60 minutes"),
        ("2031-11-02T04:00", "08", "back 60 minutes"),
        ("2031-11-03T04:00", "08", None),
    ],
)
def test_the_night_the_clocks_change(local: str, offset: str, warning: str | None) -> None:
    """The local time stands as it was given, with its offset after the change, and a warning."""
    (present, _) = contents_of(a_source(moved(present_at=an_appointment(local)))).appointments
    assert f"({local[-5:]})" in present.strong[1]
    assert f"Pacific time · UTC−{offset}:00" in present.lines  # noqa: RUF001 # a minus sign
    assert [line for line in present.warnings if warning and warning in line] == [*present.warnings]
    assert bool(present.warnings) == bool(warning)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("local", "zone", "utc", "words"),
    [
        ("2031-03-09T02:30", "America/Los_Angeles", "2031-03-09T10:30:00Z", "does not exist"),
        ("2031-11-02T01:30", "America/Los_Angeles", "2031-11-02T08:30:00Z", "comes twice"),
        ("2031-05-06T04:00", "America/Los_Angeles", "2031-05-06T12:00:00Z", "another moment"),
        ("2031-05-06T04:00", "Atlantis/Capital", "2031-05-06T12:00:00Z", "not known here"),
    ],
)
def test_a_doubtful_time_is_printed_as_it_stands_and_doubted(
    local: str, zone: str, utc: str, words: str, language: PaperLanguage
) -> None:
    """The local time binds: it is never moved, and the doubt is told beside it, in each block."""
    appointment = Appointment(local=local, zone=zone, utc=utc)
    source = a_source(moved(present_at=appointment, hearing_at=appointment))
    for block in contents_of(source, language).appointments:
        assert f"({local[-5:]})" in block.strong[1]
        assert len(block.warnings) == 1
    if language == "en":
        assert words in block.warnings[0]


@pytest.mark.parametrize(
    ("issuer", "printer", "is_test"),
    [(US, MX, False), (US + ":test", MX, True), (US, MX + ":test", True)],
)
def test_a_test_installation_prints_no_valid_paper(
    issuer: str, printer: str, *, is_test: bool
) -> None:
    """A paper of or from a test installation says first that it is not valid."""
    contents = contents_of(replace(a_source(), issuer=issuer), printed_by=printer)
    assert (contents.test is not None) == is_test


def test_a_paper_says_no_more_than_it_must() -> None:
    """No document, nationality, sex, family, case, rule set or officer stands on it."""
    source = a_source()
    said = repr(asdict(contents_of(source)))
    notice = source.notice
    assert notice.travel_document is not None
    for kept in (
        *(notice.travel_document.number, notice.case, notice.screening.rule_set, notice.salt),
        *(notice.hearing.hearing, "HND", "PASSPORT", HANDOFF),
    ):
        assert kept not in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_was_put_right_is_beside_what_was_signed(language: PaperLanguage) -> None:
    """Each block says what the signed message had there; the others say nothing of it."""
    signed = a_source(moved(present_at=an_appointment("2031-05-06T05:00")))
    source = replace(
        a_source(person__given_names="María Josefa"),
        signed=AsSigned(signed.notice, signed.hearing, NOW),
    )
    contents = contents_of(source, language)
    present, hearing = contents.appointments
    assert "María José" in str(contents.person.corrected)
    signed_at = datetime.fromisoformat("2031-05-06T05:00")
    assert time_in_words(signed_at, language) in str(present.corrected)
    quiet = (hearing, contents.receiving, contents.issued)
    assert [block.corrected for block in quiet] == [None] * 3
