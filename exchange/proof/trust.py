"""
What a verifier of evidence brings, and takes from nobody else: roots, and who may stamp times.

It is one file, so that two people can compare it once and keep it: each party's roots under its
name, because a root vouches for one party and no other, and each authority's certificates.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

import orjson
from cryptography.hazmat.primitives.serialization import Encoding
from pydantic import BaseModel, ConfigDict, Field

from exchange.errors import GrammarBroken, NotConfigured, Sentence
from exchange.proof import grammar
from exchange.proof.envelope import Urn
from exchange.proof.keys import Roots
from exchange.proof.keysets import read_roots
from exchange.proof.timestamps import Authority, read_authority

_NO_TRUST = Sentence(
    "the file of what is trusted is not one that exchange wrote",
    "el archivo de lo que es de confianza no es uno que exchange haya escrito",
)


@dataclass(frozen=True, slots=True)
class Trust:
    """The roots of each party, and who may stamp times, by name."""

    parties: Mapping[str, Roots]
    authorities: Mapping[str, Authority] = field(default_factory=dict)


class _Document(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    parties: dict[Urn, dict[str, Any]] = Field(max_length=8)
    authorities: dict[Annotated[str, Field(min_length=1, max_length=128)], str] = Field(
        max_length=8
    )


def write_trust(trust: Trust) -> bytes:
    """The file of *trust*: JSON, the certificates as PEM in it."""
    document = {
        "parties": {party: roots.document() for party, roots in trust.parties.items()},
        "authorities": {
            name: b"".join(one.public_bytes(Encoding.PEM) for one in authority.roots).decode()
            for name, authority in trust.authorities.items()
        },
    }
    return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS) + b"\n"


def read_trust(octets: bytes) -> Trust:
    """
    What the file of ``write_trust`` says; nothing makes it trusted but whoever chose the file.

    Raises:
        NotConfigured: It is not such a file.
    """
    try:
        document = _Document.model_validate(grammar.parse(octets))
        authorities = {
            name: read_authority(pem.encode()) for name, pem in document.authorities.items()
        }
    except (ValueError, GrammarBroken) as fault:
        raise NotConfigured([_NO_TRUST]) from fault
    roots = {name: read_roots(orjson.dumps(one)) for name, one in document.parties.items()}
    return Trust(roots, authorities)
