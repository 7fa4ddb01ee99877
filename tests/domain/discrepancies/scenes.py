"""What a rule looks at, made of valid messages; a test states only what breaks it."""

from datetime import datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

from exchange.domain.acceptance import load_acceptance
from exchange.domain.discrepancies.finding import Finding, Found, Scopes, find
from exchange.domain.discrepancies.scopes import Family, OurRecord, Record, Terms
from exchange.domain.discrepancies.standing import Discrepancy, Resolution, resolve, settle
from exchange.domain.discrepancies.thresholds import Thresholds
from exchange.domain.handoff import HandoffId, SharedHandoff, advance
from exchange.domain.identity import IdentityLimits
from exchange.domain.limits import Limits
from exchange.domain.messages.body import Body
from exchange.domain.messages.return_notice import ReturnNotice
from tests.builders import HANDOFF, NOW, RULES_DIRECTORY, places, rule_book, said

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)


class At(NamedTuple):
    """A body, and when it was said."""

    body: Body
    at: datetime


Told = Body | At


@cache
def terms() -> Terms:
    """Return what is agreed, as it is shipped."""
    texts = {
        path.stem: path.read_text("utf-8") for path in sorted(RULES_DIRECTORY.glob("mx/*.toml"))
    }
    return Terms(
        limits=Limits(),
        thresholds=Thresholds(),
        identity=IdentityLimits(),
        places=places(),
        acceptance=load_acceptance(texts),
        screening=rule_book(),
    )


def with_thresholds(**changes: Any) -> Terms:
    """Return what is agreed, with other thresholds."""
    return terms()._replace(thresholds=Thresholds(**changes))


def tell(*told: Told, handoff: HandoffId = HANDOFF, first_seq: int = 1) -> SharedHandoff:
    """Return the handoff after what was told, a minute apart where no time stands beside it."""
    shared: SharedHandoff | None = None
    for seq, one in enumerate(told, start=first_seq):
        body, at = one if isinstance(one, At) else (one, NOW + (seq - 1) * MINUTE)
        shared = advance(shared, handoff, said(body, seq=seq, at=at)).shared
    assert shared is not None
    return shared


def a_record(
    *told: Told,
    handoff: HandoffId = HANDOFF,
    first_seq: int = 1,
    others: tuple[SharedHandoff, ...] = (),
    **members: Any,
) -> Record:
    """Return the handoff as the rules look at it, with the other cycles of its case."""
    shared = tell(*told, handoff=handoff, first_seq=first_seq)
    bodies = [one.body if isinstance(one, At) else one for one in told]
    notices = [one for one in bodies if isinstance(one, ReturnNotice)]
    case = tuple(sorted((shared, *others), key=lambda one: (one.cycle or 0, one.handoff)))
    announced = max(notices, key=lambda one: one.revision, default=None)
    return Record(**{"shared": shared, "announced": announced, "case": case} | members)


def a_family(group: str, *members: Record) -> Family:
    """Return a family of these people."""
    return Family(group, members)


def look(what: Scopes | Record | Family, now: datetime, agreed: Terms | None = None) -> Found:
    """Return what the rules find."""
    match what:
        case Record():
            scopes = Scopes(handoffs=(what,))
        case Family():
            scopes = Scopes(families=(what,))
        case _:
            scopes = what
    return find(scopes, agreed or terms(), now)


def broken(
    rule: str, what: Scopes | Record | Family, now: datetime, agreed: Terms | None = None
) -> Finding | None:
    """Return the finding of one rule; None where it is not broken."""
    found = [one for one in look(what, now, agreed).findings if one.rule == rule]
    assert len(found) <= 1
    return found[0] if found else None


def opened(found: Found, now: datetime) -> tuple[Discrepancy, ...]:
    """Return the discrepancies that open on what was found, with nothing known before."""
    return settle((), found, now).opened


def closes(rule: str, before: Found, after: Found, now: datetime) -> bool:
    """Say whether the discrepancy of a rule that was open before has ended with its cause."""
    known = [one for one in opened(before, now) if one.finding.rule == rule]
    assert len(known) == 1
    ended = settle(known, after, now + SECOND).closed
    return [(one.finding, one.ending) for one in ended] == [
        (known[0].finding, (now + SECOND, None, None))
    ]


def stays_resolved(rule: str, found: Found, now: datetime) -> bool:
    """Say whether what a person resolved stays so while the same is found."""
    known = [one for one in opened(found, now) if one.finding.rule == rule]
    assert len(known) == 1
    ended = [resolve(known[0], Resolution.AGREED, by="INM-2231", now=now)]
    again = settle(ended, found, now + SECOND)
    return rule not in {one.finding.rule for one in (*again.opened, *again.updated)}


def ours(shared: SharedHandoff, **members: Any) -> OurRecord:
    """Return what the United States alone know of a handoff."""
    return OurRecord(shared, **members)
