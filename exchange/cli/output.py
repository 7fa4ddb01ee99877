"""Where a command writes what it made: to a file that is whole or is not there, or to stdout."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import IO, Annotated, TypeVar

import typer

T = TypeVar("T")

Output = Annotated[
    Path | None, typer.Option("--output", "-o", metavar="FILE", help="Without it, stdout.")
]


def write_output(output: Path | None, write: Callable[[IO[bytes]], T]) -> T:
    """
    Return what *write* returned, once *output* holds what it wrote.

    It is written beside and moved into place, so that nobody reads half of it.

    Raises:
        OSError: The file cannot be written; it names *output*.
    """
    if output is None:
        return write(sys.stdout.buffer)
    beside = output.with_name(output.name + ".new")
    try:
        with beside.open("wb") as file:
            written = write(file)
        beside.replace(output)
    except OSError as error:
        raise type(error)(error.errno, error.strerror, str(output)) from error
    return written
