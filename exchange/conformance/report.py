"""
The report of a run: one JSON document, signed by the kit, and the same for people.

What is signed says whom the kit was, against whom, when, under which policy, and of every case
what was sent, what had to come back, and how it ended. A program checks the signature with any
JOSE library and the kit's public key, which the document names.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from exchange import __version__
from exchange.conformance.cases import UNTESTED
from exchange.conformance.kit import Kit
from exchange.conformance.page import page
from exchange.conformance.run import Outcome, Played
from exchange.conformance.texts import LANGUAGES, text
from exchange.domain.wire import utc_text
from exchange.errors import Sentence
from exchange.proof import grammar
from exchange.proof.jws import Typ, sign_line

SCHEMA = "urn:handoff:schema:conformance-report:1"


@dataclass(frozen=True, slots=True)
class Report:
    """A finished run."""

    document: dict[str, Any]
    line: bytes = field(repr=False)

    @property
    def has_passed(self) -> bool:
        """Whether no case failed."""
        return not self.document["counts"][Outcome.FAILED.value]


@dataclass(frozen=True, slots=True)
class Circumstances:
    """When the run was, against which address, and whether the kit listened as well."""

    url: str
    began_at: datetime
    ended_at: datetime
    policy: str
    has_listened: bool


def make_report(kit: Kit, played: Sequence[Played], run: Circumstances) -> Report:
    """Return the report of *played*, signed by the kit's first key."""
    counts = Counter(one.outcome for one in played)
    document = {
        "schema": SCHEMA,
        "iss": kit.ours,
        "about": kit.theirs,
        "side": kit.side.value,
        "url": run.url,
        "began_at": utc_text(run.began_at),
        "ended_at": utc_text(run.ended_at),
        "signatures": run.policy,
        "listened": run.has_listened,
        "program": __version__,
        "partner_keys": kit.partner.serial,
        "counts": {outcome.value: counts[outcome] for outcome in Outcome},
        "cases": [_case(one) for one in played],
        "untested": {code: _both(why) for code, why in UNTESTED.items()},
    }
    signed = sign_line(grammar.canonical(document), [kit.keys.first], Typ.CONFORMANCE)
    return Report(document, signed.octets())


def write_report(report: Report, directory: Path) -> list[Path]:
    """Write the signed report, the same to read as JSON, and a page in each language."""
    directory.mkdir(parents=True, exist_ok=True)
    files = {
        "report.jws": report.line + b"\n",
        "report.json": orjson.dumps(report.document, option=orjson.OPT_INDENT_2) + b"\n",
    }
    for language in LANGUAGES:
        html = page(report.document, report.line, language)
        files[f"report.{language}.html"] = html.encode("utf-8")
    for name, octets in files.items():
        (directory / name).write_bytes(octets)
    return [directory / name for name in files]


def _case(one: Played) -> dict[str, Any]:
    return {
        "name": one.name,
        "group": one.group.value,
        "clause": one.clause,
        "sent": _both(one.sent),
        "must": _both(one.must),
        "outcome": one.outcome.value,
        "why": _why(one),
        "findings": [
            {
                "what": found.what,
                "expected": found.expected,
                "found": found.found,
                "said": {language: found.words(language) for language in LANGUAGES},
            }
            for found in one.findings
        ],
        "exchanged": [
            {"sent": each.sent, "status": each.status, "came": each.came} for each in one.exchanged
        ],
    }


def _why(one: Played) -> dict[str, str] | None:
    if one.why_left_out is None:
        return None
    return {language: text(f"need.{one.why_left_out}", language) for language in LANGUAGES}


def _both(sentence: Sentence) -> dict[str, str]:
    return {"en": sentence.en, "es": sentence.es}
