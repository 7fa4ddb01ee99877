"""The return decisions of the files that a port sends: JSON, a JSON array, or JSON Lines."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import orjson

from exchange.errors import Sentence, UsageWrong


@dataclass(frozen=True, slots=True)
class Document:
    """One document as its file has it, where it stands there, and where it goes under which key."""

    place: str
    octets: bytes
    path: str = "/v1/return-decisions"
    key: str | None = None


def read_documents(files: list[Path]) -> list[Document]:
    """
    Return the decisions of *files* in order, unjudged: the service is who refuses one.

    Raises:
        UsageWrong: A file is empty.
        OSError: A file cannot be read.
    """
    return [document for file in files for document in _documents_of(file)]


def _documents_of(file: Path) -> Iterator[Document]:
    octets = file.read_bytes().strip()
    if not octets:
        empty = Sentence(f"{file}: is empty", f"{file}: está vacío")
        raise UsageWrong(empty)
    try:
        whole = orjson.loads(octets)
    except orjson.JSONDecodeError:
        yield from _lines_of(file, octets)
        return
    if isinstance(whole, list):
        for number, one in enumerate(whole, 1):
            yield Document(f"{file}[{number}]", orjson.dumps(one))
    else:
        yield Document(str(file), octets)


def _lines_of(file: Path, octets: bytes) -> Iterator[Document]:
    for number, line in enumerate(octets.split(b"\n"), 1):
        if line.strip():
            yield Document(f"{file}:{number}", line)
