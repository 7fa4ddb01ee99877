"""
A report for the other side, signed: the joint one, which holds nothing that is ours alone.

It goes from hand to hand, not over the channel, and nothing is answered to it: so it is no
message, but under the same keys and signature sets as one.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from pydantic import Field, ValidationError

from exchange.domain.wire import Closed, UtcText, read_utc, utc_text
from exchange.errors import BreaksSchema, WrongAudience, WrongIssuer
from exchange.flow.agreement import Agreement
from exchange.flow.clock import Clock
from exchange.flow.keyring import Keyring
from exchange.proof import grammar
from exchange.proof.jws import Line, Typ, read_line, sign_line
from exchange.proof.keys import KeySet
from exchange.proof.lines import verify
from exchange.proof.policy import SignatureSets

__all__ = ["SCHEMA", "Line", "SignedReport", "read_signed_report", "sign_report"]

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


class _Said(Closed):
    """What is signed."""

    aud: str
    iss: str
    report: dict[str, Any]
    schema_: Literal["urn:handoff:schema:joint-report:1"] = Field(alias="schema")
    signed_at: UtcText


@dataclass(frozen=True, slots=True)
class SignedReport:
    """A report that holds: who signed it, when by their own clock, with which keys, and what."""

    issuer: str
    signed_at: datetime
    kids: tuple[str, ...]
    report: dict[str, Any]


def read_signed_report(
    octets: bytes, agreement: Agreement, *, ours: KeySet, theirs: KeySet, now: datetime
) -> SignedReport:
    """
    Return what one of the two sides signed for the other, once that is proven.

    Nothing in it proves when it was signed, so its keys must be some that may sign *now*.

    Raises:
        LineRefused: It is no line, or no signatures of either side hold for it.
        GrammarBroken, BreaksSchema: What was signed is no report for the other side.
        WrongIssuer, WrongAudience: Who signed is not who speaks, or it is not for the other.
    """
    line = read_line(octets)
    kids = tuple(one.header.kid for one in line.signatures)
    ours_it_is = kids[0] in ours.keys
    owner, other = (ours, theirs) if ours_it_is else (theirs, ours)
    accepted = _of_reports(agreement.we_sign if ours_it_is else agreement.they_sign)
    verify(line, owner, accepted=accepted, typ=Typ.REPORT, received_at=now)
    try:
        said = _Said.model_validate(grammar.parse_object(line.payload))
    except ValidationError as error:
        raise BreaksSchema(pointer="/report") from error
    if said.iss != owner.iss:
        raise WrongIssuer
    if said.aud != other.iss:
        raise WrongAudience
    return SignedReport(said.iss, read_utc(said.signed_at), kids, said.report)


def _of_reports(sets: SignatureSets) -> SignatureSets:
    """Return the sets that a report may carry: those of a message."""
    of_messages = (one for one in sets.sets if one.typ is Typ.MESSAGE)
    return SignatureSets(tuple(replace(one, typ=Typ.REPORT) for one in of_messages))
