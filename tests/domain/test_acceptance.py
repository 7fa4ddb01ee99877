"""What a Mexican official is advised, rule by rule."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.domain.acceptance import (
    AcceptanceRules,
    advise,
    day_of_return,
    explain_acceptance,
    find_certain,
    load_acceptance,
)
from exchange.domain.messages.return_notice import ReturnNotice
from tests.builders import RULES_DIRECTORY, a_notice, places

TEXTS = {
    path.stem: path.read_text("utf-8") for path in sorted((RULES_DIRECTORY / "mx").glob("*.toml"))
}
BOOK = load_acceptance(TEXTS)
MX_2019, MX_2021 = "mx-2019-01", "mx-2021-12"
MARCH_2019, MARCH_2022 = date(2019, 3, 25), date(2022, 3, 1)
FAMILY = {"group": "6a4a1f6e-6c1b-4f0e-8a77-5d0c3b2a1f01", "size": 2, "role": "CHILD"}


def rules(name: str) -> AcceptanceRules:
    """Return a shipped set by its name."""
    return next(one for one in BOOK.rule_sets if one.name == name)


def shown(notice: ReturnNotice, name: str, on: date) -> tuple[str | None, list[str]]:
    """Return the code filled in, and the reasons: ``?`` for a doubt, ``*`` for unverified."""
    advice = advise(notice, rules(name), on=on)
    assert advice.rule_set == name
    marks = [
        one.name + ("" if one.certain else "?") + ("*" if one.unverified else "")
        for one in advice.reasons
    ]
    return advice.refusal_code, marks


def announced(changes: dict[str, Any], hearing: str, window_on: date) -> ReturnNotice:
    """Return a notice for a return and a hearing of other years than the builders'."""
    notice = a_notice()
    body = notice.model_dump(mode="json")
    body["return"]["window"] = {"from": f"{window_on}T18:00:00Z", "to": f"{window_on}T22:00:00Z"}
    local, utc = f"{hearing}T08:00", f"{hearing}T15:00:00Z"
    body["hearing"]["hearing_at"] = {"local": local, "zone": "America/Los_Angeles", "utc": utc}
    for path, value in changes.items():
        *steps, last = path.split("__")
        target = body
        for step in steps:
            target = target[step]
        target[last] = value
    return ReturnNotice.model_validate(body)


def born(text: str, **more: object) -> dict[str, Any]:
    """Return the change of a birth date."""
    return {"person__birth_date": text, **more}


def point(name: str) -> dict[str, Any]:
    """Return the change of the receiving point."""
    return {"return__receiving_point": name}


@pytest.mark.parametrize(
    ("changes", "code", "reasons"),
    [
        ({}, None, []),
        ({"person__nationality": "GTM"}, None, []),
        ({"person__nationality": "SLV"}, None, []),
        ({"person__nationality": "NIC"}, "NATIONALITY", ["nationality"]),
        ({"person__nationality": "MEX"}, "NATIONALITY", ["nationality"]),
        ({"person__nationality": "XXX"}, None, ["nationality?"]),
        (born("2001-03-25"), None, []),
        (born("2001-03-26"), "MINOR_UNACCOMPANIED", ["minor-alone", "under-18"]),
        (born("2001-03-26", family=FAMILY), "AGE", ["under-18"]),
        (born("2001-03"), None, ["minor-alone?", "under-18?"]),
        (born("2001", family=FAMILY), None, ["under-18?"]),
        (born("2002", family=FAMILY), "AGE", ["under-18"]),
        (born("2000"), None, []),
        (born("1958-03-26"), None, []),
        (born("1958-03-25"), "AGE", ["over-60"]),
        (born("1958"), None, ["over-60?"]),
        (born("1958-03"), None, ["over-60?"]),
        (born("1957"), "AGE", ["over-60"]),
        (point("MX-MEXICALI"), None, []),
        (point("MX-JUAREZ"), None, []),
        (point("MX-PIEDRAS-NEGRAS"), "PORT_CLOSED", ["point-closed"]),
        (point("MX-MATAMOROS"), None, ["point-closed*"]),
        (
            {"person__nationality": "BRA", **born("1950")},
            "NATIONALITY",
            ["nationality", "over-60"],
        ),
    ],
)
def test_the_rules_of_2019(changes: dict[str, Any], code: str | None, reasons: list[str]) -> None:
    """Three nationalities, 18 to 60 on the day of return; a doubt fills in nothing."""
    notice = announced(changes, "2019-05-02", MARCH_2019)
    assert shown(notice, MX_2019, MARCH_2019) == (code, reasons)


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({}, []),
        (point("MX-PIEDRAS-NEGRAS"), ["PORT_CLOSED"]),
        (point("MX-MATAMOROS"), []),
        (point("MX-PIEDRAS-NEGRAS") | born("1950"), ["PORT_CLOSED", "AGE"]),
        (born("2001-03"), []),
    ],
)
def test_what_is_certain_is_given_alone(changes: dict[str, Any], codes: list[str]) -> None:
    """Of the codes that are asked for those of which a reason is certain and verified."""
    notice = announced(changes, "2019-05-02", MARCH_2019)
    every = ("PORT_CLOSED", "AGE", "MINOR_UNACCOMPANIED", "NATIONALITY")
    assert list(find_certain(notice, rules(MX_2019), on=MARCH_2019, of=every)) == codes
    assert list(find_certain(notice, rules(MX_2019), on=MARCH_2019, of=())) == []


@pytest.mark.parametrize(
    ("on", "changes", "code", "reasons"),
    [
        (date(2019, 1, 24), {}, "PORT_CLOSED", ["not-in-force", "point-closed"]),
        (date(2019, 1, 25), {}, None, []),
        (date(2019, 1, 25), point("MX-JUAREZ"), None, ["point-closed*"]),
        (date(2019, 3, 12), point("MX-MEXICALI"), None, []),
        (date(2019, 3, 11), point("MX-MEXICALI"), None, ["point-closed*"]),
    ],
)
def test_each_point_opens_on_its_day(
    on: date, changes: dict[str, Any], code: str | None, reasons: list[str]
) -> None:
    """On the first day only El Chaparral; what is not confirmed fills in no code."""
    assert shown(announced(changes, "2019-05-02", on), MX_2019, on) == (code, reasons)


@pytest.mark.parametrize(
    ("hearing", "code", "reasons"),
    [
        ("2019-07-23", None, []),  # 120 days after
        ("2019-07-24", None, ["document-too-short"]),
        ("2019-03-26", None, []),
        ("2019-03-25", "NO_FUTURE_HEARING", ["no-future-hearing"]),
        ("2019-03-01", "NO_FUTURE_HEARING", ["no-future-hearing"]),
    ],
)
def test_a_hearing_lies_ahead_and_within_the_document(
    hearing: str, code: str | None, reasons: list[str]
) -> None:
    """A date that is not ahead is refused; a document that is too short is only pointed out."""
    assert shown(announced({}, hearing, MARCH_2019), MX_2019, MARCH_2019) == (code, reasons)


@pytest.mark.parametrize(
    ("changes", "code", "reasons"),
    [
        ({}, None, []),
        ({"person__nationality": "HTI"}, None, []),
        ({"person__nationality": "MEX"}, "NATIONALITY", ["mexican-national"]),
        ({"person__nationality": "XXX"}, None, ["mexican-national?"]),
        (born("2010-01-01"), "MINOR_UNACCOMPANIED", ["minor-alone"]),
        (born("2010-01-01", family=FAMILY), None, []),
        (born("2004"), None, ["minor-alone?"]),
        (born("1950-01-01"), None, ["advanced-age*"]),
        (born("1961"), None, ["advanced-age?*"]),
        ({"person__language": "mam"}, None, ["indigenous-language*"]),
        (point("MX-JUAREZ"), None, []),
        (point("MX-MATAMOROS"), None, []),
        (point("MX-REYNOSA"), "PORT_CLOSED", ["point-closed"]),
    ],
)
def test_the_rules_of_2021(changes: dict[str, Any], code: str | None, reasons: list[str]) -> None:
    """Families are received, children alone are not; what was only reported asks to look."""
    notice = announced(changes, "2022-05-02", MARCH_2022)
    assert shown(notice, MX_2021, MARCH_2022) == (code, reasons)


def test_a_long_wait_is_pointed_out_in_2021() -> None:
    """180 days, where only that was reported."""
    notice = announced({}, "2022-08-29", MARCH_2022)
    assert shown(notice, MX_2021, MARCH_2022) == (None, ["document-too-short*"])
    past = announced({}, "2022-03-01", MARCH_2022)
    assert shown(past, MX_2021, MARCH_2022) == ("NO_FUTURE_HEARING", ["no-future-hearing"])


def test_the_latest_rules_of_a_family_are_in_force() -> None:
    """By date; before all of them the first, which says that it is not in force."""
    assert BOOK.in_force(date(2018, 1, 1)).name == MX_2019
    assert BOOK.in_force(date(2021, 12, 5)).name == MX_2019
    assert BOOK.in_force(date(2021, 12, 6)).name == MX_2021
    only = load_acceptance(TEXTS, MX_2019)
    assert only.in_force(date(2031, 1, 1)).name == MX_2019


def test_the_order_of_the_files_does_not_matter() -> None:
    """The day decides which rules are in force, and not which file was read first."""
    backwards = load_acceptance(dict(reversed(TEXTS.items())))
    assert [one.name for one in backwards.rule_sets] == [*reversed(TEXTS)]
    assert backwards.in_force(date(2018, 1, 1)).name == MX_2019
    assert backwards.in_force(date(2031, 1, 1)).name == MX_2021


def test_a_policy_or_file_that_selects_nothing_is_refused() -> None:
    """A name that nobody has, or a file under another name, is a mistake of the installation."""
    with pytest.raises(ValueError, match="no acceptance rules"):
        load_acceptance(TEXTS, "mx-1999")
    with pytest.raises(ValueError, match="name of their file"):
        load_acceptance({"other": TEXTS[MX_2019]})


def test_the_day_of_return_is_that_of_the_receiving_point() -> None:
    """A window late in the evening by UTC is the afternoon in Tijuana."""
    window = {"from": "2031-03-18T02:00:00Z", "to": "2031-03-18T04:00:00Z"}
    assert day_of_return(a_notice(return__window=window), places()) == date(2031, 3, 17)
    nowhere = announced(point("MX-NOWHERE"), "2031-05-02", date(2031, 3, 18))
    assert day_of_return(nowhere, places()) is None


def test_every_point_is_one_that_we_know() -> None:
    """The shipped sets name receiving points of the shipped ports."""
    for one in BOOK.rule_sets:
        assert all(places().find_receiving_point(each.id) for each in one.points)


def test_a_hearing_at_the_end_of_the_window_is_not_ahead() -> None:
    """The hearing must be after the last moment at which the person may be brought."""
    ends = announced({}, "2019-03-25", MARCH_2019)
    body = ends.model_dump(mode="json")
    body["return"]["window"]["to"] = "2019-03-25T15:00:00Z"
    body["return"]["window"]["from"] = "2019-03-25T12:00:00Z"
    at_the_end = ReturnNotice.model_validate(body)
    assert shown(at_the_end, MX_2019, MARCH_2019) == ("NO_FUTURE_HEARING", ["no-future-hearing"])
    body["return"]["window"]["to"] = "2019-03-25T14:59:59Z"
    assert shown(ReturnNotice.model_validate(body), MX_2019, MARCH_2019) == (None, [])


def test_each_reason_says_what_it_is_in_both_languages() -> None:
    """The official reads the words of the file, and our own for what no file has to say."""
    early = announced({"person__nationality": "NIC"}, "2019-05-02", date(2019, 1, 24))
    found = {
        one.name: one.says for one in advise(early, rules(MX_2019), on=date(2019, 1, 24)).reasons
    }
    of_file = {one.name: (one.en, one.es) for one in rules(MX_2019).reasons}
    assert (found["nationality"].en, found["nationality"].es) == of_file["nationality"]
    assert found["not-in-force"].spoken("en").startswith("No acceptance rules are in force")
    assert found["not-in-force"].spoken("es").startswith("Ninguna regla de aceptación")
    assert found["point-closed"].spoken("en").startswith("Nobody is received at this")
    assert found["point-closed"].spoken("es").startswith("Nadie es recibido")


def test_a_line_of_the_explanation_reads_as_a_person_reads_it() -> None:
    """Since when, each point with its day, each reason with its code, or that one must look."""
    english, spanish = (explain_acceptance(rules(MX_2021), one) for one in ("en", "es"))
    assert english[2] == "In force from 2021-12-06"
    assert spanish[2] == "Vigente desde 2021-12-06"
    first = rules(MX_2021).points[0]
    assert english[3] == f"Point {first.id}: {first.opens}"
    assert spanish[3] == f"Punto {first.id}: {first.opens}"
    for lines, look in ((english, "look"), (spanish, "ver")):
        shown_as = [line.split(",")[0] for line in lines[3 + len(rules(MX_2021).points) :]]
        assert shown_as == [one.refusal or look for one in rules(MX_2021).reasons]


def test_the_rules_explain_themselves_and_what_is_unverified() -> None:
    """In both languages, with every reason, and a mark on what was only reported."""
    for one in BOOK.rule_sets:
        english, spanish = (explain_acceptance(one, "en"), explain_acceptance(one, "es"))
        assert len(english) == len(spanish) == 3 + len(one.points) + len(one.reasons)
        assert english[1] != spanish[1]
        flags = [*(each.unverified for each in one.points), *(r.unverified for r in one.reasons)]
        assert [line.endswith(" (unverified)") for line in english[3:]] == flags
        assert [line.endswith(" (sin verificar)") for line in spanish[3:]] == flags


@given(
    st.sampled_from([MX_2019, MX_2021]),
    st.integers(1930, 2021),
    st.integers(1, 12),
    st.integers(1, 28),
    st.sampled_from(["HND", "MEX", "BRA", "XXX"]),
)
def test_less_said_is_never_surer(
    name: str, year: int, month: int, day: int, nationality: str
) -> None:
    """A reduced birth date fills in a code only where every day it may mean would."""
    texts = (f"{year}-{month:02}-{day:02}", f"{year}-{month:02}", f"{year}")
    full, *reduced = (
        advise(
            announced(
                born(text, person__nationality=nationality, family=FAMILY),
                "2022-05-02",
                MARCH_2022,
            ),
            rules(name),
            on=MARCH_2022,
        )
        for text in texts
    )
    for less in reduced:
        sure = {one.name for one in less.reasons if one.certain}
        assert sure <= {one.name for one in full.reasons if one.certain}
        assert {one.name for one in full.reasons} <= {one.name for one in less.reasons}
