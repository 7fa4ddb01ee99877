"""``docs/protocol.md`` is true: its example, its tables, its clauses and its commands."""

import asyncio
import json
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha512
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from joserfc import jws as joserfc_jws
from joserfc.jwk import ECKey
from jsonschema import Draft202012Validator
from jwcrypto.jwk import JWK
from jwcrypto.jws import JWS

from exchange import errors
from exchange.conformance.cases import CASES, UNTESTED
from exchange.conformance.duties import DUTIES
from exchange.conformance.duty import ERRANDS
from exchange.conformance.wants import LinesRefused, ProblemOf, Receipted
from exchange.domain import stages
from exchange.domain.messages.catalogue import MESSAGE_TYPES
from exchange.domain.parties import Side
from exchange.flow.inbox import Inbox
from exchange.proof.encoding import b64u, digest, unb64u
from exchange.proof.jws import read_line
from exchange.proof.keysets import read_key_set, read_roots
from exchange.proof.policy import ES256_ONLY
from exchange.proof.receipts import read_receipt
from exchange.store import Store
from exchange.web.problems import status_of
from exchange.web.texts import INTERNAL
from tests.keys import MX, US
from tests.test_documents import KINDS
from tests.vectors.protocol import DOCUMENT, blocks, render
from tests.web.installation import Installation
from tests.web.serving import partner_door, partner_listening

ROOT = DOCUMENT.parents[1]
TEXT = DOCUMENT.read_text(encoding="utf-8")
SHELL = "\n".join(re.findall(r"^```sh\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL))
IS_EQUIPPED = bool(shutil.which("openssl") and shutil.which("curl"))
TOOLS = ["openssl"] if IS_EQUIPPED or "CI" in os.environ else []
"""What runs the commands, with curl. A bare machine may have neither; `.ci/run` brings both."""

P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
LINES = {
    "notice-line": "us",
    "receipt-line": "mx",
    "answer-line": "mx",
    "answer-receipt-line": "us",
}
"""The lines of the example and whose key signed each."""


def shown(name: str) -> str:
    """Return what the document shows in the block *name*."""
    found = re.search(rf"<!-- made: {name} -->\n\n```\n(.*?)\n```", TEXT, re.DOTALL)
    assert found, name
    return found[1]


def schema(name: str) -> Draft202012Validator:
    """Return the validator of a published schema, formats asserted."""
    document = json.loads((ROOT / "schemas" / f"{name}.v1.json").read_text(encoding="utf-8"))
    return Draft202012Validator(document, format_checker=Draft202012Validator.FORMAT_CHECKER)


def rows(clause: str) -> Iterator[list[str]]:
    """Give the cells of each row of the first table after *clause*."""
    table = re.search(
        rf"^(?:## )?{re.escape(clause)}\.? .*?\n\n((?:\|[^\n]*\n)+)", TEXT, re.MULTILINE | re.DOTALL
    )
    assert table, clause
    for line in table[1].splitlines()[2:]:
        yield [cell.strip() for cell in line.strip("|").split("|")]


def codes_in(cell: str) -> list[str]:
    """Return what stands between backticks."""
    return re.findall(r"`([a-z-]+)`", cell)


# --- The example -----------------------------------------------------------------------------


def test_every_block_is_made_the_same_again() -> None:
    """Every octet that the document shows is the one this program makes."""
    assert render(TEXT) == TEXT
    assert {name for name in blocks() if f"<!-- made: {name} -->" in TEXT} == set(blocks())


def test_a_reader_arrives_at_the_keys() -> None:
    """The rule by which clause 11 makes a key from its name gives the keys it shows."""
    for name in ("us-key", "mx-key"):
        jwk = json.loads(shown(name))
        number = int(sha512(jwk["kid"].encode()).hexdigest(), 16) % (P256_ORDER - 1) + 1
        point = ec.derive_private_key(number, ec.SECP256R1()).public_key().public_numbers()
        assert b64u(point.x.to_bytes(32, "big")) == jwk["x"]
        assert b64u(point.y.to_bytes(32, "big")) == jwk["y"]


@pytest.mark.parametrize(("name", "signer"), LINES.items())
def test_other_libraries_verify_the_lines(name: str, signer: str) -> None:
    """The jwcrypto and joserfc libraries find each line of the example signed by the key shown."""
    text, key = shown(name), shown(f"{signer}-key")
    theirs = JWS()
    theirs.deserialize(text, JWK.from_json(key), alg="ES256")
    verified = joserfc_jws.deserialize_json(
        json.loads(text), ECKey.import_key(json.loads(key)), algorithms=["ES256"]
    )
    assert verified.payload == theirs.payload == unb64u(json.loads(text)["payload"])


def test_another_library_verifies_both_signatures() -> None:
    """The jwcrypto library finds both signatures of Annex A good, and lengths as clause 9 says."""
    line, pq_key = shown("hybrid-line"), shown("us-pq-key")
    for key in (shown("us-key"), pq_key):
        JWS().deserialize(line, JWK.from_json(key), alg=json.loads(key)["alg"])
    signature = json.loads(line)["signatures"][1]["signature"]
    assert (len(unb64u(json.loads(pq_key)["pub"])), len(unb64u(signature))) == (1952, 3309)
    assert len(signature) == 4412
    assert all(figure in TEXT for figure in ("1952 octets", "3309,\n4412 characters"))


def test_the_parts_of_the_example_fit_together() -> None:
    """Each part shown is the one that the next binds: body, envelope, line, digests, receipt."""
    for which in ("notice", "answer"):
        line = json.loads(shown(f"{which}-line"))
        envelope = json.loads(shown(f"{which}-envelope"))
        body = shown(f"{which}-body").encode()
        assert unb64u(line["payload"]) == shown(f"{which}-envelope").encode()
        assert unb64u(line["body"]) == body
        assert envelope["bod"] == b64u(digest(body))
    pld, sig = shown("notice-digests").splitlines()
    signed = json.loads(shown("notice-line"))["signatures"][0]
    covered = f"{signed['protected']}.{json.loads(shown('notice-line'))['payload']}"
    evidence = f"{covered.split('.')[1]}.{signed['protected']}.{signed['signature']}"
    assert shown("notice-covered") == covered
    assert shown("notice-signature") == signed["signature"]
    assert unb64u(signed["protected"]) == shown("notice-header").encode()
    assert pld == b64u(digest(shown("notice-envelope").encode()))
    assert sig == b64u(digest(evidence.encode()))
    item = json.loads(shown("receipt"))["items"][0]
    assert (item["pld"], item["sig"]) == (pld, sig)
    assert json.loads(shown("answer-envelope"))["irt"] == {"jti": item["jti"], "pld": pld}


@pytest.mark.parametrize(
    ("name", "of"),
    [
        ("notice-envelope", "envelope"),
        ("notice-body", "return-notice"),
        ("receipt", "receipt"),
        ("answer-envelope", "envelope"),
        ("answer-body", "acknowledgment"),
        ("cancellation-body", "return-cancellation"),
        ("reception-body", "reception"),
        ("visa-body", "visa-issuance"),
        ("mx-key-set", "keys"),
    ],
)
def test_the_example_validates(name: str, of: str) -> None:
    """What is signed in the example is valid against its published schema."""
    schema(of).validate(json.loads(shown(name)))


def test_the_key_set_is_that_of_the_roots_and_the_fingerprint() -> None:
    """The roots shown signed the key set shown, and the rule of 8.5 gives their fingerprint."""
    roots = shown("mx-roots").encode()
    line = shown("mx-key-set-line").encode()
    key_set = read_key_set(line, read_roots(roots), issuer=MX.urn)
    number = f"{int.from_bytes(digest(roots), 'big') % 10**60:060d}"
    assert list(key_set.keys) == [json.loads(shown("mx-key"))["kid"]]
    assert unb64u(json.loads(line)["payload"]).decode() == shown("mx-key-set")
    assert shown("mx-fingerprint").replace(" ", "") == number


# --- The tables ------------------------------------------------------------------------------


def test_the_table_of_codes_is_whole() -> None:
    """Every code that a partner can get stands in the table of 7.1, and no other."""
    families = {errors.RequestRefused, errors.LineRefused, errors.MessageRejected}
    others: set[type[errors.ExchangeError]] = {
        errors.CallerMistaken,
        errors.EvidenceBroken,
        errors.Forbidden,
        errors.KeysUnusable,
        errors.LinesRefused,
        errors.MethodNotAllowed,
        errors.NotFound,
        errors.StoreBusy,
        errors.StoreFailed,
    }
    said = {kind for kind in KINDS if families & {*kind.__mro__[1:]}} | others
    accepted = {move.code for move in stages.MOVES if move.code} | {stages.REPEAT}
    expected = {kind.code for kind in said} | accepted | {INTERNAL}
    listed = [code for cells in rows("7.1") for code in codes_in(cells[0])]
    assert sorted(listed) == sorted(expected)


def test_the_table_of_codes_gives_their_statuses() -> None:
    """Beside each code stands the status with which it is answered."""
    by_code = {kind.code: kind for kind in KINDS if "code" in vars(kind)}
    for code, status in (
        (code, cells[2]) for cells in rows("7.1") for code in codes_in(cells[0]) if code in by_code
    ):
        kind = by_code[code]
        wanted = 200 if issubclass(kind, errors.MessageRejected) else status_of(kind).value
        assert str(wanted) in status.split(", "), code


def test_the_order_of_checks_gives_their_codes() -> None:
    """Every code of a line or message that can be made today stands in the order of clause 4."""
    kinds = (errors.LineRefused, errors.MessageRejected)
    wanted = {kind.code for kind in KINDS if issubclass(kind, kinds) and kind not in kinds}
    listed = {code for cells in rows("4") for code in codes_in(cells[-1])}
    assert listed == wanted - {errors.EncryptionRequired.code}


def test_the_table_of_types_is_the_catalogue() -> None:
    """Every message type stands in 10.1 with who says it and whether it answers another."""
    listed = {(cells[0].strip("`"), cells[1], cells[2] == "yes") for cells in rows("10.1")}
    speakers = {Side.US: "US", Side.MX: "Mexico", None: "either"}
    assert listed == {(kind.schema, speakers[kind.speaker], kind.answers) for kind in MESSAGE_TYPES}


def test_the_stages_are_those_that_both_sides_know() -> None:
    """The moves of 10.5 name every shared stage and none of those before anything was said."""
    drawn = shown("stages")
    assert all(re.search(rf"^{stage.value} ", drawn, re.MULTILINE) for stage in stages.Stage)
    assert not any(stage.value in drawn for stage in stages.LocalStage)


def test_every_code_has_a_case_or_a_reason() -> None:
    """Each code of 7.1 is what some case or duty of clause 15 must bring, or is said not to be."""
    wants = [want for case in CASES for want in case.wants]
    brought = {want.code for want in wants if isinstance(want, ProblemOf)}
    brought |= {code for want in wants if isinstance(want, LinesRefused) for code in want.refusals}
    brought |= {
        verdict.code
        for want in wants
        if isinstance(want, Receipted)
        for _, verdict in want.fresh
        if isinstance(verdict.code, str)
    }
    brought |= {said.code for duty in DUTIES for said in duty.says if said.code}
    assert not brought & UNTESTED.keys()
    listed = {code for cells in rows("7.1") for code in codes_in(cells[0])}
    assert brought | UNTESTED.keys() == listed


def test_every_case_cites_a_clause() -> None:
    """The clause that a case or duty tests is one that the document has."""
    cited = {case.clause for case in CASES} | {duty.clause for duty in DUTIES}
    cited |= {errand.clause for errand in ERRANDS}
    assert cited <= set(clauses())


# --- The clauses -----------------------------------------------------------------------------


def clauses() -> list[str]:
    """Return every clause number that the document has, in its order."""
    return re.findall(r"^(?:#+ |\| )?(\d+\.\d+|\d+(?=\. )|[A-Z]\.\d+)", TEXT, re.MULTILINE)


def test_clauses_count_without_a_gap() -> None:
    """Main clauses count from 1 and so do the clauses of each."""
    numbers = clauses()
    mains = [int(number) for number in numbers if number.isdigit()]
    assert mains == list(range(1, len(mains) + 1))
    for main in mains:
        below = [int(one.split(".")[1]) for one in numbers if one.startswith(f"{main}.")]
        assert below == list(range(1, len(below) + 1)), main


def test_every_clause_that_is_cited_exists() -> None:
    """What the code, the tests and the document itself cite is there."""
    known = set(clauses())
    cited = set(re.findall(r"\b\d{1,2}\.\d{1,2}\b", _prose()))
    cited |= set(re.findall(r"\bclauses? (\d+(?:\.\d+)?)", TEXT))
    for path in [*ROOT.glob("exchange/**/*.py"), *ROOT.glob("tests/**/*.py")]:
        text = path.read_text(encoding="utf-8")
        cited |= set(re.findall(r"protocol\.md clause (\d+(?:\.\d+)?)", text))
    assert cited <= known


def test_the_steps_of_the_verifier_are_those_of_clause_four() -> None:
    """The numbers beside the verifier's steps are the numbers of clause 4."""
    text = (ROOT / "exchange" / "proof" / "lines.py").read_text(encoding="utf-8")
    steps = {f"4.{step}" for step in re.findall(r"\((\d+)\)", text)}
    assert steps == {f"4.{step}" for step in range(1, 17)}
    assert steps <= set(clauses())


def _prose() -> str:
    """Return the document without its blocks, code and versions of other things."""
    return re.sub(r"```.*?```|`[^`]*`|(?:TLS|OpenSSL) \d\.\d", "", TEXT, flags=re.DOTALL)


# --- The commands ----------------------------------------------------------------------------


@pytest.mark.parametrize("openssl", TOOLS)
async def test_the_afternoon_works(openssl: str, store: Store, tmp_path: Path) -> None:
    """The commands of clause 13, as they stand, speak to a whole US side that trusts their keys."""
    (tmp_path / "us.jwk").write_text(shown("us-key") + "\n", encoding="utf-8")
    (tmp_path / "notice.jsonl").write_text(shown("notice-line") + "\n", encoding="utf-8")
    side = Installation(store, Side.US)
    inbox = _es256_inbox(side)

    async def receive(octets: bytes) -> bytes:
        """Trust what the commands published, then take what they send, by the clock they used."""
        side.now = datetime.now(tz=UTC)
        roots = read_roots((tmp_path / "roots.json").read_bytes())
        published = (tmp_path / "keys.jws").read_bytes()
        side.partner.key_set = read_key_set(published, roots, issuer=MX.urn)
        return await inbox.receive(octets)

    keys = US.key_set_line
    door = replace(partner_door(side.inbox), receive=receive, published_keys=lambda: keys)
    async with partner_listening(door) as listener:
        printed = await _run_shell(tmp_path, us=f"http://127.0.0.1:{listener.port}")
    lines = printed.splitlines()
    assert lines.count("Verified OK") == 2
    assert " ".join(shown("notice-digests").split()) in lines
    assert lines[-1] == "304"
    assert (tmp_path / "us-keys.jws").read_bytes() == keys
    said = json.loads((tmp_path / "answer.items").read_bytes())["items"]
    assert [(item["status"], item["code"]) for item in said] == [("accepted", "unknown-subject")]
    _assert_receipt_is_good(tmp_path, side)


def _assert_receipt_is_good(directory: Path, side: Installation) -> None:
    """The receipt that the commands made is one that the US side believes, for the notice."""
    line = read_line((directory / "receipt.jsonl").read_bytes().strip())
    receipt = read_receipt(line, side.partner.key_set, accepted=ES256_ONLY, audience=US.urn)
    assert [b64u(item.pld) for item in receipt.items] == [shown("notice-digests").split()[0]]
    for name, of in (("keys.json", "keys"), ("receipt.json", "receipt"), *_ANSWER):
        schema(of).validate(json.loads((directory / name).read_bytes()))


_ANSWER = (("answer.envelope", "envelope"), ("answer.body", "acknowledgment"))


def _es256_inbox(side: Installation) -> Inbox:
    """Return the inbox of *side* under the policy for a partner without post-quantum keys."""
    return Inbox(
        store=side.store,
        agreement=replace(side.agreement, they_sign=ES256_ONLY),
        keyring=side.keyring,
        partner=side.partner,
        changes=side.changes,
        clock=side.clock,
        tally=side.tally,
    )


async def _run_shell(directory: Path, *, us: str) -> str:
    """Run the document's commands in *directory* and return what they print."""
    environment: dict[str, Any] = {**os.environ, "US": us, "TLS": "", "LANG": "C", "no_proxy": "*"}
    process = await asyncio.create_subprocess_exec(
        "bash",
        "-c",
        "set -euo pipefail\n" + SHELL,
        cwd=directory,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    printed, complaints = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 0, complaints.decode()[-2000:]
    return printed.decode()
