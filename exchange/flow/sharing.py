"""
A report for the other side, signed: the joint one, which holds nothing that is ours alone.

It goes from hand to hand, not over the channel, and nothing is answered to it: so it is no
message, but under the same keys and signature sets as one.
"""

from typing import Any

from exchange.domain.wire import utc_text
from exchange.flow.agreement import Agreement
from exchange.flow.clock import Clock
from exchange.flow.keyring import Keyring
from exchange.proof import grammar
from exchange.proof.jws import Line, Typ, sign_line

__all__ = ["SCHEMA", "Line", "sign_report"]

SCHEMA = "urn:handoff:schema:joint-report:1"


def sign_report(
    report: dict[str, Any], *, agreement: Agreement, keyring: Keyring, clock: Clock
) -> Line:
    """
    Return the line that says who reports what to whom, under our signing keys.

    Raises:
        KeysUnusable: No key of ours may sign now.
    """
    now = clock()
    payload = {
        "aud": agreement.theirs,
        "iss": agreement.ours,
        "report": report,
        "schema": SCHEMA,
        "signed_at": utc_text(now),
    }
    signers = keyring.signers_for(Typ.MESSAGE, agreement.we_sign, now)
    return sign_line(grammar.canonical(payload), signers, Typ.REPORT)
