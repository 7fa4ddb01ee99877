"""(1, 2) What a port enters: every fault at once, or a decision that can be screened and told."""

from collections.abc import Iterator

import orjson

from exchange.domain.decision import as_document, read_decision
from exchange.domain.faults import FAULTS
from exchange.domain.messages.catalogue import RETURN_NOTICE
from exchange.domain.messages.return_notice import draft_notice
from exchange.domain.screening import Cleared, screen
from exchange.errors import Invalid
from exchange.flow.intake import parse_document
from tests.builders import CASE, SALT, TODAY, a_decision_document, places, rule_book
from tests.fuzz.references import is_valid, same
from tests.fuzz.target import Target, wrong


def check(octets: bytes) -> bool:
    """Name the faults by our own words, or give a decision whose notice any partner takes."""
    try:
        document = parse_document(octets)
        decision = read_decision(document, places())
    except Invalid as refused:
        _require_known(refused)
        return False
    if not same(as_document(decision), document):
        wrong("the decision is kept as another")
    if read_decision(as_document(decision), places()) != decision:
        wrong("what is kept is read as another decision")
    outcome = screen(decision, rule_book(), on=TODAY)
    if isinstance(outcome, Cleared):
        notice = draft_notice(outcome, case=CASE, cycle=1, salt=SALT)
        if not is_valid(RETURN_NOTICE.file_name, notice.model_dump(mode="json")):
            wrong("a notice was drafted that its schema refuses")
    elif not outcome.reasons:
        wrong("withheld without a reason")
    return True


def _require_known(refused: Invalid) -> None:
    if not refused.faults or any(fault.code not in FAULTS for fault in refused.faults):
        wrong("refused without a fault that has its sentence")


def seeds() -> Iterator[bytes]:
    """Yield sound decisions, and for each rule between members one that breaks it."""
    family = {"group": CASE, "size": 3, "role": "PARENT"}
    for changes in (
        {},
        {"family": family, "case": CASE},
        {"person__birth_date": "1994", "person__second_surname": None},
        {"screening__fear": "expressed", "screening__categories": ["pregnancy", "pregnancy"]},
        {"released_by": "cbp-0417"},
        {"person__given_names": "Jose\u0301"},
        {"person__birth_date": "2032-01"},
        {"return__port": "9999"},
        {"return__port": "2402"},
        {"return__window": {"from": "2031-03-18T20:00:00Z", "to": "2031-03-18T16:00:00Z"}},
        {"hearing__hearing_at__local": "2031-03-09T02:30"},
        {"hearing__hearing_at__zone": "Mars/Olympus"},
        {"hearing__present_at__local": "2031-11-02T01:30"},
        {"hearing__source_as_of": "2031-03-17T17:30:00Z"},
        {"person": None},
        {"return__window__from_": 7},
    ):
        yield orjson.dumps(a_decision_document(**changes))
    document = a_decision_document()
    yield orjson.dumps(document | {"note": "x"})
    yield from (orjson.dumps(document | {name: document}) for name in ("person", "hearing"))
    yield from (b"null", b"[]", b'{"decision_id":1}', b"not json")


TARGETS = (
    Target(
        "decision",
        check,
        seeds,
        is_json=True,
        words=(
            "America/Tijuana",
            "America/El_Paso",
            "Etc/GMT",
            "MX-",
            "2503",
            "2402",
            "assessed-negative",
            "2031-03-17T17:00:00Z",
            "1999-12",
            "MEX",
        ),
    ),
)
