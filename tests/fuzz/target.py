"""What is fuzzed: a parser that a stranger can reach, with what must be true of its answers."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import NoReturn


@dataclass(frozen=True, slots=True)
class Target:
    """
    One parser under test.

    *check* gives the parser any octets, and says whether they were accepted; it raises
    ``Wrong`` where the answer is not what an independent reading says, and lets through
    whatever the parser raises beyond its declared errors. *seeds* are what the first corpus is
    made of; *is_json* tells that octets are best changed as a JSON value, *words* what stands
    in the grammar.
    """

    name: str
    check: Callable[[bytes], bool]
    seeds: Callable[[], Iterable[bytes]]
    is_json: bool = False
    words: tuple[str, ...] = ()

    @property
    def module(self) -> str:
        """The module that says what is true of the parser's answers."""
        return unwrapped(self.check).__module__


def unwrapped(function: Callable[[bytes], bool]) -> Callable[..., bool]:
    """Return *function* without the arguments that were given to it before."""
    return function.func if isinstance(function, partial) else function


class Wrong(Exception):  # named for what is true, as every error here
    """The parser answered, but not as an independent reading of the same octets does."""


def wrong(why: str) -> NoReturn:
    """Say that the parser's answer is not what it must be."""
    raise Wrong(why)
