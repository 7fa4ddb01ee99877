"""Our own service passes the kit whole, on both sides and under both policies."""

from pathlib import Path

import pytest

from exchange.conformance.cases import CASES
from exchange.conformance.run import Outcome
from exchange.domain.parties import Side
from exchange.store import Store
from tests.conformance.partners import POLICIES, failed, told, under_test


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("side", list(Side))
async def test_our_own_service_passes_every_case(store: Store, side: Side, policy: str) -> None:
    """Each case of the kit that plays the other side passes; what needs TLS is left out."""
    async with under_test(store, side, sets=POLICIES[policy]) as one:
        played = await one.run()
    assert not failed(played), told(played)
    assert {*played} == {case.name for case in CASES if side.other in case.sides}


async def test_over_tls_nothing_is_left_out(sqlite_store: Store, tmp_path: Path) -> None:
    """Over TLS with two signatures every case is played, and who shows no certificate gets none."""
    async with under_test(sqlite_store, Side.MX, tls_in=tmp_path) as one:
        played = await one.run()
    assert not failed(played), told(played)
    assert {one.outcome for one in played.values()} == {Outcome.PASSED}


async def test_who_wants_no_certificate_is_found(sqlite_store: Store, tmp_path: Path) -> None:
    """A partner that speaks to anybody over TLS fails the one case about it."""
    async with under_test(sqlite_store, Side.MX, tls_in=tmp_path, is_open=True) as one:
        assert failed(await one.run("one-message", "no-certificate")) == {"no-certificate"}
