"""Which handoffs are laid side by side because they may be of one person, or are of one case."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import combinations, groupby
from operator import attrgetter

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
    """Give every two handoffs of two cases that bear one document, or may be of one person."""
    papers = sorted((one for one in bearings if one.document), key=_document)
    births = sorted((one for one in bearings if one.born), key=_born)
    yield from of_one_document(papers)
    yield from of_one_birth_date(births, recorded)


def of_one_document(in_order: Iterable[Bearing]) -> Iterator[Two]:
    """Give every two handoffs of two cases with one document; those of a mark stand together."""
    for one, other in _of_two_cases(groupby(in_order, _document)):
        yield _two(one, other)


def of_one_birth_date(
    in_order: Iterable[Bearing], recorded: Mapping[int, Recorded | None]
) -> Iterator[Two]:
    """
    Give every two handoffs of two cases that may be of one person, by one birth date each.

    Those have a word that sounds alike in their names: as alike as the rule asks for are no
    others.
    """
    words = _Words(recorded)
    for one, other in _of_two_cases(groupby(in_order, _born)):
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


_born = attrgetter("born")
_document = attrgetter("document")


def _of_two_cases(
    groups: Iterable[tuple[bytes | None, Iterable[Bearing]]],
) -> Iterator[tuple[Bearing, Bearing]]:
    for _, group in groups:
        for one, other in combinations(group, 2):
            if one.handoff != other.handoff and one.case_id != other.case_id:
                yield one, other


def _two(one: Bearing, other: Bearing) -> Two:
    return min(one.handoff, other.handoff), max(one.handoff, other.handoff)
