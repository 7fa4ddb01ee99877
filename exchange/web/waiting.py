"""
Who waits for its peer, in the order in which room is made.

Whoever does not take its answer, or asks ahead of its answers, makes room first, because it holds
the most of us; then whoever is silent in a handshake, a head or a body, or between two requests. Of
each, the one that has waited longest.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

End = Callable[[], object]


@dataclass(slots=True)
class Waiting:
    """The connections of one listener that wait, each with what ends it."""

    _untaken: dict[object, End] = field(default_factory=dict)
    _silent: dict[object, End] = field(default_factory=dict)

    def __contains__(self, one: object) -> bool:
        """Return whether *one* waits."""
        return one in self._silent or one in self._untaken

    def for_taking(self, one: object, end: End) -> None:
        """Let *one* wait until its peer has taken what it asked for."""
        self.leave(one)
        self._untaken[one] = end

    def for_saying(self, one: object, end: End) -> None:
        """Let *one* wait until its peer says something."""
        self.leave(one)
        self._silent[one] = end

    def leave(self, one: object) -> None:
        """Let *one* wait no longer."""
        self._silent.pop(one, None)
        self._untaken.pop(one, None)

    def make_room(self) -> bool:
        """End the first in order; say whether there was one."""
        for group in (self._untaken, self._silent):
            for one, end in group.items():
                del group[one]
                end()
                return True
        return False
