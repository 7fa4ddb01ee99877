"""Which handoffs are laid side by side because they may be of one person, or are of one case."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import combinations

from exchange.domain.discrepancies.scopes import Holder, Pair
from exchange.domain.identity import Recorded
from exchange.domain.names import read_words
from exchange.store.bearings import Bearing

Two = tuple[int, int]
"""Two handoffs by their row numbers, the lower first."""


def of_one_case(cases: Mapping[int, str], wanted: Collection[str]) -> Iterator[Two]:
    """Give every two handoffs of one of the cases *wanted*; *cases* has the case of each."""
    members = defaultdict[str, list[int]](list)
    for number, case in cases.items():
        if case in wanted:
            members[case].append(number)
    for numbers in members.values():
        yield from combinations(sorted(numbers), 2)


def of_one_mark(
    bearings: Collection[Bearing], recorded: Mapping[int, Recorded | None]
) -> Iterator[Two]:
    """
    Give every two handoffs of two cases that bear one document, or may be of one person.

    Those have one birth date and a word that sounds alike in their names: as alike as the rule asks
    are no others.
    """
    documents = _grouped((one.document, one) for one in bearings)
    for one, other in _of_two_cases(documents):
        yield _two(one, other)
    words = _Words(recorded)
    births = _grouped((one.born, one) for one in bearings)
    for one, other in _of_two_cases(births):
        if words.of(one.handoff) & words.of(other.handoff):
            yield _two(one, other)


def pairs_of(twos: Iterable[Two], holders: Mapping[int, Holder]) -> tuple[Pair, ...]:
    """Return the handoffs two by two, each two once."""
    return tuple(
        Pair(holders[one], holders[other])
        for one, other in sorted(set(twos))
        if one in holders and other in holders
    )


class _Words:
    """The words of each name, read once."""

    def __init__(self, recorded: Mapping[int, Recorded | None]) -> None:
        self._recorded = recorded
        self._read: dict[int, frozenset[str]] = {}

    def of(self, number: int) -> frozenset[str]:
        if number not in self._read:
            one = self._recorded.get(number)
            text = "" if one is None else f"{one.given_names} {one.surnames}"
            self._read[number] = frozenset(word.sound for word in read_words(text))
        return self._read[number]


def _grouped(marked: Iterable[tuple[bytes | None, Bearing]]) -> Iterator[list[Bearing]]:
    groups = defaultdict[bytes, list[Bearing]](list)
    for mark, one in marked:
        if mark is not None:
            groups[mark].append(one)
    return iter(groups.values())


def _of_two_cases(groups: Iterable[list[Bearing]]) -> Iterator[tuple[Bearing, Bearing]]:
    for group in groups:
        for one, other in combinations(group, 2):
            if one.handoff != other.handoff and one.case_id != other.case_id:
                yield one, other


def _two(one: Bearing, other: Bearing) -> Two:
    return min(one.handoff, other.handoff), max(one.handoff, other.handoff)
