"""What the page in an evidence bundle shows of it: who said what, and what else is there."""

from exchange.cli.options import shown_at
from exchange.proof.bundle import Manifest
from exchange.proof.encoding import instant
from exchange.proof.steps import Claim, SaidLine, Standing, Step, Verdict
from exchange.reports.evidence import Shown, ShownLine


def shown_of(manifest: Manifest, verdict: Verdict) -> Shown:
    """Return what is shown of a bundle by what was found when it was made."""
    lines = [_line(one, verdict.steps) for one in verdict.said]
    made_at, about = str(shown_at(instant(manifest.iat))), manifest.about
    if about.handoff is not None:
        return Shown("handoff", about.handoff, manifest.iss, made_at, lines)
    if about.message is not None:
        return Shown("message", about.message, manifest.iss, made_at, lines)
    return Shown("day", str(about.day), manifest.iss, made_at, lines)


def _line(one: SaidLine, steps: tuple[Step, ...]) -> ShownLine:
    found = {step.claim: step for step in steps if step.file == one.file}
    said_at = shown_at(one.signed_at)
    if one.receipt is not None:
        return ShownLine(one.file, one.issuer, said_at, "evidence.receipt-of", "none", "none")
    body, receipt = found.get(Claim.BODY), found.get(Claim.RECEIPT)
    is_there = body is not None and body.standing is Standing.PROVEN
    code = None if receipt is None else receipt.code
    return ShownLine(
        file=one.file,
        speaker=one.issuer,
        said_at=said_at,
        kind=None if one.envelope is None else f"message.{one.envelope.schema.split(':')[3]}",
        body="there" if is_there else "absent",
        receipt="accepted" if code == "accepted" else "rejected" if code else "absent",
    )
