"""
Valid things by default; a test states only what it is about.

Everybody here is fictional. The clock of the tests is ``NOW``; the default decision is taken
an hour before, its window opens the next day, and its hearing is weeks later.
"""

from collections.abc import Mapping
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import exchange
from exchange.domain.decision import ReturnDecision
from exchange.domain.handoff import HandoffId, Said, SharedHandoff, advance
from exchange.domain.messages.acknowledgment import Acknowledgment
from exchange.domain.messages.body import Body
from exchange.domain.messages.capacity_advisory import CapacityAdvisory
from exchange.domain.messages.case_closure import CaseClosure
from exchange.domain.messages.catalogue import MESSAGE_TYPES
from exchange.domain.messages.comparison import Comparison
from exchange.domain.messages.contacts import Contacts
from exchange.domain.messages.correction import Correction
from exchange.domain.messages.departure import Departure
from exchange.domain.messages.exit import Exit
from exchange.domain.messages.hearing_confirmation import HearingConfirmation
from exchange.domain.messages.hearing_delivery import HearingDelivery
from exchange.domain.messages.hearing_notice import HearingNotice
from exchange.domain.messages.hearing_verification import HearingVerification
from exchange.domain.messages.presentation import Presentation
from exchange.domain.messages.reception import Reception
from exchange.domain.messages.return_cancellation import ReturnCancellation
from exchange.domain.messages.return_notice import ReturnNotice, draft_notice
from exchange.domain.messages.statement import Statement
from exchange.domain.messages.visa_change import VisaChange
from exchange.domain.messages.visa_issuance import VisaIssuance
from exchange.domain.messages.welfare_alert import WelfareAlert
from exchange.domain.parties import CaseId
from exchange.domain.places import Appointment, LocalAppointment, Places, load_places
from exchange.domain.screening import Cleared, RuleBook, load_rules, screen
from exchange.domain.wire import utc_text
from exchange.proof.encoding import b64u, digest

NOW = datetime(2031, 3, 17, 18, 0, tzinfo=UTC)
TODAY = NOW.date()
HANDOFF = HandoffId("0f9b3a52-6d0e-4f57-9a43-5d2c1be7a001")
CASE = CaseId("5b1f6f0e-93a7-4c55-8a5e-2f6f0a1d7c02")
HEARING = "c7a2d9b4-1e6f-4b8a-b5d3-90e1f2a3b403"
DECISION = "e1d2c3b4-a596-4877-8695-a4b3c2d1e004"
SALT = "AAECAwQFBgcICQoLDA0ODw"

RULES_DIRECTORY = Path(exchange.__file__).parent / "rules"

Document = dict[str, Any]

_DECISION: Document = {
    "decision_id": DECISION,
    "case": None,
    "decided_at": utc_text(NOW - timedelta(hours=1)),
    "decided_by": "CBP-0417",
    "released_by": "CBP-0099",
    "person": {
        "given_names": "María José",
        "first_surname": "Núñez",
        "second_surname": "de la Peña",
        "full_name_as_recorded": "María José Núñez de la Peña",
        "birth_date": "1994-02-28",
        "sex": "F",
        "nationality": "HND",
        "language": "spa",
    },
    "family": None,
    "travel_document": {
        "type": "PASSPORT",
        "number": "F482915",
        "country": "HND",
        "expires_on": "2033-08-01",
    },
    "return": {
        "port": "2504",
        "receiving_point": "MX-CHAPARRAL",
        "window": {"from": "2031-03-18T16:00:00Z", "to": "2031-03-18T20:00:00Z"},
    },
    "hearing": {
        "hearing": HEARING,
        "version": 1,
        "hearing_at": {"local": "2031-05-06T08:00", "zone": "America/Los_Angeles"},
        "present_at": {"local": "2031-05-06T04:00", "zone": "America/Los_Angeles"},
        "presentation_port": "2504",
        "source_as_of": "2031-03-17T15:30:00Z",
    },
    "screening": {"fear": "none", "unaccompanied": False, "categories": []},
}


@cache
def places() -> Places:
    """Return the ports that are shipped."""
    return load_places((RULES_DIRECTORY / "ports.toml").read_text("utf-8"))


@cache
def rule_texts() -> Mapping[str, str]:
    """Return the text of every rule set that is shipped, by its name."""
    return {
        path.stem: path.read_text("utf-8")
        for path in sorted(RULES_DIRECTORY.glob("*.toml"))
        if path.stem != "ports"
    }


@cache
def rule_book(policy: str = "as-announced-2019") -> RuleBook:
    """Return the rule sets that are shipped, under a policy."""
    return load_rules(rule_texts(), policy)


def a_decision_document(**changes: object) -> Document:
    """
    Return a return decision as a port sends it, with members changed.

    A change names a member by its path with two underscores between the steps
    (``person__sex="X"``, ``return__port="2402"``); a last ``from`` is written ``from_``.
    """
    document = deepcopy(_DECISION)
    for path, value in changes.items():
        *steps, last = (step.rstrip("_") for step in path.split("__"))
        target = document
        for step in steps:
            target = target[step]
        target[last] = value
    return document


def a_decision(**changes: object) -> ReturnDecision:
    """Return a return decision with members changed as in ``a_decision_document``."""
    return ReturnDecision.model_validate(a_decision_document(**changes))


def a_cleared(**changes: object) -> Cleared:
    """Return a decision that screening has cleared under the default rules."""
    cleared = screen(a_decision(**changes), rule_book(), on=TODAY)
    assert isinstance(cleared, Cleared)
    return cleared


def a_notice(
    *, case: CaseId = CASE, cycle: int = 1, revision: int = 1, salt: str = SALT, **changes: Any
) -> ReturnNotice:
    """Return a notice drafted from the default decision, with members of that changed."""
    notice = draft_notice(a_cleared(**changes), case=case, cycle=cycle, salt=salt)
    return notice.model_copy(update={"revision": revision})


def a_cancellation(*, revision: int = 1, salt: str = SALT) -> ReturnCancellation:
    """Return a cancellation."""
    return ReturnCancellation(salt=salt, revision=revision, reason="withdrawn")


def an_acknowledgment(**changes: object) -> Acknowledgment:
    """Return an answer: accepted, or refused or deferred with its code or window."""
    document: Document = {
        "salt": SALT,
        "revision": 1,
        "answer": "accepted",
        "code": "CAPACITY" if changes.get("answer") == "refused" else None,
        "window": (
            {"from": "2031-03-19T16:00:00Z", "to": "2031-03-19T20:00:00Z"}
            if changes.get("answer") == "deferred"
            else None
        ),
        "answered_at": utc_text(NOW + timedelta(minutes=20)),
        "officer": "INM-2231",
    }
    return Acknowledgment.model_validate(document | changes)


def a_reception(**changes: object) -> Reception:
    """Return what was seen at the line: received, or not received with its code."""
    received = changes.get("outcome", "received") == "received"
    document: Document = {
        "salt": SALT,
        "outcome": "received",
        "code": None if received else "NOT_SEEN",
        "at": "2031-03-18T17:05:00Z",
        "receiving_point": "MX-CHAPARRAL",
        "identity": "match" if received else None,
    }
    return Reception.model_validate(document | changes)


def a_visa_issuance(**changes: object) -> VisaIssuance:
    """Return a document valid until after the default hearing."""
    document: Document = {
        "salt": SALT,
        "document": "FMM",
        "number": "40918273645",
        "issued_at": "2031-03-18T19:30:00Z",
        "office": "INM-TIJ-01",
        "valid_from": "2031-03-18",
        "valid_until": "2031-07-16",
        "entries": "multiple",
        "curp_assigned": False,
    }
    return VisaIssuance.model_validate(document | changes)


def a_departure(**changes: object) -> Departure:
    """Return that the person crossed the line, within the default window."""
    document: Document = {
        "salt": SALT,
        "revision": 1,
        "at": "2031-03-18T16:50:00Z",
        "port": "2504",
        "crossing": "PEDWEST",
    }
    return Departure.model_validate(document | changes)


def a_hearing_notice(**changes: object) -> HearingNotice:
    """Return the second version of the default hearing, two weeks later; or that none is."""
    scheduled = changes.get("status", "scheduled") == "scheduled"
    document: Document = {
        "salt": SALT,
        "status": "scheduled",
        "hearing": HEARING,
        "version": 2,
        "hearing_at": an_appointment("2031-05-20T08:00") if scheduled else None,
        "present_at": an_appointment("2031-05-20T04:00") if scheduled else None,
        "presentation_port": "2504" if scheduled else None,
        "source_as_of": utc_text(NOW),
    }
    return HearingNotice.model_validate(document | changes)


def an_appointment(local: str, zone: str = "America/Los_Angeles") -> Appointment:
    """Return an appointment at a time on the wall."""
    return Appointment.made_from(LocalAppointment(local=local, zone=zone))


def a_hearing_delivery(**changes: object) -> HearingDelivery:
    """Return that the person was told of the hearing in the notice."""
    document: Document = {
        "salt": SALT,
        "hearing": HEARING,
        "version": 1,
        "outcome": "delivered",
        "at": "2031-03-19T15:00:00Z",
        "method": "DESK",
    }
    return HearingDelivery.model_validate(document | changes)


def a_hearing_verification(**changes: object) -> HearingVerification:
    """Return a doubt about the hearing in the notice."""
    document: Document = {"salt": SALT, "hearing": HEARING, "version": 1}
    return HearingVerification.model_validate(document | changes)


def a_hearing_confirmation(**changes: object) -> HearingConfirmation:
    """Return that the hearing in the notice is the one that stands."""
    document: Document = {"salt": SALT, "hearing": HEARING, "version": 1, "current": True}
    return HearingConfirmation.model_validate(document | changes)


def a_visa_change(**changes: object) -> VisaChange:
    """Return that the default document was extended; or that it has ended."""
    goes_on = changes.get("status", "extended") in ("extended", "replaced")
    document: Document = {
        "salt": SALT,
        "number": "40918273645",
        "status": "extended",
        "valid_until": "2031-11-16" if goes_on else None,
    }
    return VisaChange.model_validate(document | changes)


def an_exit(**changes: object) -> Exit:
    """Return that the person left for the port, on the morning of the default hearing."""
    document: Document = {"salt": SALT, "at": "2031-05-06T10:40:00Z", "kind": "to-us-port"}
    return Exit.model_validate(document | changes)


def a_presentation(**changes: object) -> Presentation:
    """Return that the person came to the port for the default hearing."""
    document: Document = {
        "salt": SALT,
        "outcome": "presented",
        "hearing": HEARING,
        "at": "2031-05-06T10:55:00Z",
        "port": "2504",
    }
    return Presentation.model_validate(document | changes)


def a_case_closure(**changes: object) -> CaseClosure:
    """Return that the default case has ended."""
    document: Document = {"salt": SALT, "case": CASE, "reason": "closed"}
    return CaseClosure.model_validate(document | changes)


def a_correction(**changes: object) -> Correction:
    """Return that a surname was recorded wrong in an earlier message."""
    document: Document = {
        "salt": SALT,
        "message": "01932f4a-7c00-7abc-8def-0123456789ab",
        "pointer": "/body/person/first_surname",
        "value": "Núñez Ávila",
        "basis": "DOCUMENT_SEEN",
    }
    return Correction.model_validate(document | changes)


def a_welfare_alert(**changes: object) -> WelfareAlert:
    """Return that both duty officers must speak, now."""
    return WelfareAlert.model_validate({"salt": SALT, "code": "call-now"} | changes)


def a_capacity_advisory(**changes: object) -> CapacityAdvisory:
    """Return what a receiving point takes on the day of the default window; 0 closes it."""
    closed = changes.get("people_max") == 0
    document: Document = {
        "salt": SALT,
        "receiving_point": "MX-CHAPARRAL",
        "on": "2031-03-18",
        "people_max": 80,
        "families_max": 0 if closed else 12,
        "opens": None if closed else "09:00",
        "closes": None if closed else "17:30",
    }
    return CapacityAdvisory.model_validate(document | changes)


def a_contact_list(**changes: object) -> Contacts:
    """Return duty numbers for one port pair, and two days on which somebody is there."""
    pair: Document = {
        "port": "2504",
        "receiving_point": "MX-CHAPARRAL",
        "numbers": [
            {"kind": "duty", "number": "+526645550101"},
            {"kind": "supervisor", "number": "+526645550102"},
        ],
        "calendar": [
            {"on": "2031-03-18", "opens": "09:00", "closes": "17:30"},
            {"on": "2031-03-19", "opens": "09:00", "closes": "17:30"},
        ],
    }
    document: Document = {"salt": SALT, "valid_from": "2031-03-17", "pairs": [pair]}
    return Contacts.model_validate(document | changes)


def a_statement(**changes: object) -> Statement:
    """Return what the United States said on the day before, as one side states it."""
    counters: Document = {
        "port": "2504",
        **dict.fromkeys(("accepted", "refused", "deferred", "received", "documented"), 0),
        "noticed": 3,
        "cancelled": 1,
        "departed": 2,
        "presented": 0,
        "closed": 0,
    }
    document: Document = {
        "salt": SALT,
        "day": "2031-03-16",
        "speaker": "us",
        "counters": [counters],
        "messages": 7,
        "fingerprint": b64u(digest(b"what the United States said")),
    }
    return Statement.model_validate(document | changes)


def a_comparison(**changes: object) -> Comparison:
    """Return the first step of comparing a day of four messages: a list of them."""
    items = sorted(b64u(digest(bytes([number]))[:12]) for number in range(4))
    leaf = {"start": "", "end": None, "items": items}
    document: Document = {
        "salt": SALT,
        "day": "2031-03-16",
        "speaker": "us",
        "ours": b64u(digest(b"four messages")),
        "theirs": b64u(digest(b"seven messages")),
        "number": 1,
        "says": "step",
        "step": {"splits": [], "leaves": [leaf], "settled": [], "rest": False},
        "result": None,
    }
    return Comparison.model_validate(document | changes)


def a_comparison_result(**changes: object) -> Comparison:
    """Return what a comparison found: one message is missing here and one is in conflict."""
    one, other, third = (b64u(digest(bytes([number]))) for number in range(3))
    jti = "01c1b890-9900-7c3a-a37a-4055d91b9b72"
    result: Document = {
        "matched": 5,
        "missing_here": [{"pld": one, "jti": "01c1b890-9900-7c3a-a37a-4055d91b9b73"}],
        "missing_here_count": 1,
        "missing_there": [],
        "missing_there_count": 0,
        "conflicts": [{"jti": jti, "ours": [other], "theirs": [third]}],
        "conflicts_count": 1,
        "end": None,
    }
    changed = {"says": "result", "step": None, "number": 2, "result": result} | changes
    return a_comparison(**changed)


def said(body: Body, *, seq: int = 1, at: datetime = NOW) -> Said:
    """Return a body as said in the message number *seq* at the time *at*."""
    kind = next(kind for kind in MESSAGE_TYPES if kind.model is type(body))
    return Said(kind, body, seq, at)


def a_shared(*bodies: Body, handoff: HandoffId = HANDOFF, at: datetime = NOW) -> SharedHandoff:
    """Return the handoff after *bodies*, said a minute apart; without any, just noticed."""
    shared: SharedHandoff | None = None
    for seq, body in enumerate(bodies or (a_notice(),), start=1):
        spoken = said(body, seq=seq, at=at + timedelta(minutes=seq - 1))
        shared = advance(shared, handoff, spoken).shared
    assert shared is not None
    return shared
