"""
Where people went, as a drawing: from the stages on the left to those on the right.

The drawing is a picture of a section whose table says the same. Its height is fixed and its
width is whatever the page has: places are given in percent of the width, so that the words keep
their size on a telephone.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from exchange.reports.document import Cell, Column, Section
from exchange.reports.wording import Wording

COLOURS = 8
"""How many colours tell the parts of a drawing apart; a ninth part has the first again."""
HEIGHT = 200
"""How high the bands of everybody together are."""
SLOT_MIN = 34
"""How high a stage is at least: two lines of words fit."""
GAP = 8


@dataclass(frozen=True, slots=True)
class Stop:
    """One end of bands: its words, its figure, and from where to where it stands."""

    said: str
    count: str
    top: float
    height: float


@dataclass(frozen=True, slots=True)
class Band:
    """So many from one stop to another: where it begins and ends, and how wide it is."""

    colour: int
    left: float
    right: float
    wide: float


@dataclass(frozen=True, slots=True)
class Flow:
    """The whole drawing."""

    title: str
    height: float
    left: tuple[Stop, ...]
    right: tuple[Stop, ...]
    bands: tuple[Band, ...]


def flow_of(section: Section, words: Wording) -> Flow | None:
    """Return the drawing of a section that has a chart of that form; None where nobody went."""
    moves = tuple(_moves(section))
    if section.chart is None or not moves:
        return None
    scale = HEIGHT / sum(count for _, _, count in moves)
    sums = _sums(moves, 0), _sums(moves, 1)
    left, right = (_places(each, scale) for each in sums)
    ends = tuple(
        tuple(
            Stop(words.cell(name, column), words.count(counts[name]), *place)
            for name, place in places.items()
        )
        for column, counts, places in zip(_columns(section), sums, (left, right), strict=True)
    )
    return Flow(
        title=words.say("figures-of", section=words.section(section)),
        height=max(stop.top + max(stop.height, SLOT_MIN) for stops in ends for stop in stops),
        left=ends[0],
        right=ends[1],
        bands=tuple(_bands(moves, left, right, scale)),
    )


Move = tuple[Cell, Cell, int]


def _moves(section: Section) -> Iterator[Move]:
    chart = section.chart
    if chart is None:
        return
    places = [section.place_of(name) for name in (*chart.by, *chart.of)]
    for row in section.rows:
        begin, end, count = (row[place] for place in places)
        if isinstance(count, int) and count:
            yield begin, end, count


def _columns(section: Section) -> tuple[Column, ...]:
    by = section.chart.by if section.chart else ()
    return tuple(section.columns[section.place_of(name)] for name in by)


def _sums(moves: Iterable[Move], place: int) -> dict[Cell, int]:
    """Return how many begin (or end) at each stop, in the order of the table."""
    sums: dict[Cell, int] = {}
    for move in moves:
        sums[move[place]] = sums.get(move[place], 0) + move[2]
    return sums


def _places(sums: Mapping[Cell, int], scale: float) -> dict[Cell, tuple[float, float]]:
    """Return from where and how high each stop stands, one below the other."""
    places: dict[Cell, tuple[float, float]] = {}
    top = 0.0
    for name, count in sums.items():
        height = count * scale
        places[name] = round(top, 2), round(height, 2)
        top += max(height, SLOT_MIN) + GAP
    return places


def _bands(
    moves: Iterable[Move],
    left: Mapping[Cell, tuple[float, float]],
    right: Mapping[Cell, tuple[float, float]],
    scale: float,
) -> Iterator[Band]:
    begun = {name: top for name, (top, _) in left.items()}
    ended = {name: top for name, (top, _) in right.items()}
    colours = {name: number for number, name in enumerate(right)}
    for begin, end, count in moves:
        wide = count * scale
        a, b = begun[begin], ended[end]
        begun[begin], ended[end] = a + wide, b + wide
        yield Band(colours[end] % COLOURS, round(a, 2), round(b, 2), round(wide, 2))
