"""The shipped scenarios as the manual shows them, in the words of either language."""

from exchange.demo.scenarios.comparing import SIDES, Difference, expected_of
from exchange.demo.scenarios.reading import read_scenario, shipped_names
from exchange.domain.timetable import draw_table
from exchange.errors import Language, Sentence
from exchange.installation.shipped import shipped_places

_HEADS = (
    Sentence("name", "nombre"),
    Sentence("what happened", "qué ocurrió"),
    Sentence("source", "fuente"),
    Sentence("what must be found", "qué debe hallarse"),
)
_NOTHING = Sentence("nothing", "nada")
_ENDED = Sentence("ended", "terminada")
_ALONE = Sentence("{side} alone", "solo {side}")


def draw_scenarios(language: Language) -> str:
    """Return every shipped scenario, and the discrepancies that it must produce."""
    places = shipped_places()
    rows = []
    for name in shipped_names():
        scenario = read_scenario(name, places)
        told = Sentence(scenario.en, scenario.es).spoken(language)
        rows.append((f"`{name}`", told, scenario.source, _expected(name, language)))
    return draw_table((head.spoken(language) for head in _HEADS), rows)


def _expected(name: str, language: Language) -> str:
    expected = expected_of(name) or {}
    every = sorted(frozenset[Difference]().union(*expected.values()))
    texts = []
    for one in every:
        notes = list(one.because)
        if one.ended:
            notes.append(_ENDED.spoken(language))
        sides = [side for side in SIDES if one in expected[side]]
        if sides != list(SIDES):
            notes.append(_ALONE.spoken(language).format(side=sides[0]))
        texts.append(f"{one.rule} {one.subject}" + (f" ({', '.join(notes)})" if notes else ""))
    return "; ".join(texts) or _NOTHING.spoken(language)
