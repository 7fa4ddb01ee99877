"""Whether a file was replaced since it was looked at last."""

from collections.abc import Iterable
from pathlib import Path

Seen = tuple[tuple[int, int, int], ...]
"""What tells that files were replaced: of each its number, size and time."""


def seen_of(files: Iterable[Path]) -> Seen:
    """Return what *files* are seen as now; one that is not there is seen as that too."""
    return tuple(map(_one, files))


def _one(file: Path) -> tuple[int, int, int]:
    try:
        seen = file.stat()
    except OSError:
        return (0, 0, 0)
    return (seen.st_ino, seen.st_size, seen.st_mtime_ns)
