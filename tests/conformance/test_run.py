"""Our own service passes the kit whole, on both sides and under both policies."""

import pytest

from exchange.conformance.cases import CASES
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
