"""
Two exported ledgers, held against each other with nothing of ours: JSON, base64 and SHA-256.

A reader who has only the files and the published words can check the same.
"""

import base64
import hashlib
import json
from collections import Counter
from typing import Any

Entry = dict[str, Any]


def unb64u(text: str) -> bytes:
    """Return the octets of unpadded base64url."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def b64u(octets: bytes) -> str:
    """Return octets as unpadded base64url."""
    return base64.urlsafe_b64encode(octets).decode().rstrip("=")


def envelope(entry: Entry) -> dict[str, Any]:
    """Return what an entry's signatures cover."""
    document: dict[str, Any] = json.loads(unb64u(entry["line"]["payload"]))
    return document


def body(entry: Entry) -> dict[str, Any]:
    """Return the body beside an envelope."""
    document: dict[str, Any] = json.loads(unb64u(entry["line"]["body"]))
    return document


def pld(entry: Entry) -> str:
    """Return the digest that names a message."""
    return b64u(hashlib.sha256(unb64u(entry["line"]["payload"])).digest())


def messages(entries: list[Entry], direction: str) -> list[Entry]:
    """Return the messages that a side sent, or that it received."""
    return [one for one in entries if (one["kind"], one["direction"]) == ("message", direction)]


def receipts(entries: list[Entry], direction: str) -> list[Entry]:
    """Return the receipts that a side sent, or that it received."""
    return [one for one in entries if (one["kind"], one["direction"]) == ("receipt", direction)]


def assert_agree(us: list[Entry], mx: list[Entry]) -> None:
    """
    Both ledgers agree, as design §8 says it.

    Per direction the sets of ``(jti, pld)`` are equal, and each message has a receipt that
    both sides hold in equal bytes; numbers start at 1 and have no gap; indexes neither.
    """
    for entries in (us, mx):
        assert [entry["index"] for entry in entries] == list(range(len(entries)))
    for sender, receiver in ((us, mx), (mx, us)):
        sent, received = messages(sender, "sent"), messages(receiver, "received")
        assert _named(sent) == _named(received)
        assert max(_named(sent).values(), default=1) == 1
        seqs = sorted(envelope(entry)["seq"] for entry in sent)
        assert seqs == list(range(1, len(seqs) + 1))
        held = {_octets(entry): entry for entry in receipts(sender, "received")}
        assert held.keys() <= {_octets(entry) for entry in receipts(receiver, "sent")}
        covered = {
            (item["jti"], item["pld"])
            for entry in held.values()
            for item in envelope(entry)["items"]
            if item["status"] == "accepted"
        }
        assert _named(sent).keys() <= covered


def _named(entries: list[Entry]) -> Counter[tuple[str, str]]:
    return Counter((envelope(entry)["jti"], pld(entry)) for entry in entries)


def _octets(entry: Entry) -> str:
    line = entry["line"]
    return json.dumps([line["payload"], line["signatures"]], sort_keys=True)
