"""Reports that one side signs for the other: written as one line, and read when they come."""

from pathlib import Path
from typing import TYPE_CHECKING

from exchange.cli.output import write_output
from exchange.cli.partner import newest_partner_keys
from exchange.errors import EvidenceBroken, MessageRefused, Sentence

if TYPE_CHECKING:
    from exchange.flow.sharing import SignedReport
    from exchange.reports.document import Report
    from exchange.settings import Settings


def write_signed(settings: "Settings", report: "Report", output: Path | None) -> None:
    """
    Write the report for both sides as one line, signed by us for the partner.

    Raises:
        KeysUnusable: No key of ours may sign now.
    """
    from exchange.flow.clock import system_clock, system_entropy
    from exchange.flow.sharing import sign_report
    from exchange.installation.opening import open_keyring
    from exchange.reports.forms.plain import report_document
    from exchange.service.outside import agreement_of

    line = sign_report(
        report_document(report).model_dump(mode="json"),
        agreement=agreement_of(settings),
        keyring=open_keyring(settings, now=system_clock(), entropy=system_entropy),
        clock=system_clock,
    )
    write_output(output, lambda file: file.write(line.octets() + b"\n"))


def read_signed(settings: "Settings", file: Path) -> "SignedReport":
    """
    Return what one side signed for the other, by the keys of both as they stand.

    Raises:
        EvidenceBroken: It does not hold: the code says why.
    """
    from exchange.flow.clock import system_clock
    from exchange.flow.sharing import read_signed_report
    from exchange.installation.published import our_keys
    from exchange.service.outside import agreement_of

    octets = file.read_bytes().removesuffix(b"\n")
    ours, theirs = our_keys(settings).key_set, newest_partner_keys(settings).key_set
    agreement, now = agreement_of(settings), system_clock()
    try:
        return read_signed_report(octets, agreement, ours=ours, theirs=theirs, now=now)
    except MessageRefused as error:
        broken = Sentence(
            f"{file}: does not hold: {error.code}", f"{file}: no se sostiene: {error.code}"
        )
        raise EvidenceBroken(broken) from error
