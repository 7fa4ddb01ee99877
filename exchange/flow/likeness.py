"""Which handoffs are laid side by side because they may be of one person, or are of one case."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from itertools import combinations, groupby
from operator import attrgetter

from exchange.domain.discrepancies.scopes import Holder, Pair
from exchange.domain.identity import IdentityLimits, Recorded, may_be_one_person
from exchange.domain.names import Word, read_words
from exchange.store.bearings import Bearing

Two = tuple[int, int]
"""Two handoffs by their row numbers, the lower first."""


class Names:
    """What the notice of each handoff (a row number) records of its person, read once a look."""

    def __init__(self, limits: IdentityLimits) -> None:
        self._limits = limits
        self._recorded: dict[int, Recorded | None] = {}
        self._sounds: dict[int, frozenset[str]] = {}
        self._heard: dict[Word, str] = {}

    def learn(self, recorded: Mapping[int, Recorded | None]) -> None:
        """Keep what the notices of some handoffs record, for as long as the look lasts."""
        self._recorded.update(recorded)

    def unread(self, numbers: Iterable[int]) -> set[int]:
        """Return those of the handoffs of which no notice was read yet."""
        return {number for number in numbers if number not in self._recorded}

    def may_be_one(self, one: int, other: int) -> bool:
        """
        Say whether two handoffs of one birth date may be of one person.

        As alike as the rule asks for are none that have no word in common that sounds alike.
        """
        here, there = self._recorded.get(one), self._recorded.get(other)
        if here is None or there is None:
            return False
        if self._sounds_of(one, here).isdisjoint(self._sounds_of(other, there)):
            return False
        return may_be_one_person(here, there, self._limits)

    def _sounds_of(self, number: int, one: Recorded) -> frozenset[str]:
        if number not in self._sounds:
            words = read_words(f"{one.given_names} {one.surnames}")
            self._sounds[number] = frozenset(map(self._sound_of, words))
        return self._sounds[number]

    def _sound_of(self, word: Word) -> str:
        """Return how a word sounds: many people have the same words in their names."""
        if word not in self._heard:
            self._heard[word] = word.sound
        return self._heard[word]


def of_one_case(cases: Mapping[int, str], wanted: Collection[str]) -> Iterator[Two]:
    """Give every two handoffs of one of the cases *wanted*; *cases* has the case of each."""
    members = defaultdict[str, list[int]](list)
    for number, case in cases.items():
        if case in wanted:
            members[case].append(number)
    for numbers in members.values():
        yield from combinations(sorted(numbers), 2)


def of_one_mark(
    marked: Collection[Bearing], alike: Iterable[Bearing], names: Names
) -> Iterator[Two]:
    """
    Give each handoff with the latest of another case before it that is alike, by each mark.

    Only by the marks of those *marked*: of these *alike* has every handoff.
    """
    documents = {one.document for one in marked} - {None}
    births = {one.born for one in marked} - {None}
    in_order = sorted(alike, key=_handoff)
    papers = (one for one in in_order if one.document in documents)
    born = (one for one in in_order if one.born in births)
    yield from of_one_document(sorted(papers, key=_document))
    yield from of_one_birth_date(sorted(born, key=_born), names)


def of_one_document(in_order: Iterable[Bearing]) -> Iterator[Two]:
    """
    Give each handoff with the latest of another case before it that bears the same document.

    Those of a mark stand together, in the order of their numbers.
    """
    for _, group in groupby(in_order, _document):
        yield from _linked(group, _bear_one_document)


def of_one_birth_date(in_order: Iterable[Bearing], names: Names) -> Iterator[Two]:
    """
    Give each handoff with the latest of another case before it that may be of the same person.

    Those of a birth date stand together, in the order of their numbers.
    """
    for _, group in groupby(in_order, _born):
        yield from _linked(group, names.may_be_one)


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
