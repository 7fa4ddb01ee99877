"""
How a refused request is taken apart, until the line that spoils it stands alone.

One count in the row of each message says how far this has come, so that a crash forgets
nothing. At 0 a line goes with any others. Each step up halves the company it may keep, until
at ``ALONE`` it has none; from there on the count rises by one for each refusal of the line by
itself. Good lines get through on the way, in a handful of requests.

Which answer it was does not matter, whether the partner named lines, blamed the request or
broke over it: what it will not take together it may take apart.
"""

from collections.abc import Collection, Sequence

COMPANY_MAX = 64
"""The most lines that a request may have by the protocol."""

ALONE = COMPANY_MAX.bit_length() - 1
"""How isolated a line is that goes without company."""


def company_max(isolated: int) -> int:
    """Return how many lines a request may have in which lines so *isolated* go."""
    return max(COMPANY_MAX >> isolated, 1)


def refusals_alone(isolated: int) -> int:
    """Return how often a line so *isolated* was refused by itself."""
    return max(isolated - ALONE, 0)


def taken_apart(isolated: Sequence[int], *, named: Collection[int] = ()) -> list[int]:
    """
    Return how isolated each line is once the request that held them all was refused.

    *isolated* says it of each line before; *named* are the places of those that the answer
    blames. Where it blames some, they go alone and the rest as they were. Where it blames
    none, they go apart in halves, and a line that was alone has had one refusal more.
    """
    if named:
        return [
            _refused_alone(before) if place in named else before
            for place, before in enumerate(isolated)
        ]
    if len(isolated) == 1:
        return [_refused_alone(isolated[0])]
    half = (len(isolated) + 1) // 2
    return [ALONE - half.bit_length() + 1] * len(isolated)


def _refused_alone(isolated: int) -> int:
    return max(isolated, ALONE) + 1
