"""`exchange ledger` exports what was exchanged, and finds whatever was changed since."""

import asyncio
import json
import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from secrets import token_bytes
from typing import Any

import jsonschema
import pytest
from sqlalchemy import Connection

from exchange.cli.database import write
from exchange.domain.messages.catalogue import RETURN_NOTICE
from exchange.domain.messages.schemas import published
from exchange.flow.checkpointing import Checkpointing, Rhythm
from exchange.flow.keyring import Keyring, context_of
from exchange.installation.opening import open_keyring
from exchange.proof import grammar
from exchange.proof.checkpoints import ledger_origin, read_checkpoint, verify, witness_name
from exchange.proof.encoding import digest, unb64, unb64u
from exchange.proof.envelope import make_envelope, new_jti
from exchange.proof.jws import Line, Typ
from exchange.proof.lines import seal
from exchange.proof.merkle import is_included
from exchange.proof.notes import NoteKey, read_note
from exchange.proof.policy import DEFAULT
from exchange.proof.receipts import ReceiptItem, Status, make_receipt, write_receipt
from exchange.reports.forms.plain import read_report
from exchange.settings import Settings, load_settings
from exchange.store import Store
from exchange.store.bodies import NewBody, insert_data_keys, record_bodies
from exchange.store.columns import Direction, Kind
from exchange.store.journal import Event, record_events
from exchange.store.ledger import NewEntry, record_entries
from tests.builders import HANDOFF, a_notice
from tests.cli.commands import Commands
from tests.store.rows import stored_handoff

US, MX = "urn:handoff:us:cbp", "urn:handoff:mx:inm"


@dataclass(frozen=True)
class Sides:
    """Both sides' settings and opened keys, to write a ledger as the journey does."""

    us: tuple[Settings, Keyring]
    mx: tuple[Settings, Keyring]
    now: datetime

    def notice(self) -> tuple[Line, dict[str, Any]]:
        """Return a notice sealed with the US side's own keys, and what its row says."""
        body = grammar.canonical(a_notice().model_dump(mode="json"))
        envelope = make_envelope(
            iss=US,
            aud=MX,
            jti=new_jti(self.now, token_bytes),
            sealed_at=self.now,
            seq=1,
            schema=RETURN_NOTICE.schema,
            sub=HANDOFF,
            irt=None,
            body=body,
        )
        signers = self.us[1].signers_for(Typ.MESSAGE, DEFAULT, self.now)
        columns = {"jti": envelope.jti, "seq": envelope.seq, "schema": envelope.schema}
        return seal(envelope, body, signers), columns

    def receipt(self, line: Line, jti: Any) -> tuple[Line, dict[str, Any]]:
        """Return the Mexican side's receipt for *line*."""
        item = ReceiptItem(
            jti=jti, pld=line.pld, sig=line.sig, status=Status.ACCEPTED, code=None, pointer=None
        )
        receipt = make_receipt(
            iss=MX,
            aud=US,
            jti=new_jti(self.now, token_bytes),
            signed_at=self.now,
            items=[item],
        )
        signers = self.mx[1].signers_for(Typ.RECEIPT, DEFAULT, self.now)
        return write_receipt(receipt, signers), {"jti": receipt.jti}


@pytest.fixture
def ledger(commands: Commands) -> Commands:
    """Give the US side a ledger of one notice and its receipt, and a journal of one event."""
    now = datetime.now(UTC) - timedelta(minutes=1)
    us, mx = (load_settings(commands.directory / side / "exchange.toml") for side in ("us", "mx"))
    sides = Sides(
        us=(us, open_keyring(us, now=now, entropy=token_bytes)),
        mx=(mx, open_keyring(mx, now=now, entropy=token_bytes)),
        now=now,
    )
    notice, notice_row = sides.notice()
    receipt, receipt_row = sides.receipt(notice, notice_row["jti"])

    def fill(connection: Connection) -> None:
        keyring = sides.us[1]
        handoff = stored_handoff(connection, handoff=HANDOFF)
        key = keyring.new_data_key()
        insert_data_keys(connection, {handoff.number: key.wrapped})
        stored = keyring.lock(key, notice.body or b"", context=context_of(HANDOFF))
        (body,) = record_bodies(connection, [NewBody(stored, handoff.number)])
        sent, received = (Direction.SENT, US), (Direction.RECEIVED, MX)
        more = {**notice_row, "handoff": handoff.number, "body": body}
        record_entries(
            connection,
            [
                _entry(notice, Kind.MESSAGE, *sent, now, more),
                _entry(receipt, Kind.RECEIPT, *received, now, receipt_row),
            ],
        )
        event = Event(at=now, kind="notice.drafted", actor="exchange", handoff=handoff.number)
        record_events(connection, [event])

    write(us, fill)
    return commands


def _entry(
    line: Line, kind: Kind, direction: Direction, issuer: str, at: datetime, more: dict[str, Any]
) -> NewEntry:
    return NewEntry(
        direction=direction,
        kind=kind,
        issuer=issuer,
        envelope=line.payload,
        signatures=line.signatures,
        pld=line.pld,
        sig=line.sig,
        recorded_at=at,
        **more,
    )


def test_an_export_is_what_was_exchanged(ledger: Commands) -> None:
    """Lines are in ledger order, with the clear body that envelope and schema bind."""
    assert ledger.us("ledger", "export", "-o", "us.jsonl").code == 0
    text = (ledger.directory / "us.jsonl").read_text(encoding="utf-8")
    notice, receipt = (json.loads(line) for line in text.splitlines())
    assert set(notice) == {"index", "direction", "kind", "recorded_at", "line"}
    assert [notice["index"], receipt["index"]] == [0, 1]
    assert [notice["direction"], receipt["direction"]] == ["sent", "received"]
    assert [notice["kind"], receipt["kind"]] == ["message", "receipt"]
    assert notice["recorded_at"].endswith("Z")
    envelope = json.loads(unb64u(notice["line"]["payload"]))
    body = unb64u(notice["line"]["body"])
    assert digest(body) == unb64u(envelope["bod"])
    jsonschema.validate(json.loads(body), json.loads(published()["return-notice.v1.json"]))
    assert "body" not in receipt["line"]


def test_a_whole_ledger_verifies(ledger: Commands) -> None:
    """Every message, receipt and journal entry is counted once all of them hold."""
    figures = ledger.us("ledger", "verify", "--json").json()
    assert figures == {
        "verified": True,
        "messages": 1,
        "receipts": 1,
        "unreceipted": 0,
        "erased": 0,
        "journal": 1,
    }


def test_an_erased_person_leaves_a_ledger_that_verifies(ledger: Commands) -> None:
    """Once a handoff's data key is gone the body is absent, and all the rest still holds."""
    tamper(ledger, "DELETE FROM data_keys")
    assert ledger.us("ledger", "verify", "--json").json()["erased"] == 1
    (notice, _) = ledger.us("ledger", "export").out.splitlines()
    assert "body" not in json.loads(notice)["line"]


def tamper(ledger: Commands, statement: str) -> None:
    """Change the US side's database behind the program's back."""
    with sqlite3.connect(ledger.directory / "us/exchange.db") as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger SET nodes = zeroblob(32) WHERE number = 0",
        "UPDATE ledger SET nodes = CAST(nodes || zeroblob(32) AS BLOB) WHERE number = 0",
        "UPDATE heads SET peaks = zeroblob(32) WHERE name = 'ledger'",
        "UPDATE heads SET peaks = zeroblob(64) WHERE name = 'ledger'",
        "UPDATE heads SET size = 1 WHERE name = 'ledger'",
        "UPDATE ledger SET envelope = CAST(envelope || ' ' AS BLOB) WHERE number = 0",
        "UPDATE ledger SET signatures = zeroblob(length(signatures)) WHERE number = 1",
        "UPDATE ledger SET seq = 2 WHERE number = 0",
        "UPDATE ledger SET pld = zeroblob(32) WHERE number = 1",
        "UPDATE ledger SET number = 5 WHERE number = 1",
        "DELETE FROM ledger WHERE number = 1",
        "UPDATE bodies SET ciphertext = zeroblob(length(ciphertext))",
        "UPDATE data_keys SET wrapped = zeroblob(40)",
        "UPDATE headers SET issuer = 'urn:handoff:mx:other'",
        "UPDATE journal SET actor = 'somebody'",
        "DELETE FROM journal",
    ],
)
def test_whatever_was_changed_is_found(ledger: Commands, statement: str) -> None:
    """A change, a loss or a swap anywhere in ledger, bodies or journal is an integrity failure."""
    tamper(ledger, statement)
    ended = ledger.us("ledger", "verify")
    assert ended.code == 6, ended.err


def sign(ledger: Commands) -> Keyring:
    """Have the US side sign where its logs stand, as the service does; return its keys."""
    settings = load_settings(ledger.directory / "us/exchange.toml")
    keyring = open_keyring(settings, now=datetime.now(UTC), entropy=token_bytes)

    async def look() -> None:
        store = Store(settings.database.full_url())
        await store.open()
        leg = Checkpointing(
            store=store,
            keyring=keyring,
            party=US,
            rhythm=Rhythm(1, timedelta(minutes=1), 1000, 10),
            clock=lambda: datetime.now(UTC),
        )
        await leg.look()
        await store.close()

    asyncio.run(look())
    return keyring


def test_the_newest_checkpoint_is_shown_as_it_was_signed(ledger: Commands) -> None:
    """Before there is one the exit code says so; its keys are those that we publish."""
    assert ledger.us("ledger", "checkpoint").code == 4
    assert ledger.us("ledger", "prove", 0).code == 4
    keyring = sign(ledger)
    shown = ledger.us("ledger", "checkpoint").out
    names = {"ledger": ledger_origin(US), "witness": witness_name(US)}
    signing = [key for key in keyring.key_set.keys.values() if key.role in names]
    keys = [NoteKey(names[key.role], key.half) for key in signing]
    note = read_note(shown.encode())
    told = ledger.us("ledger", "checkpoint", "--json").json()
    assert len(verify(note, keys)) == 2
    assert (told["note"], told["size"], told["origin"]) == (shown, 2, ledger_origin(US))
    assert told["root"] == read_checkpoint(note).root_text
    assert told["signed_by"] == [ledger_origin(US), witness_name(US)]
    assert ledger.us("ledger", "verify", "--json").json()["verified"] is True


@pytest.mark.parametrize("number", [0, 1])
def test_an_entry_is_proven_to_stand_in_the_ledger(ledger: Commands, number: int) -> None:
    """In the form that other programs read, and in ours with the leaf; others are not there."""
    sign(ledger)
    told = ledger.us("ledger", "prove", number, "--json").json()
    shown = ledger.us("ledger", "prove", number).out
    head, _, note = shown.partition("\n\n")
    stated = read_checkpoint(read_note(note.encode()))
    assert head.split("\n") == ["c2sp.org/tlog-proof@v1", f"index {number}", *told["proof"]]
    assert note == told["note"]
    assert is_included(
        told["leaf"].encode(),
        number=number,
        size=stated.size,
        proof=[unb64(one) for one in told["proof"]],
        root=stated.root,
    )
    assert ledger.us("ledger", "prove", 2).code == 4
    assert ledger.us("ledger", "prove", "x").code == 2


def test_the_journal_is_shown_and_verified(ledger: Commands) -> None:
    """In its order, from any entry on, or of one handoff; without a name."""
    sign(ledger)
    (event,) = ledger.us("journal", "list", "--json").json()
    assert (event["kind"], event["handoff"], event["actor"]) == (
        "notice.drafted",
        HANDOFF,
        "exchange",
    )
    of_it = ("journal", "list", "--handoff", HANDOFF)
    assert ledger.us(*of_it, "--json").json() == [event]
    assert ledger.us(*of_it, "--after", 0, "--json").json() == []
    assert ledger.us("journal", "list", "--after", 0, "--json").json() == []
    assert "notice.drafted" in ledger.us("journal", "list").out
    for nobody in ("nothing", "1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bee"):
        assert ledger.us("journal", "list", "--handoff", nobody).code == 4
    assert ledger.us("journal", "verify", "--json").json() == {"verified": True, "entries": 1}


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE journal SET actor = 'somebody'", "journal entry 0 is missing, or is not what"),
        ("DELETE FROM journal", "journal entry 0 is missing"),
        ("UPDATE checkpoints SET note = zeroblob(9)", "the journal is not what was signed at 1"),
        ("UPDATE heads SET peaks = zeroblob(32)", "the journal has another root"),
        (
            "UPDATE heads SET size = 0, peaks = zeroblob(0) WHERE name = 'journal'",
            "the journal is not what was signed at 1",
        ),
    ],
)
def test_whatever_was_changed_in_the_journal_is_named(
    ledger: Commands, statement: str, said: str
) -> None:
    """By whoever has the database: exit 6, and what does not hold."""
    sign(ledger)
    tamper(ledger, statement)
    ended = ledger.us("journal", "verify")
    assert ended.code == 6
    assert said in ended.err


def test_a_timeline_tells_what_was_said(ledger: Commands) -> None:
    """`status HANDOFF` shows the message sent and what happened here, in order, with no name."""
    ended = ledger.us("status", HANDOFF, "--json")
    assert {event["what"] for event in ended.json()["events"]} == {
        "return-notice",
        "notice.drafted",
    }
    shown = ledger.us("status", HANDOFF).out + ended.out
    assert a_notice().person.first_surname not in shown


def test_the_account_of_an_empty_side_adds_up(commands: Commands) -> None:
    """A fresh side accounts for nobody, in both forms and languages."""
    report = read_report(commands.us("reconcile", "--day", "all", "--json").out)
    assert report.adds_up
    assert report.section("terms").sum_of("decided") == 0
    assert commands.us("reconcile", "--format", "json", "--day", "2019-03-19").code == 0
    assert "accounted for" in commands.us("reconcile", "--day", "all").out
    assert "cuenta de cada persona" in commands.mx("reconcile", "--day", "all", "--lang", "es").out


@pytest.mark.parametrize("day", ["yesterday", "2019-02-30"])
def test_a_day_that_is_none_is_a_mistake(commands: Commands, day: str) -> None:
    """What is no day of the calendar exits with 2."""
    assert commands.us("reconcile", "--day", day).code == 2


def test_an_account_that_does_not_add_up_is_an_integrity_failure(ledger: Commands) -> None:
    """A handoff whose decision is missing is named on stdout, and the exit code is 6."""
    tamper(ledger, "UPDATE handoffs SET stage = 'accepted', local_stage = NULL")
    ended = ledger.mx("reconcile", "--day", "all")
    assert ended.code == 0
    tamper(
        ledger,
        "INSERT INTO decisions (decision_id, digest, port, decided_on, outcome, rule_set, codes,"
        " handoff, recorded_at) SELECT zeroblob(16), zeroblob(32), '2504', '2031-03-17',"
        " 'cleared', 'as-announced-2019', '[]', number, 0 FROM handoffs",
    )
    assert ledger.us("reconcile", "--day", "all").code == 6


def test_evidence_is_taken_out_and_holds(ledger: Commands) -> None:
    """One file about a handoff, which the other side verifies; the journal says who took it."""
    file = ledger.directory / "one.zip"
    ended = ledger.us("evidence", "export", HANDOFF, "-o", file, "--by", "auditor")
    assert (ended.code, "lines 1;" in ended.out, "0 BROKEN" in ended.out) == (0, True, True)
    for run in (ledger.us, ledger.mx):
        found = run("evidence", "verify", file, "--json").json()
        assert found["about"]["handoff"] == HANDOFF
        assert [line["kind"] for line in found["lines"]] == ["message"]
    again = ledger.us("evidence", "export", "--day", "all", "-o", file)
    assert again.code == 2
    day = f"{datetime.now(UTC) - timedelta(minutes=1):%Y-%m-%d}"
    assert ledger.us("evidence", "export", "--day", day, "-o", file, "--json").json()["lines"] == 1


def test_evidence_about_nothing_is_not_taken_out(ledger: Commands) -> None:
    """Neither of nobody, nor of two things at once, nor into nowhere."""
    file = ledger.directory / "none.zip"
    nobody = "00000000-0000-4000-8000-00000000ffff"
    assert ledger.us("evidence", "export", nobody, "-o", file).code == 4
    for arguments in (
        (HANDOFF, "--day", "2031-03-18"),
        ("someone",),
        ("00000000-0000-1000-8000-00000000ffff",),
        (),
    ):
        assert ledger.us("evidence", "export", *arguments, "-o", file).code == 2
    assert ledger.us("evidence", "export", HANDOFF).code == 2
    assert not file.exists()
