"""Which handoffs are laid side by side because they may be of one person, or are of one case."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from itertools import combinations, groupby
from operator import attrgetter

from exchange.domain.discrepancies.scopes import Holder, Pair
from exchange.domain.identity import IdentityLimits, Recorded, may_be_one_person
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
    bearings: Collection[Bearing],
    recorded: Mapping[int, Recorded | None],
    limits: IdentityLimits,
) -> Iterator[Two]:
    """Give each handoff with the latest of another case before it that is alike, by each mark."""
    in_order = sorted(bearings, key=_handoff)
    papers = sorted((one for one in in_order if one.document), key=_document)
    births = sorted((one for one in in_order if one.born), key=_born)
    yield from of_one_document(papers)
    yield from of_one_birth_date(births, recorded, limits)


def of_one_document(in_order: Iterable[Bearing]) -> Iterator[Two]:
    """
    Give each handoff with the latest of another case before it that bears the same document.

    Those of a mark stand together, in the order of their numbers.
    """
    for _, group in groupby(in_order, _document):
        yield from _linked(group, _bear_one_document)


def of_one_birth_date(
    in_order: Iterable[Bearing],
    recorded: Mapping[int, Recorded | None],
    limits: IdentityLimits,
) -> Iterator[Two]:
    """
    Give each handoff with the latest of another case before it that may be of the same person.

    Those of a birth date stand together, in the order of their numbers. As alike as the rule
    asks for are none that have no word in common that sounds alike.
    """
    words = _Words(recorded)

    def may_be_one(one: int, other: int) -> bool:
        here, there = recorded.get(one), recorded.get(other)
        if here is None or there is None or not words.of(one) & words.of(other):
            return False
        return may_be_one_person(here, there, limits)

    for _, group in groupby(in_order, _born):
        yield from _linked(group, may_be_one)


def pairs_of(
    linked: Collection[Two], others: Iterable[Two], holders: Mapping[int, Holder]
) -> tuple[Pair, ...]:
    """Return the handoffs two by two, each two once; only the first are *linked*."""
    links = set(linked)
    return tuple(
        Pair(holders[one], holders[other], (one, other) in links)
        for one, other in sorted(links.union(others))
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
_handoff = attrgetter("handoff")


def _bear_one_document(one: int, other: int) -> bool:
    """All of a group do."""
    del one, other
    return True


def _linked(group: Iterable[Bearing], are_alike: Callable[[int, int], bool]) -> Iterator[Two]:
    """Give each of *group* with the latest before it, of another case, that is like it."""
    before: list[Bearing] = []
    for one in group:
        for other in reversed(before):
            if other.case_id != one.case_id and are_alike(other.handoff, one.handoff):
                yield other.handoff, one.handoff
                break
        before.append(one)
