"""
A disk that forgets what was not synced, made from a recording of what SQLite asked of it.

SQLite reaches its files through a table of functions (its VFS). Here the table of the very
library that Python uses is copied, and the functions of it that write, truncate, sync and
delete note what they were asked. Nothing else changes: the same store, the same library, the same
files. From the recording the disk of any moment is made as a power cut may leave it: what was
synced stands; of what was not, each write is there, is not, or is there in part.
"""

import _sqlite3
import ctypes
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, TypeAlias

SECTOR_BYTES = 512


@dataclass(frozen=True, slots=True)
class Write:
    """Octets written to a file at a place."""

    file: str
    at: int
    octets: bytes


@dataclass(frozen=True, slots=True)
class Truncate:
    """A file cut to a size."""

    file: str
    size: int


@dataclass(frozen=True, slots=True)
class Sync:
    """What was written to a file before is on the disk from now on."""

    file: str


@dataclass(frozen=True, slots=True)
class Told:
    """Somebody was told that *what* is stored."""

    what: str


Event: TypeAlias = Write | Truncate | Sync | Told


@dataclass(slots=True)
class Disk:
    """What is surely there, and what was written since and may not be."""

    files: dict[str, bytearray]
    pending: dict[str, list[Write | Truncate]] = field(default_factory=dict)

    def take(self, event: Event) -> None:
        """Do what SQLite asked."""
        match event:
            case Write() | Truncate():
                self.pending.setdefault(event.file, []).append(event)
            case Sync(file):
                for one in self.pending.pop(file, ()):
                    _apply(self.files.setdefault(file, bytearray()), one)

    def cut(self, chance: Random) -> dict[str, bytes]:
        """Return the files as a power cut may leave them now."""
        files = {name: bytearray(octets) for name, octets in self.files.items()}
        for name, events in self.pending.items():
            for event in events:
                for left in _what_is_left(event, chance):
                    _apply(files.setdefault(name, bytearray()), left)
        return {name: bytes(octets) for name, octets in files.items()}


def _apply(file: bytearray, event: Write | Truncate) -> None:
    if isinstance(event, Truncate):
        del file[event.size :]
        file.extend(bytes(event.size - len(file)))
        return
    file.extend(bytes(max(event.at - len(file), 0)))
    file[event.at : event.at + len(event.octets)] = event.octets


def _what_is_left(event: Write | Truncate, chance: Random) -> Iterator[Write | Truncate]:
    """Give all of it, none of it, or of a write only some sectors."""
    kept = chance.choice(("all", "none", "some"))
    if kept == "all" or (kept == "some" and isinstance(event, Truncate)):
        yield event
    elif kept == "some" and isinstance(event, Write):
        for at in range(0, len(event.octets), SECTOR_BYTES):
            if chance.random() < 0.5:  # a coin
                yield Write(event.file, event.at + at, event.octets[at : at + SECTOR_BYTES])


# --- SQLite's own tables, as sqlite3.h has them ---------------------------------------------

_OPEN = ctypes.CFUNCTYPE(
    ctypes.c_int,
    *(ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p),
)
_WRITE = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int, ctypes.c_int64
)
_TRUNCATE = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int64)
_SYNC = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int)
_DELETE = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int)


_CREATES = 0x4
_IS_JOURNAL = 0x800 | 0x80000


class _Vfs(ctypes.Structure):
    _fields_ = (
        ("version", ctypes.c_int),
        ("file_size", ctypes.c_int),
        ("path_max", ctypes.c_int),
        ("next", ctypes.c_void_p),
        ("name", ctypes.c_char_p),
        ("data", ctypes.c_void_p),
        ("open", _OPEN),
        ("delete", _DELETE),
        ("others", ctypes.c_void_p * 14),
    )


class _Methods(ctypes.Structure):
    _fields_ = (
        ("version", ctypes.c_int),
        ("close", ctypes.c_void_p),
        ("read", ctypes.c_void_p),
        ("write", _WRITE),
        ("truncate", _TRUNCATE),
        ("sync", _SYNC),
        ("others", ctypes.c_void_p * 13),
    )


def missing_part() -> str | None:
    """Return why nothing can be recorded here, None where it can."""
    if not hasattr(_sqlite3, "__file__"):
        return "SQLite is built into this Python, and its functions cannot be reached"
    return None


def _library() -> Any:
    """Return the library that Python's own module is linked to."""
    library = ctypes.CDLL(_sqlite3.__file__)
    library.sqlite3_libversion.restype = ctypes.c_char_p
    assert library.sqlite3_libversion().decode() == sqlite3.sqlite_version
    library.sqlite3_vfs_find.restype = ctypes.POINTER(_Vfs)
    library.sqlite3_vfs_find.argtypes = [ctypes.c_char_p]
    library.sqlite3_vfs_register.argtypes = [ctypes.POINTER(_Vfs), ctypes.c_int]
    return library


class _Recorder:
    """The copied table, and the functions that note what they were asked."""

    def __init__(self, usual: _Vfs, directory: Path) -> None:
        self.events: list[Event] = []
        self._usual = usual
        self._directory = directory
        self._files: dict[int, tuple[str, _Methods]] = {}
        self._noting: dict[int, _Methods] = {}
        self._fresh: set[int] = set()
        self._deleted: set[str] = set()
        self.vfs = _Vfs.from_buffer_copy(usual)
        self.vfs.name = b"recording"
        self.vfs.open = _OPEN(self._open)
        self.vfs.delete = _DELETE(self._delete)

    def _open(self, vfs: int, name: int | None, file: int, flags: int, out: int) -> int:
        """Have the usual function open the file, and put our table in the place of its own."""
        result = int(self._usual.open(vfs, name, file, flags, out))
        table = ctypes.cast(file, ctypes.POINTER(ctypes.c_void_p))
        usual = table[0]
        if result or name is None or usual is None:
            return result
        path = Path(ctypes.string_at(name).decode())
        if path.parent == self._directory:
            self._files[file] = (path.name, _Methods.from_address(usual))
            if flags & _CREATES and flags & _IS_JOURNAL:
                self._fresh.add(file)
            table[0] = ctypes.addressof(self._noting_for(usual))
        return result

    def _delete(self, vfs: int, name: int, is_lasting: int) -> int:
        """Note a file that is gone as one that is empty: SQLite makes no difference."""
        result = int(self._usual.delete(vfs, name, is_lasting))
        path = Path(ctypes.string_at(name).decode())
        if path.parent == self._directory:
            self.events.append(Truncate(path.name, 0))
            self._deleted.add(path.name)
            if is_lasting:
                self._sync_directory()
        return result

    def _sync_directory(self) -> None:
        self.events.extend(map(Sync, self._deleted))
        self._deleted.clear()

    def _noting_for(self, usual: int) -> _Methods:
        """Return a table of file functions with three of ours in it."""
        if usual not in self._noting:
            noting = _Methods.from_buffer_copy(_Methods.from_address(usual))
            noting.write = _WRITE(self._write)
            noting.truncate = _TRUNCATE(self._truncate)
            noting.sync = _SYNC(self._sync)
            self._noting[usual] = noting
        return self._noting[usual]

    def _write(self, file: int, octets: int, count: int, at: int) -> int:
        name, usual = self._files[file]
        self.events.append(Write(name, at, ctypes.string_at(octets, count)))
        return int(usual.write(file, octets, count, at))

    def _truncate(self, file: int, size: int) -> int:
        name, usual = self._files[file]
        self.events.append(Truncate(name, size))
        return int(usual.truncate(file, size))

    def _sync(self, file: int, flags: int) -> int:
        name, usual = self._files[file]
        result = int(usual.sync(file, flags))
        self.events.append(Sync(name))
        if file in self._fresh:  # SQLite syncs the directory with a new log's first sync
            self._fresh.discard(file)
            self._sync_directory()
        return result


@contextmanager
def recording(directory: Path) -> Iterator[list[Event]]:
    """Give the list of what SQLite asks of the files in *directory* that it opens meanwhile."""
    library = _library()
    usual = library.sqlite3_vfs_find(None)
    recorder = _Recorder(usual.contents, directory.resolve())
    library.sqlite3_vfs_register(ctypes.byref(recorder.vfs), 1)
    try:
        yield recorder.events
    finally:
        library.sqlite3_vfs_register(usual, 1)
        library.sqlite3_vfs_unregister(ctypes.byref(recorder.vfs))
