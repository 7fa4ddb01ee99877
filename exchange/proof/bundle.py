"""
An evidence bundle: one file with everything that proves what was said, written and taken apart.

It is a ZIP whose files are the lines, notes, stamps and key sets exactly as they were exchanged,
and a manifest that names each with its digest, says where each line stands in which ledger, and
is signed by whoever made the bundle. What the files prove is judged in ``evidence``.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from exchange.errors import GrammarBroken, LineRefused
from exchange.proof import grammar
from exchange.proof.encoding import Digest, Seconds, digest
from exchange.proof.envelope import Jti, Subject, Urn
from exchange.proof.jws import Line, Signer, Typ, read_line, sign_line

SCHEMA: Final = "urn:handoff:schema:evidence:1"
MANIFEST: Final = "manifest.jws"
FILES_MAX = 10_000
FILE_BYTES_MAX = 16 * 1024 * 1024
BUNDLE_BYTES_MAX = 256 * 1024 * 1024
PROOF_MAX = 63
"""As many hashes as a proof in a tree of any size that can be counted has."""

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]*(/[a-z0-9][a-z0-9._-]*)*")
_MADE_AT = (1980, 1, 1, 0, 0, 0)
"""The time of every file, which a ZIP must state and which proves nothing."""


class _Closed(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


Name = Annotated[str, Field(max_length=128, pattern=f"^{_NAME.pattern}$")]


class Place(_Closed):
    """Where a line stands in a ledger, and the proof that leads to a checkpoint of it."""

    checkpoint: Name = Field(description="The file of the checkpoint that the proof leads to")
    number: Annotated[int, Field(ge=0, le=grammar.INTEGER_MAX)] = Field(
        description="The number of its entry, from 0"
    )
    proof: tuple[Digest, ...] = Field(
        max_length=PROOF_MAX, strict=False, description="RFC 9162 §2.1.3, the lowest hash first"
    )


class LineFile(_Closed):
    """A message or receipt, as it was exchanged; its body is left out where it was erased."""

    file: Name
    kind: Literal["message", "receipt"]
    places: tuple[Place, ...] = Field(max_length=4, strict=False)


class StampFile(_Closed):
    """An answer of a time-stamping authority (RFC 3161) about the whole file of a checkpoint."""

    file: Name
    authority: Annotated[str, Field(min_length=1, max_length=128)]


class CheckpointFile(_Closed):
    """A checkpoint of a party's ledger, with its cosignatures."""

    file: Name
    party: Urn = Field(description="Whose ledger it is of")
    stamps: tuple[StampFile, ...] = Field(max_length=8, strict=False)


class KeysFile(_Closed):
    """A key set of a party, as its roots signed it."""

    file: Name
    party: Urn


class About(_Closed):
    """What the bundle is about: a handoff, a message, or a day in UTC."""

    handoff: Subject | None
    message: Jti | None
    day: Annotated[str, Field(pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}$")] | None


class Manifest(_Closed):
    """What the signatures of a bundle cover."""

    iss: Urn = Field(description="Who made it")
    iat: Seconds = Field(description="When, in seconds since the epoch")
    schema_: Literal["urn:handoff:schema:evidence:1"] = Field(alias="schema")
    about: About
    parties: tuple[Urn, Urn] = Field(strict=False, description="Both sides of the exchange")
    lines: tuple[LineFile, ...] = Field(strict=False)
    checkpoints: tuple[CheckpointFile, ...] = Field(strict=False)
    keys: tuple[KeysFile, ...] = Field(strict=False)
    files: dict[Name, Digest] = Field(
        max_length=FILES_MAX, description="SHA-256 of every file but this one, by its name"
    )

    @model_validator(mode="after")
    def _names_what_is_there(self) -> "Manifest":
        """Whatever is spoken of is one of the files, once, and leads to a checkpoint of them."""
        notes = {one.file for one in self.checkpoints}
        stamps = (stamp.file for one in self.checkpoints for stamp in one.stamps)
        lines, keys = (one.file for one in self.lines), (one.file for one in self.keys)
        spoken = [*lines, *keys, *stamps, *(one.file for one in self.checkpoints)]
        places = {place.checkpoint for line in self.lines for place in line.places}
        if len(set(spoken)) != len(spoken) or not self.files.keys() >= set(spoken):
            raise ValueError
        if not places <= notes or MANIFEST in self.files or self.iss not in self.parties:
            raise ValueError
        return self

    def octets(self) -> bytes:
        """The canonical form: the octets that are signed."""
        return grammar.canonical(self.model_dump(mode="json", by_alias=True))


@dataclass(frozen=True, slots=True)
class Bundle:
    """
    A bundle taken apart: nothing in it is believed yet.

    *files* are those that are there, by name; *line* is the signed manifest, and *manifest* what
    it says.
    """

    line: Line
    manifest: Manifest
    files: Mapping[str, bytes] = field(repr=False)

    @property
    def broken_files(self) -> list[str]:
        """The files that are missing, are others than the manifest names, or are not named."""
        named = self.manifest.files
        wrong = {name for name, octets in self.files.items() if named.get(name) != digest(octets)}
        return sorted(wrong | (named.keys() - self.files.keys()))


class NoBundle(ValueError):
    """The octets are no bundle, or its manifest is none."""


def write_bundle(
    manifest: Manifest, files: Mapping[str, bytes], signers: Sequence[Signer]
) -> bytes:
    """
    The bundle of *files*, its manifest first and signed by each of *signers* in order.

    Raises:
        ValueError: The files are not those that the manifest names.
    """
    if {name: digest(octets) for name, octets in files.items()} != manifest.files:
        raise ValueError
    line = sign_line(manifest.octets(), signers, Typ.EVIDENCE)
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as packed:
        for name, octets in ((MANIFEST, line.octets()), *sorted(files.items())):
            packed.writestr(zipfile.ZipInfo(name, _MADE_AT), octets, zipfile.ZIP_DEFLATED)
    return whole.getvalue()


def read_bundle(octets: bytes) -> Bundle:
    """
    The bundle that *octets* are, taken apart within bounds.

    Raises:
        NoBundle: They are none: no ZIP, one of other files, too large, or without a manifest.
    """
    try:
        files = _unpacked(octets)
        line = read_line(files.pop(MANIFEST))
        manifest = Manifest.model_validate(grammar.parse_object(line.payload))
    except (
        zipfile.BadZipFile,
        zlib.error,
        LineRefused,
        GrammarBroken,
        ValueError,
        KeyError,
        RuntimeError,  # it is said to be encrypted, or is packed in a way that is not ours
        EOFError,
    ) as fault:
        raise NoBundle from fault
    return Bundle(line, manifest, files)


def _unpacked(octets: bytes) -> dict[str, bytes]:
    """
    The files of a ZIP, by name.

    Raises:
        ValueError: A name is there twice or is none of ours, or there is too much.
        BadZipFile: It is no ZIP, or what is packed is not what was.
    """
    with zipfile.ZipFile(io.BytesIO(octets)) as packed:
        members = packed.infolist()
        names = [one.filename for one in members]
        sizes = [one.file_size for one in members]
        if len(names) > FILES_MAX or len(set(names)) != len(names):
            raise ValueError
        if max(sizes, default=0) > FILE_BYTES_MAX or sum(sizes) > BUNDLE_BYTES_MAX:
            raise ValueError
        if not all(map(_NAME.fullmatch, names)):
            raise ValueError
        return {one.filename: packed.read(one) for one in members}
