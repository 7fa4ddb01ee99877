"""Each deliberately wrong partner fails exactly the cases about what is wrong with it."""

import sys

import pytest

from exchange.conformance.cases import CASES
from exchange.conformance.wants import LinesRefused, Receipted
from exchange.domain.parties import Side
from exchange.flow import judging
from exchange.proof import grammar, jws
from exchange.proof.lines import read_envelope
from exchange.proof.receipts import Status
from exchange.store import Store
from tests.conformance import wrong
from tests.conformance.partners import Wrong, failed, told, under_test

OURS = [case for case in CASES if Side.US in case.sides]
"""What the kit plays against Mexico."""

MEMBERS_TWICE = {
    "member-twice",
    "header-member-twice",
    "envelope-member-twice",
    "body-member-twice",
}


async def _failures(store: Store, door: Wrong | None = None) -> set[str]:
    """Return which cases failed, once the signed report has been seen to say the same."""
    async with under_test(store, Side.MX, wrong=door) as one:
        played = await one.run()
    sys.stdout.write(told(played) + "\n")
    document = one.report(played).document
    reported = {case["name"] for case in document["cases"] if case["outcome"] == "failed"}
    assert reported == failed(played)
    assert document["counts"]["failed"] == len(reported)
    return reported


async def test_one_that_signs_for_anybody(sqlite_store: Store) -> None:
    """It fails every case of lines whose signatures do not hold."""
    wanted = {
        case.name for case in OURS if any(isinstance(want, LinesRefused) for want in case.wants)
    }
    assert await _failures(sqlite_store, wrong.signs_for_anybody) == wanted


async def test_one_that_receipts_anew(sqlite_store: Store) -> None:
    """It fails every case in which a stored receipt must come again."""
    wanted = {
        case.name
        for case in OURS
        if any(isinstance(want, Receipted) and want.stored for want in case.wants)
    } | {"at-the-same-moment"}
    assert await _failures(sqlite_store, wrong.forgets) == wanted


async def test_one_that_takes_members_twice(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It fails the cases of members named twice, in line, header, envelope and body."""
    monkeypatch.setattr(grammar, "_object", wrong.lets_members_come_twice)
    jws._read_header.cache_clear()  # noqa: SLF001 - headers of other tests were read strictly
    try:
        assert await _failures(sqlite_store) == MEMBERS_TWICE
    finally:
        jws._read_header.cache_clear()  # noqa: SLF001 - and those of this one were not


async def test_one_that_hears_what_is_for_others(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It fails the cases of messages to somebody else."""
    monkeypatch.setattr(judging, "read_envelope", wrong.hears_what_is_for_others(read_envelope))
    assert await _failures(sqlite_store) == {"wrong-audience", "back-to-its-sender"}


async def test_one_that_remembers_only_what_is_recent(sqlite_store: Store) -> None:
    """It passes every repeat but the one of long ago."""
    assert await _failures(sqlite_store, wrong.remembers_what_is_recent) == {"first-message-again"}


async def test_one_that_rejects_by_status(sqlite_store: Store) -> None:
    """It fails every case in which a message is rejected."""
    wanted = {
        case.name
        for case in OURS
        for want in case.wants
        if isinstance(want, Receipted)
        and any(verdict.status is Status.REJECTED for _, verdict in want.fresh)
    }
    assert await _failures(sqlite_store, wrong.answers_rejections_by_status) == wanted


async def test_one_that_covers_what_never_came(sqlite_store: Store) -> None:
    """It fails every case in which a receipt covers several messages."""
    wanted = {
        case.name
        for case in OURS
        for want in case.wants
        if isinstance(want, Receipted) and len(want.fresh) > 1
    }
    assert await _failures(sqlite_store, wrong.covers_what_never_came) == wanted


async def test_one_that_repeats_what_was_sent(sqlite_store: Store) -> None:
    """It fails cases of a broken schema, for the name it repeats, and no others."""
    failures = await _failures(sqlite_store, wrong.repeats_what_was_sent)
    wanted = {case.name for case in OURS if case.group == "body"}
    assert failures
    assert failures <= wanted
