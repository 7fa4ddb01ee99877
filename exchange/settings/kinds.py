"""
The kinds of value a setting can have, each of which says what it wants when it is given another.

A relative path is relative to the TOML file that is being read, wherever the command was
started; `reading` says which file that is.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_settings import NoDecode

from exchange.errors import Sentence

_file: ContextVar[Path] = ContextVar("the TOML file that is being read")


@contextmanager
def reading(file: Path) -> Iterator[None]:
    """Make *file* the one that relative paths are relative to, while it is read."""
    token = _file.set(file)
    try:
        yield
    finally:
        _file.reset(token)


def file_being_read() -> Path | None:
    """Return the TOML file that is being read, if one is."""
    return _file.get(None)


def anchored(path: Path) -> Path:
    """Return *path* as it is meant: relative to the TOML file, or to the current directory."""
    file = _file.get(None)
    return (file.parent if file else Path.cwd()) / path.expanduser()


@dataclass(frozen=True, slots=True)
class Address:
    """Where a listener listens: a host and a port (0: any free one)."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def on_loopback(self) -> bool:
        """Whether only this machine can reach the address."""
        return is_loopback(self.host)


def is_loopback(host: str) -> bool:
    """Return whether *host* is this machine and no other."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _read_address(value: object) -> object:
    match = re.fullmatch(r"(\[[0-9a-f:.]+\]|[A-Za-z0-9.-]+):(\d{1,5})", str(value))
    if not match or int(match[2]) > 65535:  # noqa: PLR2004  # the highest port there is
        wanted = Sentence(
            'wants "host:port", such as "127.0.0.1:8443"',
            'se necesita "host:puerto", como "127.0.0.1:8443"',
        )
        raise ValueError(wanted)
    return Address(match[1].strip("[]"), int(match[2]))


def _existing_file(path: Path) -> Path:
    if not path.is_file():
        wanted = Sentence(
            f"wants a file; there is none at {path}",
            f"se necesita un archivo; no hay ninguno en {path}",
        )
        raise ValueError(wanted)
    return path


def _existing_directory(path: Path) -> Path:
    if not path.is_dir():
        wanted = Sentence(
            f"wants a directory; there is none at {path}",
            f"se necesita un directorio; no hay ninguno en {path}",
        )
        raise ValueError(wanted)
    return path


_URN = r"^urn:handoff:(us|mx):[a-z][a-z0-9-]{1,30}(:test)?$"

ListenAddress = Annotated[Address, NoDecode, BeforeValidator(_read_address)]
AnchoredPath = Annotated[Path, AfterValidator(anchored)]
ExistingFile = Annotated[Path, AfterValidator(anchored), AfterValidator(_existing_file)]
ExistingDirectory = Annotated[Path, AfterValidator(anchored), AfterValidator(_existing_directory)]
Urn = Annotated[str, Field(pattern=_URN)]
Seconds = Annotated[float, Field(gt=0, le=86_400)]
Count = Annotated[int, Field(ge=1, le=1_000_000)]


class Section(BaseModel):
    """One table of the TOML file: closed, frozen, its defaults checked as its values are."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", validate_default=True, hide_input_in_errors=True
    )
