"""The bodies: what each may say, and what it never says."""

import json
from typing import Any

import pytest
from pydantic import ValidationError

from exchange.domain.handoff import complete
from exchange.domain.messages.acknowledgment import Acknowledgment
from exchange.domain.messages.body import Body
from exchange.domain.messages.catalogue import (
    ACKNOWLEDGMENT,
    CAPACITY_ADVISORY,
    CASE_CLOSURE,
    COMPARISON,
    CONTACTS,
    HEARING_CONFIRMATION,
    MESSAGE_TYPES,
    RECEPTION,
    RETURN_CANCELLATION,
    RETURN_NOTICE,
    STATEMENT,
    WELFARE_ALERT,
    by_schema,
)
from exchange.domain.messages.reception import Reception
from exchange.domain.messages.return_cancellation import draft_cancellation
from exchange.domain.messages.return_notice import draft_notice
from exchange.domain.parties import Side
from exchange.errors import BreaksSchema, Fault, Invalid
from tests.builders import (
    CASE,
    HANDOFF,
    SALT,
    a_cancellation,
    a_capacity_advisory,
    a_case_closure,
    a_cleared,
    a_contact_list,
    a_correction,
    a_hearing_notice,
    a_notice,
    a_reception,
    a_shared,
    a_visa_change,
    a_visa_issuance,
    a_welfare_alert,
    an_acknowledgment,
)

APPOINTED = ["hearing_at", "present_at", "presentation_port"]


def _pair(**changes: object) -> dict[str, object]:
    pair: dict[str, object] = a_contact_list().pairs[0].model_dump(mode="json")
    return pair | changes


def test_the_catalogue_finds_a_type_by_its_schema() -> None:
    """Each type is found under its URN; an unknown type or version is not."""
    for kind in MESSAGE_TYPES:
        assert by_schema(kind.schema) is kind
    assert by_schema("urn:handoff:schema:return-notice:2") is None
    assert by_schema("return-notice") is None
    assert RETURN_NOTICE.schema == "urn:handoff:schema:return-notice:1"
    assert RETURN_NOTICE.file_name == "return-notice.v1.json"


def test_the_catalogue_says_who_speaks_and_what_is_urgent() -> None:
    """Each type is one side's or either's; two overtake, answer, or are about no handoff."""
    speakers = {kind.name: kind.speaker for kind in MESSAGE_TYPES}
    assert [name for name, side in speakers.items() if side is Side.US] == [
        "return-notice",
        "return-cancellation",
        "departure",
        "hearing-notice",
        "hearing-confirmation",
        "presentation",
        "case-closure",
    ]
    assert [name for name, side in speakers.items() if side is None] == [
        "correction",
        "welfare-alert",
        "contacts",
        "statement",
        "comparison",
    ]
    assert all(WELFARE_ALERT.is_said_by(side) for side in Side)
    assert [side for side in Side if RECEPTION.is_said_by(side)] == [Side.MX]
    assert [kind for kind in MESSAGE_TYPES if kind.urgent] == [RETURN_CANCELLATION, WELFARE_ALERT]
    assert [kind for kind in MESSAGE_TYPES if kind.answers] == [
        HEARING_CONFIRMATION,
        ACKNOWLEDGMENT,
    ]
    assert [kind for kind in MESSAGE_TYPES if not kind.subject] == [
        CAPACITY_ADVISORY,
        CONTACTS,
        STATEMENT,
        COMPARISON,
    ]
    assert [kind for kind in MESSAGE_TYPES if kind.ticked] == [RETURN_CANCELLATION, CASE_CLOSURE]


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"person": None}, "/body/person"),
        ({"cycle": 0}, "/body/cycle"),
        (
            {"screening": {"rule_set": "us-2019-01", "completed": False}},
            "/body/screening/completed",
        ),
        ({"screening": {"rule_set": "us-2019-01", "completed": 1}}, "/body/screening/completed"),
        ({"surname": "Zacarías"}, "/body"),
    ],
)
def test_a_body_that_breaks_its_schema_is_pointed_at(
    changes: dict[str, object], pointer: str
) -> None:
    """The pointer leads to the first fault and never names a member of the sender's own."""
    document = a_notice().model_dump() | changes
    with pytest.raises(BreaksSchema) as refused:
        RETURN_NOTICE.read(document)
    assert refused.value.pointer == pointer


def test_what_an_official_composes_is_told_every_fault() -> None:
    """A sound body is made; of another every fault is named at once."""
    sound = an_acknowledgment().model_dump()
    assert ACKNOWLEDGMENT.compose(sound) == an_acknowledgment()
    with pytest.raises(Invalid) as refused:
        ACKNOWLEDGMENT.compose(sound | {"revision": 0, "code": "BUSY"})
    assert refused.value.faults == (
        Fault("/revision", "out-of-range"),
        Fault("/code", "not-in-list"),
    )


def test_a_notice_says_only_what_mexico_may_see() -> None:
    """Two decisions that differ in what is US-local give the same notice."""
    local: dict[str, Any] = {
        "decision_id": "e1d2c3b4-a596-4877-8695-a4b3c2d1e099",
        "decided_by": "CBP-1111",
        "released_by": "CBP-2222",
        "screening__unaccompanied": True,
    }
    assert a_notice() == a_notice(**local)
    text = a_notice().model_dump_json()
    assert not any(word in text for word in ("fear", "CBP-", "categories", "decided"))


def test_a_draft_takes_its_case_and_cycle_and_counts_from_one() -> None:
    """The draft bears the case and cycle given; its hearing says what local time meant."""
    notice = draft_notice(a_cleared(), case=CASE, cycle=3, salt=SALT)
    assert (notice.case, notice.cycle, notice.revision) == (CASE, 3, 1)
    assert notice.hearing.hearing_at.utc == "2031-05-06T15:00:00Z"
    assert notice.screening.rule_set == "as-announced-2019"


def test_sealing_writes_the_revision_that_is_due() -> None:
    """The first notice is revision 1, the next 2; a cancellation names the last sealed."""
    draft = a_notice()
    assert complete(draft, None) is draft
    twice = a_shared(a_notice(), a_notice(revision=2))
    assert complete(draft, twice) == a_notice(revision=3)
    assert complete(draft_cancellation(salt=SALT), twice) == a_cancellation(revision=2)
    answer = an_acknowledgment()
    assert complete(answer, twice) is answer


def test_what_was_never_announced_cannot_be_cancelled() -> None:
    """A cancellation before any sealed notice would speak of something nobody knows."""
    with pytest.raises(ValueError, match="never announced"):
        complete(draft_cancellation(salt=SALT), None)


def test_cancellations_differ_in_salt_and_revision_only() -> None:
    """Two cancellations have equal length and equal members, whatever led to them."""
    one = a_cancellation(revision=2, salt=SALT).model_dump()
    other = a_cancellation(revision=2, salt="BBECAwQFBgcICQoLDA0ODw").model_dump()
    assert one | {"salt": ""} == other | {"salt": ""}
    assert len(json.dumps(one)) == len(json.dumps(other))
    assert list(one) == ["salt", "revision", "reason"]


@pytest.mark.parametrize(
    ("document", "location"),
    [
        ({"answer": "refused", "code": None}, ("code",)),
        ({"answer": "accepted", "code": "CAPACITY"}, ("code",)),
        ({"answer": "deferred", "window": None}, ("window",)),
        (
            {
                "answer": "accepted",
                "window": {"from": "2031-03-19T16:00:00Z", "to": "2031-03-19T20:00:00Z"},
            },
            ("window",),
        ),
        ({"answer": "refused", "code": "HEALTH_VISIBLE"}, ("code",)),
        ({"answer": "maybe"}, ("answer",)),
    ],
)
def test_an_answer_has_exactly_what_belongs_to_it(
    document: dict[str, object], location: tuple[str, ...]
) -> None:
    """A code stands with a refusal and a window with a deferral, nowhere else."""
    with pytest.raises(ValidationError) as refused:
        Acknowledgment.model_validate(an_acknowledgment().model_dump() | document)
    assert [error["loc"] for error in refused.value.errors()] == [location]


@pytest.mark.parametrize(
    ("document", "location"),
    [
        ({"outcome": "not-received", "code": None, "identity": None}, ("code",)),
        ({"code": "NOT_SEEN"}, ("code",)),
        ({"identity": None}, ("identity",)),
        ({"outcome": "not-received", "code": "NOT_SEEN"}, ("identity",)),
        ({"outcome": "perhaps"}, ("outcome",)),
    ],
)
def test_a_reception_has_exactly_what_belongs_to_it(
    document: dict[str, object], location: tuple[str, ...]
) -> None:
    """A code stands with a person not received, an identity check with one received."""
    with pytest.raises(ValidationError) as refused:
        Reception.model_validate(a_reception().model_dump() | document)
    assert [error["loc"] for error in refused.value.errors()] == [location]


@pytest.mark.parametrize(
    ("body", "changes", "location"),
    [
        (a_hearing_notice(), {"status": "none-scheduled"}, APPOINTED),
        (a_hearing_notice(status="none-scheduled"), {"presentation_port": "2504"}, APPOINTED[2:]),
        (a_hearing_notice(), {"hearing_at": None}, ["hearing_at"]),
        (a_visa_change(), {"status": "revoked"}, ["valid_until"]),
        (a_visa_change(), {"valid_until": None}, ["valid_until"]),
        (a_visa_change(status="expired"), {"status": "replaced"}, ["valid_until"]),
        (a_capacity_advisory(), {"people_max": 0}, ["opens", "closes"]),
        (a_capacity_advisory(), {"opens": None}, ["opens"]),
        (a_capacity_advisory(people_max=0), {"people_max": 1}, ["opens", "closes"]),
        (a_capacity_advisory(people_max=0), {"people_max": -1}, ["people_max"]),
        (a_capacity_advisory(), {"opens": "9:00"}, ["opens"]),
        (a_welfare_alert(), {"code": "hospital"}, ["code"]),
        (a_case_closure(), {"reason": "granted"}, ["reason"]),
    ],
)  # fmt: skip
def test_a_member_stands_exactly_where_another_asks_for_it(
    body: Body, changes: dict[str, object], location: list[str]
) -> None:
    """What does not apply is null, what applies is there, and a code is one of its list."""
    with pytest.raises(ValidationError) as refused:
        type(body).model_validate(body.model_dump() | changes)
    assert [error["loc"] for error in refused.value.errors()] == [(name,) for name in location]


def test_closures_differ_in_salt_and_case_only() -> None:
    """Two closures have equal length and equal members, whatever led to them."""
    one = a_case_closure(case=CASE).model_dump()
    other = a_case_closure(case=HANDOFF, salt="BBECAwQFBgcICQoLDA0ODw").model_dump()
    assert one | {"salt": "", "case": ""} == other | {"salt": "", "case": ""}
    assert len(json.dumps(one)) == len(json.dumps(other))


MEMBERS = {name for kind in MESSAGE_TYPES for name in kind.model.model_json_schema()["properties"]}
NOT_CORRECTED = {
    "salt", "reason", "case", "cycle", "revision", "version", "screening",  # what it is, and why
    "answer", "outcome", "status",  # what moves a handoff is said anew
    "curp_assigned", "current",  # yes or no, which no correction can say
    "message", "pointer", "value", "basis",  # a correction is put right by another
    "on", "people_max", "families_max", "opens", "closes", "pairs",  # the newest stands alone
    "day", "speaker", "counters", "messages", "fingerprint",  # a day is stated anew
    "ours", "theirs", "says", "step", "result",  # what was compared is compared anew
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(MEMBERS))
def test_what_was_recorded_may_be_corrected(name: str) -> None:
    """A correction points at what a body records, never at its salt, its reason or its case."""
    pointer = f"/body/{name}"
    if name in NOT_CORRECTED:
        with pytest.raises(ValidationError):
            a_correction(pointer=pointer)
    else:
        assert a_correction(pointer=pointer).pointer == pointer


@pytest.mark.parametrize(
    "changes",
    [
        {"pointer": "/body"},
        {"pointer": "/body/person/../salt"},
        {"pointer": "/body/salt/person"},
        {"pointer": "/body/person/" + "a" * 100},
        {"value": "call 555; she is ill"},
        {"value": "ill\n"},
        {"value": ""},
        {"value": "N" * 202},
        {"value": 10_000},
        {"value": True},
        {"value": ["Núñez"]},
        {"message": HANDOFF},
        {"basis": "because"},
    ],
)
def test_a_correction_says_one_short_value(changes: dict[str, object]) -> None:
    """Its value is a name, a code, a number or nothing; its message one that was numbered."""
    with pytest.raises(ValidationError):
        a_correction(**changes)


@pytest.mark.parametrize(
    "pairs",
    [
        [],
        [_pair() for _ in range(33)],
        [_pair(numbers=[])],
        [_pair(numbers=[{"kind": "duty", "number": "664 555 0101"}])],
        [_pair(numbers=[{"kind": "nurse", "number": "+526645550101"}])],
        [_pair(numbers=[{"kind": "duty", "number": "+526645550101"}] * 13)],
        [_pair(calendar=[{"on": "2031-03-18", "opens": "09:00", "closes": "17:00"}] * 32)],
        [_pair(calendar=[{"on": "2031-03-18", "opens": "09:00", "closes": None}])],
    ],
)
def test_contacts_are_bounded_lists_of_duty_numbers(pairs: list[object]) -> None:
    """At most 32 pairs, each with numbers of desks in E.164 and the days of a month."""
    assert len(a_contact_list(pairs=[_pair()] * 32).pairs) == 32
    with pytest.raises(ValidationError):
        a_contact_list(pairs=pairs)


def test_a_body_cannot_be_changed() -> None:
    """What was validated stays what it was."""
    visa = a_visa_issuance()
    with pytest.raises(ValidationError):
        visa.number = "1"  # type: ignore[misc]  # that it is refused is what is tested
