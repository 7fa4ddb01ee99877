"""What a port decides, and everything that can be wrong with it."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.domain.decision import RULES, as_document, decided_on, read_decision
from exchange.domain.faults import FAULTS
from exchange.errors import Fault, Invalid
from tests.builders import a_decision, a_decision_document, places


def faults_of(document: object) -> list[Fault]:
    """Return every fault that reading the document finds."""
    with pytest.raises(Invalid) as refused:
        read_decision(document, places())
    return list(refused.value.faults)


def test_a_valid_decision_is_read() -> None:
    """The document that is read is the document that can be written again."""
    document = a_decision_document()
    assert as_document(read_decision(document, places())) == document


def test_a_family_and_missing_papers_are_decisions_too() -> None:
    """A family, a known case, a missing second surname and no document are all valid."""
    document = a_decision_document(
        case="5b1f6f0e-93a7-4c55-8a5e-2f6f0a1d7c02",
        family={"group": "5b1f6f0e-93a7-4c55-8a5e-2f6f0a1d7c03", "size": 3, "role": "PARENT"},
        travel_document=None,
        person__second_surname=None,
        person__birth_date="1994",
        screening__categories=["paroled"],
    )
    assert as_document(read_decision(document, places())) == document


DST_GAP, DST_FOLD = "2031-03-09T02:30", "2031-11-02T01:30"
MISTAKES: list[tuple[dict[str, object], str, str]] = [
    ({"released_by": "cbp-0417"}, "/released_by", "same-person"),
    ({"decided_by": ""}, "/decided_by", "out-of-range"),
    ({"decision_id": "1"}, "/decision_id", "out-of-range"),
    ({"decision_id": "X" * 36}, "/decision_id", "bad-format"),
    ({"decided_at": "2031-02-30T10:00:00Z"}, "/decided_at", "bad-format"),
    ({"decided_at": 5}, "/decided_at", "wrong-type"),
    ({"person": None}, "/person", "wrong-type"),
    ({"extra": 1}, "", "unknown-member"),
    ({"person__extra": 1}, "/person", "unknown-member"),
    ({"person__sex": "Q"}, "/person/sex", "not-in-list"),
    ({"person__nationality": "UTO"}, "/person/nationality", "not-in-list"),
    ({"person__given_names": "Jose\u0301"}, "/person/given_names", "not-nfc"),
    ({"person__second_surname": "Nun\u0303ez"}, "/person/second_surname", "not-nfc"),
    ({"person__birth_date": "2031-04"}, "/person/birth_date", "in-the-future"),
    ({"family": {"group": "x", "size": 1, "role": "PARENT"}}, "/family/size", "out-of-range"),
    ({"return__port": "9999"}, "/return/port", "unknown-port"),
    ({"return__port": "2402"}, "/return/receiving_point", "not-a-pair"),
    ({"return__window__from_": "2031-03-18T20:00:00Z"}, "/return/window/to", "out-of-order"),
    (
        {"return__window": {"from": "2031-03-16T16:00:00Z", "to": "2031-03-16T20:00:00Z"}},
        "/return/window/to",
        "in-the-past",
    ),
    ({"return__window__to": "2031-05-06T11:00:01Z"}, "/return/window/to", "out-of-order"),
    ({"hearing__version": 0}, "/hearing/version", "out-of-range"),
    ({"hearing__version": 10_000}, "/hearing/version", "out-of-range"),
    ({"hearing__version": True}, "/hearing/version", "wrong-type"),
    ({"hearing__version": 1.0}, "/hearing/version", "wrong-type"),
    (
        {"hearing__hearing_at__zone": "America/Nowhere"},
        "/hearing/hearing_at/zone",
        "unknown-zone",
    ),
    (
        {"hearing__hearing_at__local": "2031-03-17T09:00"},
        "/hearing/hearing_at/local",
        "in-the-past",
    ),
    (
        {"hearing__hearing_at__local": DST_GAP},
        "/hearing/hearing_at/local",
        "no-such-local-time",
    ),
    (
        {"hearing__hearing_at__local": DST_FOLD},
        "/hearing/hearing_at/local",
        "ambiguous-local-time",
    ),
    (
        {"hearing__present_at__local": DST_GAP},
        "/hearing/present_at/local",
        "no-such-local-time",
    ),
    (
        {"hearing__present_at__local": "2031-05-06T08:01"},
        "/hearing/present_at/local",
        "out-of-order",
    ),
    (
        {"hearing__present_at__zone": "America/Denver"},
        "/hearing/present_at/zone",
        "wrong-zone",
    ),
    (
        {"hearing__present_at__zone": "America/Nowhere"},
        "/hearing/present_at/zone",
        "unknown-zone",
    ),
    (
        {"hearing__presentation_port": "9999"},
        "/hearing/presentation_port",
        "unknown-port",
    ),
    (
        {"hearing__source_as_of": "2031-03-18T00:00:00Z"},
        "/hearing/source_as_of",
        "in-the-future",
    ),
    ({"screening__fear": "maybe"}, "/screening/fear", "not-in-list"),
    ({"screening__unaccompanied": 0}, "/screening/unaccompanied", "wrong-type"),
    ({"screening__categories": ["health"]}, "/screening/categories/0", "not-in-list"),
    ({"screening__categories": ["paroled", "paroled"]}, "/screening/categories", "repeated"),
    ({"screening__categories": ["paroled"] * 13}, "/screening/categories", "out-of-range"),
]


@pytest.mark.parametrize(("changes", "pointer", "code"), MISTAKES)
def test_a_mistake_is_named_by_pointer_and_code(
    changes: dict[str, object], pointer: str, code: str
) -> None:
    """Each mistake is found where it is, with a code that has a sentence."""
    assert Fault(pointer, code) in faults_of(a_decision_document(**changes))
    assert code in FAULTS


def test_every_rule_between_members_has_been_broken() -> None:
    """No member that a rule blames is absent from the table of mistakes, but for two names."""
    blamed = {rule.blames for rule in RULES}
    broken = {pointer for _, pointer, _ in MISTAKES}
    untried = {"/person/first_surname", "/person/full_name_as_recorded"}
    assert blamed - broken == untried


def test_every_fault_is_found_at_once() -> None:
    """Mistakes in shape and mistakes between members come back together, each once."""
    document = a_decision_document(
        released_by="CBP-0417",
        person__sex="Q",
        return__port="9999",
        hearing__hearing_at__local="2019-03-19T08:00",
    )
    del document["person"]["language"]
    assert {(fault.pointer, fault.code) for fault in faults_of(document)} == {
        ("/person/sex", "not-in-list"),
        ("/person/language", "missing"),
        ("/released_by", "same-person"),
        ("/return/port", "unknown-port"),
        ("/hearing/hearing_at/local", "in-the-past"),
    }


def test_one_mistake_is_not_reported_twice() -> None:
    """A time that cannot be read is not also called past, unordered or unresolvable."""
    document = a_decision_document(hearing__hearing_at__local="soon")
    assert [fault.pointer for fault in faults_of(document)] == ["/hearing/hearing_at/local"]


@pytest.mark.parametrize("document", [None, [], "decision", 7, True])
def test_what_is_no_object_is_one_fault(document: object) -> None:
    """A document that is no object has one fault, at its root."""
    assert faults_of(document) == [Fault("", "wrong-type")]


def test_an_empty_object_lacks_every_member() -> None:
    """Every member is asked for; none has a silent default."""
    document = a_decision_document()
    found = {(fault.pointer, fault.code) for fault in faults_of({})}
    assert found == {(f"/{name}", "missing") for name in document}


def test_no_fault_repeats_what_was_sent() -> None:
    """Neither pointer nor code holds text of the sender, not even a member's name."""
    document = a_decision_document(person__sex="Zacarías", person__Zacarias="Zacarías")
    assert "zacar" not in str(faults_of(document)).casefold()


@given(st.text(alphabet="ñóé n~o\u0301\u0303ü-", min_size=1, max_size=12))
def test_names_are_composed_at_intake(name: str) -> None:
    """No decision is read whose names are not in Unicode NFC."""
    document = a_decision_document(person__given_names=name)
    try:
        decision = read_decision(document, places())
    except Invalid:
        return
    assert unicodedata.is_normalized("NFC", decision.person.given_names)


DECIDED = "2031-03-17T15:30:00Z"
LIMITS: list[dict[str, object]] = [
    {"hearing__source_as_of": DECIDED},
    {"person__birth_date": "2031-03-17"},
    {"hearing__present_at__local": "2031-05-06T08:00"},
    {"return__window__to": "2031-05-06T11:00:00Z"},
]


@pytest.mark.parametrize("changes", LIMITS)
def test_a_time_may_lie_on_its_limit(changes: dict[str, object]) -> None:
    """Known when decided, born that day, presented at the hearing, returned until then: valid."""
    document = a_decision_document(decided_at=DECIDED, **changes)
    assert as_document(read_decision(document, places())) == document


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        (
            {"return__window": {"from": "2031-03-17T14:00:00Z", "to": DECIDED}},
            "/return/window/to",
        ),
        ({"hearing__hearing_at__local": "2031-03-17T08:30"}, "/hearing/hearing_at/local"),
    ],
)
def test_what_happens_as_it_is_decided_is_past(changes: dict[str, object], pointer: str) -> None:
    """A window that closes, or a hearing that begins, at the moment of the decision is too late."""
    assert Fault(pointer, "in-the-past") in faults_of(
        a_decision_document(decided_at=DECIDED, **changes)
    )


def test_an_unknown_member_hides_no_other_fault() -> None:
    """Beside a member that is not ours, what is wrong with its neighbours is still told."""
    faults = faults_of(a_decision_document(person__extra=1, person__birth_date="2031-04"))
    assert set(faults) == {
        Fault("/person", "unknown-member"),
        Fault("/person/birth_date", "in-the-future"),
    }


def test_a_fault_below_hides_the_rule_above() -> None:
    """A list with a code that is none is not also judged for repeating it."""
    faults = faults_of(a_decision_document(screening__categories=["health", "health"]))
    assert {fault.code for fault in faults} == {"not-in-list"}


@pytest.mark.parametrize(("port", "day"), [("2504", "2031-03-16"), ("9999", "2031-03-17")])
def test_a_decision_is_of_the_day_at_its_port(port: str, day: str) -> None:
    """Shortly after midnight in UTC it is the day before in San Ysidro; no port has no zone."""
    decision = a_decision(decided_at="2031-03-17T05:00:00Z", return__port=port)
    assert str(decided_on(decision, places())) == day
