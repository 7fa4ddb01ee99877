"""What is taken out proves what was said, to whoever trusts both sides' roots and nothing else."""

import zipfile
from datetime import timedelta
from functools import partial
from io import BytesIO
from typing import Any

import pytest

from exchange.cli.evidence_shown import shown_of
from exchange.errors import NotFound
from exchange.flow.bundling import About, Gathered, gather, record_export, seal_bundle
from exchange.flow.checkpointing import Checkpointing, Rhythm
from exchange.proof.bundle import read_bundle
from exchange.proof.custody import KeyEncryptionKey
from exchange.proof.evidence import verify_bundle
from exchange.proof.steps import Claim, Standing, Verdict
from exchange.proof.trust import Trust
from exchange.reports.evidence import PAGE, evidence_page
from exchange.store.bodies import erase_data_key
from tests import keys
from tests.flow.gates import accepted
from tests.flow.standing import events, noticed, row_of
from tests.flow.test_journey import VISA, reception
from tests.sides import BothSides, SideOfTests

TRUST = Trust({keys.US.urn: keys.US.roots, keys.MX.urn: keys.MX.roots})
LINES = {keys.US.urn: keys.US.key_set_line, keys.MX.urn: keys.MX.key_set_line}
RHYTHM = Rhythm(look_seconds=1, every=timedelta(), entries_max=1, night_hour_utc=10)
SAID = 4
"""Notice, acknowledgment, reception and visa issuance."""


async def sign(side: SideOfTests) -> None:
    """Have a side sign where its logs stand."""
    leg = Checkpointing(
        store=side.store,
        keyring=side.keyring,
        party=side.agreement.ours,
        rhythm=RHYTHM,
        clock=side.clock,
    )
    await leg.look()


async def gathered_on(side: SideOfTests, **about: Any) -> Gathered:
    """Return what a side has of something."""
    party = keys.US if side.agreement.ours == keys.US.urn else keys.MX
    wanted = About.model_validate({"handoff": None, "message": None, "day": None} | about)
    return await side.store.read(
        partial(
            gather,
            about=wanted,
            key=KeyEncryptionKey(party.wrap.kid, party.wrap.octets),
            agreement=side.agreement,
            key_sets=LINES,
            now=side.clock(),
        )
    )


async def bundle_of(side: SideOfTests, **about: Any) -> bytes:
    """Return the bundle about something, with its page."""
    gathered = await gathered_on(side, **about)
    seal = partial(
        seal_bundle,
        gathered,
        agreement=side.agreement,
        keyring=side.keyring,
        now=side.clock(),
    )
    verdict = verify_bundle(read_bundle(seal({})), TRUST)
    return seal({PAGE: evidence_page(shown_of(gathered.manifest, verdict))})


def verdict_of(octets: bytes) -> Verdict:
    """Return what a bundle proves."""
    return verify_bundle(read_bundle(octets), TRUST)


async def documented(both: BothSides) -> str:
    """Return a handoff that was announced, accepted, received and documented."""
    handoff = await accepted(both)
    await both.mx.answers.record_reception(handoff, reception(both), actor="desk")
    await both.mx.answers.record_visa(handoff, VISA, actor="desk")
    await both.settle()
    for side in (both.us, both.mx):
        await sign(side)
    return handoff


async def test_all_that_was_said_about_a_handoff_is_proven(both: BothSides) -> None:
    """Each message with its receipt and its place under a checkpoint, by either side."""
    handoff = await documented(both)
    await noticed(both, 2)  # somebody else, about whom the bundle says nothing
    for side in (both.us, both.mx):
        found = verdict_of(await bundle_of(side, handoff=handoff))
        assert found.standing(Standing.BROKEN) == ()
        proven = found.standing(Standing.PROVEN)
        for claim in (Claim.BODY, Claim.RECEIPT):
            assert len([step for step in proven if step.claim is claim]) == SAID
        places = [step for step in proven if step.claim is Claim.INCLUSION]
        assert len(places) == len(found.said) >= SAID + 2
        assert {step.party for step in places} == {side.agreement.ours}
        said = [one.envelope for one in found.said if one.envelope is not None]
        assert {one.sub for one in said} == {handoff}


async def test_after_erasure_it_still_proves_who_said_what(both: BothSides) -> None:
    """Bodies and names are gone from it, and everything else holds."""
    handoff = await documented(both)
    row = await row_of(both.us, handoff)
    await both.us.store.write(partial(erase_data_key, handoff=row.number))
    octets = await bundle_of(both.us, handoff=handoff)
    found = verdict_of(octets)
    assert found.standing(Standing.BROKEN) == ()
    bodies = [step.standing for step in found.steps if step.claim is Claim.BODY]
    assert bodies == [Standing.NOT_CONTAINED] * SAID
    times = [step.standing for step in found.steps if step.claim is Claim.TIME]
    assert Standing.BROKEN not in times
    page = zipfile.ZipFile(BytesIO(octets)).read(PAGE).decode()
    assert page.count("it was erased") == page.count("se borró") == SAID


async def test_what_is_not_signed_yet_is_not_contained(both: BothSides) -> None:
    """Before the next checkpoint a line has no place, and nobody says that it is false."""
    handoff = await noticed(both)
    found = verdict_of(await bundle_of(both.us, handoff=handoff))
    places = {step.standing for step in found.steps if step.claim is Claim.INCLUSION}
    assert (found.is_broken, places) == (False, {Standing.NOT_CONTAINED})


async def test_each_line_has_the_first_checkpoint_after_it(both: BothSides) -> None:
    """What was signed a minute later shows best when it was there."""
    handoff = await noticed(both)
    await sign(both.us)
    await both.mx.answers.record_reception(handoff, reception(both), actor="desk")
    await both.settle()
    await sign(both.us)
    manifest = read_bundle(await bundle_of(both.us, handoff=handoff)).manifest
    notes = [line.places[0].checkpoint for line in manifest.lines]
    assert notes == sorted(notes)
    assert len(set(notes)) == len(manifest.checkpoints) == 2


async def test_a_message_and_a_day_are_subjects_too(both: BothSides) -> None:
    """One message, or all that was said on a day in UTC."""
    handoff = await documented(both)
    await noticed(both, 2)
    whole = verdict_of(await bundle_of(both.us, handoff=handoff))
    first = next(one.envelope for one in whole.said if one.envelope is not None)
    one = verdict_of(await bundle_of(both.mx, message=first.jti))
    assert [said.envelope.jti for said in one.said if said.envelope] == [first.jti]
    today = verdict_of(await bundle_of(both.us, day=both.clock().date().isoformat()))
    assert len([said for said in today.said if said.envelope]) == SAID + 1
    yesterday = (both.clock() - timedelta(days=1)).date().isoformat()
    for about in (
        {"day": yesterday},
        {"handoff": "00000000-0000-4000-8000-00000000ffff"},
        {"message": "01699649-7f80-7000-8000-00000000ffff"},
    ):
        with pytest.raises(NotFound):
            await bundle_of(both.us, **about)


async def test_the_journal_says_who_took_it_out(both: BothSides) -> None:
    """Before anything is read; of what there is not nothing is said."""
    handoff = await noticed(both)
    about = About(handoff=handoff, message=None, day=None)
    record = partial(record_export, actor="auditor", now=both.clock())
    await both.us.store.write(partial(record, about=about))
    (event,) = await events(both.us, "evidence.exported")
    assert (event.actor, event.handoff) == ("auditor", (await row_of(both.us, handoff)).number)
    await both.us.store.write(
        partial(record, about=About(handoff=None, message=None, day="2031-03-18"))
    )
    nobody = About(handoff="00000000-0000-4000-8000-00000000ffff", message=None, day=None)
    with pytest.raises(NotFound):
        await both.us.store.write(partial(record, about=nobody))
