"""What a report can hold: sections that can be shown, and figures that are found."""

import pytest

from exchange.reports.document import Chart, ChartForm, Column, Kind, Section, Share
from tests.reports.samples import FIGURES, FLOW, a_report

COLUMNS = (Column("stage", Kind.CODE), Column("count"))


@pytest.mark.parametrize(
    "wrong",
    [
        {"rows": (("noticed",),)},
        {"rows": (), "total": ("total", 1, 2)},
        {"rows": (), "group": "port"},
        {"rows": (), "chart": Chart(ChartForm.BARS, ("stage",), ("people",))},
        {"rows": (), "columns": (*COLUMNS, Column("count"))},
    ],
    ids=["short row", "long total", "unknown group", "unknown figure", "column twice"],
)
def test_a_section_that_could_not_be_shown_is_refused(wrong: dict[str, object]) -> None:
    """Rows fit the columns, and what is grouped or drawn is one of them."""
    with pytest.raises(ValueError, match="do not fit"):
        Section(**{"id": "stages", "columns": COLUMNS, **wrong})  # type: ignore[arg-type]  # wrong on purpose


def test_a_figure_is_found_by_the_cells_beside_it() -> None:
    """One row answers; none or several are an error, and so is a total that is not there."""
    assert FLOW.figure("count", stage="noticed", step="refused") == 4
    assert FLOW.by("step", "count") == {"accepted": 30, "refused": 4, "received": 25}
    assert FLOW.sum_of("count") == 59
    for where in ({"stage": "noticed"}, {"stage": "closed"}):
        with pytest.raises(LookupError):
            FLOW.figure("count", **where)
    with pytest.raises(LookupError):
        FIGURES.sum_of("entries")
    with pytest.raises(LookupError):
        a_report(FLOW).section("ledger")


def test_a_share_of_nothing_has_no_quotient() -> None:
    """One of four is a quarter; none of none is no number."""
    assert Share(1, 4).ratio == 0.25
    assert Share(0, 0).ratio is None
