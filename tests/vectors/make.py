"""
The vectors in ``lines.json``: what this protocol's octets look like, for anyone's program.

The private keys are made from their names when needed (``tests/keys.py``) and are in no file.
What is deterministic is made anew by the tests and compared; ML-DSA signatures are hedged, so
of those lines only the verification is.

Run ``python -m tests.vectors.make`` to write the file again.
"""

import json
from pathlib import Path
from typing import Any

from exchange.proof.encoding import b64u
from exchange.proof.envelope import MessageId
from exchange.proof.jws import Line
from exchange.proof.keys import fingerprint
from exchange.proof.lines import seal
from exchange.proof.logs import ledger_leaf
from exchange.proof.merkle import Frontier
from exchange.proof.receipts import ReceiptItem, Status, make_receipt, write_receipt
from tests.keys import MX, US, Party
from tests.proof.builders import BODY, ENVELOPE, JTI, NOW

RECEIPT_JTI = MessageId("01699649-7f80-7000-8000-0000000000aa")
FILE = Path(__file__).with_name("lines.json")


def deterministic() -> dict[str, Any]:
    """What comes out the same in every run."""
    message = seal(ENVELOPE, BODY, US.classical)
    return {
        "parties": {party.side: _party(party) for party in (US, MX)},
        "envelope": ENVELOPE.octets().decode(),
        "body": BODY.decode(),
        "message": _line(message),
        "receipt": _line(_receipt(message)),
        "ledger": _ledger(message, _receipt(message)),
    }


def hedged() -> dict[str, str]:
    """Lines with an ML-DSA signature, which are new in every run."""
    return {
        "message": seal(ENVELOPE, BODY, US.signers).octets().decode(),
        "us keys": US.key_set_line.decode(),
        "mx keys": MX.key_set_line.decode(),
    }


def _party(party: Party) -> dict[str, Any]:
    return {
        "urn": party.urn,
        "roots": party.roots.document(),
        "fingerprint": fingerprint(party.roots),
        "keys": [key.half.public.jwk() | {"kid": key.kid} for key in party.signers],
    }


def _line(line: Line) -> dict[str, Any]:
    return {
        "payload": line.payload.decode(),
        "protected": [one.protected.decode() for one in line.signatures],
        "signatures": [b64u(one.signature) for one in line.signatures],
        "pld": b64u(line.pld),
        "sig": b64u(line.sig),
        "line": line.octets().decode(),
    }


def _receipt(message: Line) -> Line:
    item = ReceiptItem(
        jti=JTI,
        pld=message.pld,
        sig=message.sig,
        status=Status.ACCEPTED,
        code=None,
        pointer=None,
    )
    receipt = make_receipt(
        iss=MX.urn,
        aud=US.urn,
        jti=RECEIPT_JTI,
        signed_at=NOW,
        items=[item],
    )
    return write_receipt(receipt, MX.classical)


def _ledger(message: Line, receipt: Line) -> list[dict[str, str]]:
    """The ledger of the United States after these two lines."""
    sent = ledger_leaf(
        direction="sent",
        kind="message",
        iss=US.urn,
        jti=JTI,
        pld=message.pld,
        sig=message.sig,
    )
    received = ledger_leaf(
        direction="received",
        kind="receipt",
        iss=MX.urn,
        jti=RECEIPT_JTI,
        pld=receipt.pld,
        sig=receipt.sig,
    )
    roots = [Frontier().grown(leaves)[0].root for leaves in ([sent], [sent, received])]
    return [
        {"leaf": leaf.decode(), "root": b64u(root)}
        for leaf, root in zip((sent, received), roots, strict=True)
    ]


def main() -> None:
    """Write the file."""
    document = {"deterministic": deterministic(), "hedged": hedged()}
    FILE.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
