"""The report for both sides: both make the same of it, and nothing in it is ours alone."""

import io
import json
import re
import zipfile
from functools import partial
from typing import Any

import pytest
from jwcrypto.jwk import JWK
from jwcrypto.jws import JWS

from exchange.domain.causes import Cause
from exchange.domain.discrepancies import OUR_RULES
from exchange.domain.discrepancies.finding import Finding
from exchange.domain.discrepancies.scopes import Scope, Subject
from exchange.domain.parties import Side
from exchange.domain.severity import Severity
from exchange.errors import BreaksSchema, WrongAudience, WrongIssuer, WrongType
from exchange.flow.sharing import SCHEMA, SignedReport, read_signed_report, sign_report
from exchange.installation.shipped import shipped_rule_sets
from exchange.proof import grammar
from exchange.proof.encoding import unb64u
from exchange.proof.jws import Line, Typ, sign_line
from exchange.reports.document import Report
from exchange.reports.folding import Asked
from exchange.reports.forms.every import FORMS
from exchange.reports.forms.plain import report_document, report_json
from exchange.reports.joint import Joint, SharedFinding, make_joint
from exchange.reports.selection import Selection
from exchange.store.journal import Event, record_events
from tests import keys
from tests.builders import NOW, a_decision_document
from tests.flow.gates import IN_WINDOW, accepted, depart, to
from tests.flow.holding import hold
from tests.flow.standing import drafted, noticed, row_of
from tests.flow.test_journey import reception
from tests.sides import BothSides, SideOfTests

ACTOR = "officer-xochitl"
MARK = "ours-alone-7301"
ANOTHER = {"person__given_names": "Otilia", "person__first_surname": "Xec"}


async def joint_of(side: SideOfTests, **asked: Any) -> Joint:
    """Return what a side makes of what both know."""
    wanted = Asked(
        side=side.agreement.side,
        places=side.agreement.places,
        limits=side.agreement.limits,
        selection=Selection(**asked),
        now=side.clock(),
    )
    return await side.store.read(partial(make_joint, asked=wanted))


async def report_of(side: SideOfTests, **asked: Any) -> Report:
    """Return the same as a report."""
    return (await joint_of(side, **asked)).report()


async def lived_through(both: BothSides) -> dict[str, str]:
    """Return handoffs of every fate: crossed, doubted, taken back, held before and after."""
    crossed = await accepted(both)
    to(both, IN_WINDOW)
    await depart(both, crossed)
    doubted = await noticed(both, 2, **ANOTHER)
    await both.mx.answers.record_reception(doubted, reception(both, identity="doubt"), actor=ACTOR)
    await hold(both.us, crossed, "fear")
    third = {"person__given_names": "Ulises", "person__first_surname": "Okonkwo"}
    held = await noticed(both, 3, **third)
    await hold(both.us, held, "medical")
    vanished = await drafted(both.us, 4)
    await hold(both.us, vanished, "medical")
    waiting = await drafted(both.us, 5)
    await both.us.intake.submit(
        json.dumps(
            a_decision_document(
                decision_id="00000000-0000-4000-8000-000000000006", person__nationality="MEX"
            )
        ).encode(),
        actor=ACTOR,
    )
    number = (await row_of(both.us, crossed)).number
    event = Event(at=NOW, kind="handoff.viewed", actor=ACTOR, handoff=number, data={"why": MARK})
    await both.us.store.write(lambda connection: record_events(connection, [event]))
    await both.us.reconciling.look()
    return {
        "crossed": crossed,
        "doubted": doubted,
        "held": held,
        "vanished": vanished,
        "waiting": waiting,
    }


async def test_both_sides_make_the_same_report(both: BothSides) -> None:
    """Of what both hold each section is equal, whoever made it; only the ledger is its own."""
    await accepted(both)
    doubted = await noticed(both, 2, **ANOTHER)
    await both.mx.answers.record_reception(doubted, reception(both, identity="doubt"), actor="desk")
    await both.settle()
    for side in (both.us, both.mx):
        await side.reconciling.look()
    us, mx = await report_of(both.us), await report_of(both.mx)
    assert us.sections == mx.sections
    assert us.section("joint-discrepancies").cells("rule") == ("R05",)
    assert set(us.section("stories").cells("handoff")) == {doubted}
    assert None not in us.section("stories").cells("receipted_at")
    assert (us.kind, us.adds_up, us.closed) == ("joint", None, False)


async def test_nothing_that_is_ours_is_in_any_form_of_it(both: BothSides) -> None:
    """Neither a count of the held, a reason, a rule of ours, an actor nor a vanished handoff."""
    fates = await lived_through(both)
    report = await report_of(both.us)
    assert "L1" in {one.rule for one in await _open_on(both.us)}
    planted = {
        ACTOR,
        MARK,
        fates["vanished"],
        fates["waiting"],
        "00000000-0000-4000-8000-000000000006",
        *(rule.id for rule in OUR_RULES),
        *(rule.name.en for rule in OUR_RULES),
        *(rule.name.es for rule in OUR_RULES),
        *(cause.value for cause in Cause if cause is not Cause.OTHER),
        *(reason.code for rules in shipped_rule_sets() for reason in rules.reasons),
        *("decided", "withheld", "withdrawn", "held", "hold.placed", "drafted", "viewed"),
        *("excluidas", "retenidas", "con decisión"),
    }
    for name, octets in _forms(report):
        text = octets.decode("utf-8", "replace").lower()
        found = [one for one in planted if re.search(rf"\b{re.escape(one.lower())}\b", text)]
        assert found == [], name
    assert not {fates["held"], fates["crossed"]} & _handoffs_named(report)


def _handoffs_named(report: Report) -> set[object]:
    return {
        cell
        for section in report.sections
        for column in section.columns
        if column.kind == "handoff"
        for cell in section.cells(column.id)
    }


def _forms(report: Report) -> list[tuple[str, bytes]]:
    """Return every form of the report in both languages, what is packed unpacked."""
    forms = []
    for language in ("en", "es"):
        for form in FORMS.values():
            octets = form.write(report, language)
            if form.name == "pdf":
                continue  # it is drawn of the same cells, and its text is packed
            if form.name == "xlsx":
                packed = zipfile.ZipFile(io.BytesIO(octets))
                octets = b"".join(packed.read(one) for one in packed.namelist() if "xl/w" in one)
                octets += packed.read("xl/sharedStrings.xml")
            if form.name == "html":
                octets = re.sub(rb"<style>.*?</style>", b"", octets, flags=re.DOTALL)
            forms.append((f"{form.name} {language}", octets))
    return forms


async def _open_on(side: SideOfTests) -> list[Finding]:
    from exchange.store.discrepancies import stream_open  # noqa: PLC0415 - of this test alone

    kept = await side.store.read(lambda connection: list(stream_open(connection)))
    return [one.discrepancy.finding for one in kept]


@pytest.mark.parametrize("rule", [rule.id for rule in OUR_RULES])
def test_a_rule_of_ours_cannot_be_put_in(rule: str) -> None:
    """The type refuses a finding over what one side alone knows."""
    subject = Subject(Scope.HANDOFF, "x")
    finding = Finding(rule, subject, Severity.HIGH, None, NOW, NOW, (), ())
    with pytest.raises(ValueError, match="not for both sides"):
        SharedFinding(finding)


async def test_any_library_verifies_what_is_signed(both: BothSides) -> None:
    """It is signed as messages are, says from whom to whom, and is taken for no message."""
    await noticed(both)
    document = report_document(await report_of(both.us)).model_dump(mode="json")
    us = both.us
    line = sign_report(document, agreement=us.agreement, keyring=us.keyring, clock=us.clock)
    assert len(line.signatures) == len(us.agreement.we_sign.preferred(Typ.MESSAGE, NOW))
    first = line.octets()
    key = JWK.from_json(json.dumps(keys.US.sign.half.public.jwk()))
    signature = json.loads(first)["signatures"][0]
    one = JWS()
    one.deserialize(json.dumps({"payload": json.loads(first)["payload"], **signature}), key)
    said = json.loads(one.payload)
    assert json.loads(unb64u(signature["protected"]))["typ"] == "handoff-report+jws"
    assert (said["iss"], said["aud"], said["schema"]) == (keys.US.urn, keys.MX.urn, SCHEMA)
    assert said["report"] == json.loads(report_json(await report_of(us)))


def read_by(side: SideOfTests, line: Line) -> SignedReport:
    """Return what a side reads of a line that one of the two signed."""
    ours, theirs = (keys.US, keys.MX) if side.agreement.side is Side.US else (keys.MX, keys.US)
    return read_signed_report(
        line.octets(),
        side.agreement,
        ours=ours.key_set,
        theirs=theirs.key_set,
        now=side.clock(),
    )


def signed_by(side: SideOfTests, **said: Any) -> Line:
    """Return a line with the signatures of a report's, whatever it says."""
    payload = {
        "aud": side.agreement.theirs,
        "iss": side.agreement.ours,
        "report": {},
        "schema": SCHEMA,
        "signed_at": "2031-03-18T18:00:00Z",
    }
    signers = side.keyring.signers_for(Typ.MESSAGE, side.agreement.we_sign, side.clock())
    return sign_line(grammar.canonical(payload | said), signers, Typ.REPORT)


async def test_both_read_what_one_has_signed(both: BothSides) -> None:
    """Who signed it, when, with which keys, and what it says."""
    us = both.us
    line = sign_report({"a": 1}, agreement=us.agreement, keyring=us.keyring, clock=us.clock)
    for side in (both.us, both.mx):
        read = read_by(side, line)
        assert (read.issuer, read.signed_at, read.report) == (keys.US.urn, us.clock(), {"a": 1})
        assert list(read.kids) == [one.header.kid for one in line.signatures]
    theirs = signed_by(both.mx)
    assert read_by(both.us, theirs).issuer == keys.MX.urn


@pytest.mark.parametrize(
    ("said", "refused"),
    [
        ({"iss": "urn:handoff:mx:inm:test"}, WrongIssuer),
        ({"aud": "urn:handoff:us:cbp:test"}, WrongAudience),
        ({"schema": "urn:handoff:schema:return-notice:1"}, BreaksSchema),
        ({"signed_at": "yesterday"}, BreaksSchema),
        ({"more": 1}, BreaksSchema),
    ],
)
def test_what_is_no_report_for_the_other_side_is_refused(
    both: BothSides, said: dict[str, Any], refused: type[Exception]
) -> None:
    """Each is signed as a report is, and refused for what it says."""
    with pytest.raises(refused):
        read_by(both.mx, signed_by(both.us, **said))


def test_a_message_is_no_report(both: BothSides) -> None:
    """A line that was signed as a message is not read as one."""
    us = both.us
    signers = us.keyring.signers_for(Typ.MESSAGE, us.agreement.we_sign, us.clock())
    line = sign_line(signed_by(us).payload, signers, Typ.MESSAGE)
    with pytest.raises(WrongType):
        read_by(both.mx, line)


async def test_days_are_those_of_who_spoke(both: BothSides) -> None:
    """A handoff is of the day, in UTC, on which its notice was said."""
    await noticed(both)
    today = both.clock().date()
    assert (await joint_of(both.us, first=today, last=today)).stages.total() == 1
    before = today.replace(day=today.day - 1)
    assert (await joint_of(both.us, first=before, last=before)).stages.total() == 0
    assert (await joint_of(both.mx, port="2503")).stages.total() == 0
