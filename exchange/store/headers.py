"""
Protected headers, each set kept once: a line's row names the set by its number.

A set is written as, for each signature, the sizes of its protected header and of the
signature (two octets each), then the header. The signatures themselves stand in the
line's row, one after the other.
"""

from collections.abc import Collection
from typing import TypeAlias

from sqlalchemy import Connection, bindparam, select

from exchange.proof.jws import Signature
from exchange.store.prepared import Prepared, insert_into
from exchange.store.tables import headers

Signatures: TypeAlias = tuple[Signature, ...]
HeaderSet: TypeAlias = tuple[str, bytes]
"""The issuer who owns the keys, and the packed headers."""

_FIND = Prepared(
    select(headers.c.number, headers.c.issuer, headers.c.octets).where(
        headers.c.octets.in_(bindparam("sets", expanding=True)),
    ),
)
_INSERT = Prepared(insert_into(headers, numbered=False))


def intern_headers(connection: Connection, sets: Collection[HeaderSet]) -> dict[HeaderSet, int]:
    """
    Return the number of each set, storing those not seen before.

    The caller holds the ledger's lock, so nobody else can store the same set meanwhile.
    """
    found = _find(connection, sets)
    missing = sorted(set(sets) - set(found))
    if missing:
        _INSERT.run(
            connection,
            *({"issuer": issuer, "octets": octets} for issuer, octets in missing),
        )
        found = _find(connection, sets)
    return found


def _find(connection: Connection, sets: Collection[HeaderSet]) -> dict[HeaderSet, int]:
    rows = _FIND.rows(connection, {"sets": [octets for _, octets in sets]})
    return {(issuer, octets): number for number, issuer, octets in rows}


def pack_headers(signatures: Signatures) -> bytes:
    """Return the set of protected headers as it is kept."""
    return b"".join(
        len(one.protected).to_bytes(2) + len(one.signature).to_bytes(2) + one.protected
        for one in signatures
    )


def unpack_signatures(packed: bytes, joined: bytes) -> Signatures:
    """Return the signatures again from the set of headers and the joined signatures."""
    signatures = []
    while packed:
        header_size, signature_size = int.from_bytes(packed[:2]), int.from_bytes(packed[2:4])
        protected = packed[4 : 4 + header_size]
        signatures.append(Signature(protected, joined[:signature_size]))
        packed, joined = packed[4 + header_size :], joined[signature_size:]
    return tuple(signatures)
