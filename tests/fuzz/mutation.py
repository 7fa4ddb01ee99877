"""
How a JSON value is changed: a member dropped, doubled, moved, or its value made another.

Octets changed blindly seldom stay JSON; of these changes one half is made on the value, and
the other half on the octets, as the fuzzer likes.
"""

import json
import random
from collections.abc import Callable, Sequence
from copy import deepcopy
from typing import Any, Final

INTERESTING: Final[tuple[Any, ...]] = (
    *(None, True, False, 0, 1, -1, 9_999, 10_000, 2**53 - 1, 2**53, -(2**53), 1.0, 1e300),
    *("", " ", "A", "\0", "\n", "n\u0303", "\u202e", "\u2028", "\U0001f600", "x" * 300, "a\n"),
    *([], {}, [None], [[]], {"": None}, {"note": 1}),
    *("2031-02-29", "2000-02-29", "1900-01-01", "2099-12-31", "2031-03-09T02:30"),
    *("2031-03-18T24:00:00Z", "2031-03-18T17:05:00Z", "00000000-0000-7000-8000-000000000000"),
)
_CHANGES_MAX: Final = 3

OnOctets = Callable[[bytes, int], bytes]


def mutate(
    octets: bytes, size_max: int, seed: int, on_octets: OnOctets, words: Sequence[str]
) -> bytes:
    """Return *octets* changed in one way or another, *size_max* long at most."""
    chance = random.Random(seed)
    try:
        value = json.loads(octets)
    except (ValueError, RecursionError):
        return on_octets(octets, size_max)
    if chance.random() < 0.5:  # one half
        return on_octets(octets, size_max)
    for _ in range(chance.randint(1, _CHANGES_MAX)):
        value = _changed(value, chance, words)
    changed = json.dumps(value, separators=(",", ":"), ensure_ascii=chance.random() < 0.1)
    written = changed.encode("utf-8", "surrogatepass")
    return written if len(written) <= size_max else on_octets(octets, size_max)


def _changed(value: Any, chance: random.Random, words: Sequence[str]) -> Any:
    places = _places(value)
    if not places:
        return deepcopy(chance.choice(INTERESTING))
    holder, key = chance.choice(places)
    match chance.randrange(6):
        case 0:
            holder.pop(key)
        case 1:
            holder[key] = deepcopy(chance.choice(INTERESTING))
        case 2 if words:
            holder[key] = chance.choice(words)
        case 3:
            other, at = chance.choice(places)
            holder[key] = deepcopy(other[at])
        case 4:
            _add(holder, holder[key], chance, words)
        case _:
            holder[key] = _nudged(holder[key], chance)
    return value


def _places(value: Any) -> list[tuple[Any, Any]]:
    """Return every place inside *value*: what holds it, and under which name or index."""
    found: list[tuple[Any, Any]] = []
    waiting = [value]
    while waiting:
        holder = waiting.pop()
        if isinstance(holder, (dict, list)):
            keys = list(holder) if isinstance(holder, dict) else range(len(holder))
            found += [(holder, key) for key in keys]
            waiting += [holder[key] for key in keys]
    return found


def _add(holder: Any, value: Any, chance: random.Random, words: Sequence[str]) -> None:
    copied = deepcopy(value)
    if isinstance(holder, list):
        holder.insert(chance.randint(0, len(holder)), copied)
    else:
        holder[chance.choice(words) if words else "note"] = copied


def _nudged(value: Any, chance: random.Random) -> Any:
    """Return a near neighbour of *value*."""
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        return [value]
    if isinstance(value, int):
        return value + chance.choice((-1, 1, 1000))
    at = chance.randint(0, len(value))
    return value[:at] + chance.choice(("", "0", "-", "Z", ".", "\u0301", "ñ")) + value[at + 1 :]
