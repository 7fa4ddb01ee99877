"""
Functions that take many items at once: those that wait are stored by one statement a table.

A caller still asks for its own item alone. Where one transaction serves many callers, as on
SQLite, the items that wait for the same function are given to it together: what that function
asks the database is asked once for all of them. Where it raises, each is tried by itself.
"""

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection

Item = TypeVar("Item")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Together(Generic[Item, T]):
    """
    One item's share of *function*, which returns one result an item, in their order.

    It is a function of a connection like any other, for `Store.write` and `Store.read`.
    """

    function: Callable[[Connection, Sequence[Item]], Sequence[T]]
    item: Item

    def __call__(self, connection: Connection) -> T:
        """Return the result of this item alone."""
        (result,) = self.function(connection, [self.item])
        return result


@dataclass(frozen=True, slots=True)
class Share:
    """Waiting functions that are run in one go, and their places among all that wait."""

    places: Sequence[int]
    functions: Sequence[Callable[[Connection], Any]]

    def run(self, connection: Connection) -> Sequence[Any]:
        """Return what each of the functions returns."""
        first = self.functions[0]
        if len(self.functions) == 1 or not isinstance(first, Together):
            return [function(connection) for function in self.functions]
        items = [one.item for one in self.functions if isinstance(one, Together)]
        return first.function(connection, items)


def shares(functions: Sequence[Callable[[Connection], Any]]) -> Iterator[Share]:
    """Give the functions, those of one `Together` function as one share, in order of the first."""
    places: dict[Hashable, list[int]] = {}
    for place, function in enumerate(functions):
        kind = function.function if isinstance(function, Together) else place
        places.setdefault(kind, []).append(place)
    for at in places.values():
        yield Share(at, [functions[place] for place in at])


def run_all(connection: Connection, functions: Sequence[Callable[[Connection], Any]]) -> list[Any]:
    """Return what each of the functions returned, in their order; what one raises is raised."""
    results: list[Any] = [None] * len(functions)
    for share in shares(functions):
        for place, result in zip(share.places, share.run(connection), strict=True):
            results[place] = result
    return results
