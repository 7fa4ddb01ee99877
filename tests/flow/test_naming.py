"""The case file of a discrepancy: both sides' facts side by side, and names with a trace only."""

from functools import partial
from typing import Any, get_args

import pytest

from exchange.domain.messages.acknowledgment import Acknowledgment, RefusalCode
from exchange.domain.messages.exit import Exit
from exchange.domain.messages.hearing_delivery import HearingDelivery
from exchange.domain.messages.hearing_notice import HearingNotice
from exchange.domain.messages.presentation import Presentation
from exchange.domain.messages.reception import IdentityCheck, NotReceivedCode, Reception
from exchange.domain.messages.visa_change import VisaChange
from exchange.flow.naming import VIEWED, Naming
from exchange.reports.casefile import SIDE_BY_SIDE, VALUES, CaseFile, Name, make_case
from exchange.reports.folding import Asked
from exchange.reports.forms.plain import report_json
from exchange.reports.selection import Selection
from exchange.reports.texts import LANGUAGES, Language, has_words
from exchange.store.bodies import erase_data_key
from exchange.store.discrepancies import stream_open
from exchange.store.journal import list_events
from tests.flow.gates import accepted
from tests.flow.holding import hold
from tests.flow.standing import row_of
from tests.flow.test_journey import reception
from tests.sides import BothSides, SideOfTests

CODES: tuple[Any, ...] = (
    RefusalCode,
    NotReceivedCode,
    IdentityCheck,
    *(
        model.model_fields[member].annotation
        for model, member in (
            (Acknowledgment, "answer"),
            (Reception, "outcome"),
            (VisaChange, "status"),
            (HearingNotice, "status"),
            (HearingDelivery, "outcome"),
            (Presentation, "outcome"),
            (Exit, "kind"),
        )
    ),
)
"""Every list of codes of which a fact keeps one."""


def codes_of(annotation: Any) -> set[str]:
    """Return the codes that a member may have."""
    return {code for code in get_args(annotation) if isinstance(code, str)}


async def doubted(both: BothSides) -> str:
    """Return a handoff of which the official at the line doubted who it is, found by both."""
    handoff = await accepted(both)
    await both.mx.answers.record_reception(handoff, reception(both, identity="doubt"), actor="desk")
    await both.settle()
    for side in (both.us, both.mx):
        await side.reconciling.look()
    return handoff


async def number_on(side: SideOfTests, rule: str = "R05") -> int:
    """Return the number of the one open discrepancy of a rule."""
    kept = await side.store.read(lambda connection: list(stream_open(connection)))
    (one,) = (one for one in kept if one.discrepancy.finding.rule == rule)
    return one.number


async def case_of(side: SideOfTests, number: int, **asked: Any) -> CaseFile | None:
    """Return the case file of a discrepancy."""
    given = {"selection": Selection(), **asked}
    wanted = Asked(
        side=side.agreement.side,
        places=side.agreement.places,
        limits=side.agreement.limits,
        now=side.clock(),
        **given,
    )
    return await side.store.read(partial(make_case, asked=wanted, number=number))


def naming_of(side: SideOfTests) -> Naming:
    """Return what tells who handoffs are about."""
    return Naming(
        store=side.store, side=side.agreement.side, keyring=side.keyring, clock=side.clock
    )


async def test_both_sides_make_the_same_file(both: BothSides) -> None:
    """What was said stands side by side, with each message's receipt, and no person."""
    handoff = await doubted(both)
    files = [await case_of(side, await number_on(side)) for side in (both.us, both.mx)]
    us, mx = (file.report() for file in files if file is not None)
    assert us.sections == mx.sections
    assert us.section("case").cells("rule") == ("R05",)
    facts = us.section("side-by-side")
    assert facts.figure("us-said", what="revision") == facts.figure("mx-said", what="revision")
    assert facts.figure("mx-said", what="seen") == "received"
    assert facts.figure("mx-said", what="identity") == "doubt"
    assert facts.figure("us-said", what="seen") is None
    assert set(us.section("stories").cells("handoff")) == {handoff}
    text = report_json(us)
    assert "Núñez" not in text
    assert "persons" not in {section.id for section in us.sections}


async def test_names_are_in_the_journal_before_they_are_shown(both: BothSides) -> None:
    """Who asked for which discrepancy's names stands in the journal; then the names are given."""
    handoff = await doubted(both)
    number = await number_on(both.us)
    file = await case_of(both.us, number)
    assert file is not None
    persons = await naming_of(both.us).name(file.seen, discrepancy=number, actor="auditor")
    person = persons[handoff]
    report = file.report({handoff: Name(person.full_name_as_recorded, person.birth_date)})
    assert report.section("persons").rows[0][1] == person.full_name_as_recorded
    events = await both.us.store.read(partial(list_events, limit=500))
    viewed = [one for one in events if one.kind == VIEWED]
    assert [(one.actor, dict(one.data)) for one in viewed] == [("auditor", {"discrepancy": number})]


async def test_who_was_erased_has_no_name(both: BothSides) -> None:
    """Once the key of a handoff is gone there is nobody to name."""
    handoff = await doubted(both)
    row = await row_of(both.us, handoff)
    await both.us.store.write(partial(erase_data_key, handoff=row.number))
    assert await naming_of(both.us).name([handoff], discrepancy=1, actor="auditor") == {}


async def test_a_file_is_for_who_may_see_it(both: BothSides) -> None:
    """Not of another place, not of a rule of ours for who knows of no hold, not of no number."""
    handoff = await doubted(both)
    await hold(both.us, handoff, "fear")
    await both.us.reconciling.look()
    number, ours = await number_on(both.us), await number_on(both.us, "L1")
    assert await case_of(both.us, 9_999) is None
    elsewhere = Selection(only_at=frozenset({"2402"}))
    assert await case_of(both.us, number, selection=elsewhere) is None
    here = Selection(only_at=frozenset({"2504"}))
    seen = await case_of(both.us, number, selection=here)
    assert seen is not None
    assert seen.seen == (handoff,)
    assert await case_of(both.us, ours, knows_holds=False) is None
    assert await case_of(both.us, ours) is not None


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_fact_has_words(language: Language) -> None:
    """What is laid side by side is named in each language, and so is each code that is said."""
    assert [name for name in SIDE_BY_SIDE if not has_words(f"fact.{name}", language)] == []
    codes = {"true", "false", *(code for of in CODES for code in codes_of(of))}
    assert [code for code in codes if not has_words(f"{VALUES}{code}", language)] == []
