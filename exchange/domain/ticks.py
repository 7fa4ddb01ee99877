"""
When a cancellation or closure is said: at moments that every process knows, and nothing chooses.

Why a handoff ends is not told (design §5), and neither is when that was decided: whatever is
decided between two ticks is said at the second.
"""

from datetime import UTC, datetime, timedelta

MARGIN = 1000
"""
The part of the time between two ticks, one in so many, that is left to store an act in.

What is stored after its tick would be heard as soon as it is, and one act takes some
milliseconds longer than another.
"""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def last_tick(now: datetime, every_seconds: int) -> datetime:
    """Return the latest multiple of *every_seconds* since the epoch that is not after *now*."""
    step = timedelta(seconds=every_seconds)
    return now - (now - _EPOCH) % step


def next_tick(now: datetime, every_seconds: int) -> datetime:
    """Return the first tick after *now*, or the second where the first is about to pass."""
    step = timedelta(seconds=every_seconds)
    return last_tick(now + step / MARGIN, every_seconds) + step
