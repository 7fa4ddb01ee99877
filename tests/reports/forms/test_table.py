"""A report on a terminal."""

import re
from dataclasses import replace
from io import StringIO

import pytest
from rich.console import Console

from exchange.domain.parties import Side
from exchange.reports.account import Account
from exchange.reports.composing import make_report
from exchange.reports.document import Report
from exchange.reports.folding import Unbalanced
from exchange.reports.forms.table import GROUP_ROWS_SHOWN_MAX, ROWS_SHOWN_MAX, report_tables
from exchange.reports.texts import LANGUAGES, Language
from tests.builders import HANDOFF, places
from tests.reports.samples import HOSTILE, a_report, an_account, hostile


def shown(report: Report | Account, language: Language = "en", width: int = 80) -> str:
    """Return the tables as a terminal has them."""
    report = report if isinstance(report, Report) else make_report(report, places())
    console = Console(width=width, file=StringIO())
    with console.capture() as capture:
        console.print(report_tables(report, language))
    return capture.get()


@pytest.mark.parametrize("side", list(Side))
def test_both_languages_show_the_same_figures(side: Side) -> None:
    """The words differ, and no figure does, save that a date has its parts in another order."""
    english, spanish = (shown(an_account(side), language) for language in ("en", "es"))
    assert "Every person is accounted for." in english
    assert "Hay cuenta de cada persona." in spanish
    assert sorted(re.findall(r"\d+", english)) == sorted(re.findall(r"\d+", spanish))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_handoffs_id_stands_on_one_line(language: Language) -> None:
    """An id can be copied from a table of 80 columns, in either language."""
    assert HANDOFF in shown(an_account(), language)


def test_what_does_not_add_up_is_said() -> None:
    """The report names the rule, the place and both figures, and ends with the verdict."""
    wrong = replace(an_account(), unbalanced=(Unbalanced("sum-of-terms", "2504", 3, 2),))
    assert re.search(r"sum of the terms.*2504 San Ysidro.*3.*2", shown(wrong, "en"))
    assert re.search(r"suma de los términos.*2504 San Ysidro.*3.*2", shown(wrong, "es"))
    assert shown(wrong, "es").rstrip().endswith("Esto no cuadra.")


def test_a_day_that_still_runs_is_said_to() -> None:
    """Until the day is over everywhere its head says that the figures move; then no more."""
    open_ = replace(an_account(), closed=False)
    assert "the figures still move" in " ".join(shown(open_, "en").split())
    assert "todavía cambian" in " ".join(shown(open_, "es").split())
    assert "the figures still move" not in shown(an_account(), "en")


def test_every_kind_of_cell_has_its_words() -> None:
    """Numbers, shares, moments with their zone, dates and durations are written by the language."""
    english, spanish = (shown(a_report(), language, 250) for language in LANGUAGES)
    for said in (
        *("12,345", "12% (1 of 8)", "Mar 17, 2031, 11:00 PDT", "Mar 18, 2031", "1 d 1 h"),
        *("5 min before", "Mar 17, 2031, 18:00 UTC", "No place", "2504 San Ysidro"),
        "2 more are not listed here.",
    ):
        assert said in english
    for said in (
        *(
            "12,345",
            "12% (1 de 8)",
            "17 mar 2031, 11:00 hora de verano del Pacífico",
            "18 mar 2031",
            "1 d 1 h",
        ),
        *("5 min antes", "Sin lugar", "Faltan 2, que no se enumeran aquí."),
    ):
        assert said in spanish.replace("\N{NO-BREAK SPACE}", " ")


def test_a_long_section_is_cut_and_says_so() -> None:
    """A terminal gets the first rows of a section or group, and how many more there are."""
    section = hostile()
    rows = tuple((f"row {number}", number) for number in range(ROWS_SHOWN_MAX + 7))
    assert "… 7 more" in shown(a_report(replace(section, rows=rows)))
    same = tuple(("same", number) for number in range(GROUP_ROWS_SHOWN_MAX + 2))
    grouped = shown(a_report(replace(section, rows=same, group="subject")))
    assert "… 2 more" in grouped
    assert grouped.count("same") == 1


def test_a_name_is_never_taken_for_markup() -> None:
    """Brackets and braces in a text stand in the table as they are."""
    drawn = shown(a_report(hostile()), width=200)
    for name in HOSTILE:
        assert name.strip().splitlines()[0] in drawn
