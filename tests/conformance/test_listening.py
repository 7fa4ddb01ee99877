"""A whole service passes what the kit asks of its officials and hears of it."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_bytes

import pytest

from exchange.conformance.conduct import Conduct
from exchange.conformance.duties import DUTIES
from exchange.conformance.duty import ERRANDS
from exchange.conformance.listening import Waits
from exchange.conformance.road import Patience
from exchange.conformance.run import Played
from exchange.domain.parties import Side
from exchange.settings import CONFIG_NAME, load_settings
from tests.conformance.officials import running_partner
from tests.conformance.partners import failed, told


@pytest.mark.parametrize("side", list(Side))
async def test_a_whole_service_passes_everything(
    pair_of: Callable[[Side], Path], side: Side, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every case, every duty and every errand passes, and the report says so."""
    played: dict[str, Played] = {}
    monkeypatch.setattr("exchange.conformance.conduct.CASES", ())
    async with running_partner(pair_of(side), side) as pair:
        conduct = Conduct(
            settings=load_settings(pair.kit / CONFIG_NAME),
            url=pair.url,
            told=lambda one: played.update({one.name: one}),
            tell=pair.officials,
            clock=lambda: datetime.now(UTC),
            entropy=token_bytes,
            listen=pair.listen,
            waits=Waits(official_seconds=20, beat_seconds=20),
            patience=Patience(answer_seconds=10, slow_seconds=15),
        )
        report = await conduct.run()
    assert not failed(played), told(played)
    duties = [duty.name for duty in DUTIES if duty.side is side.other]
    assert [*played] == ["asks-for-our-keys", *duties, *(one.name for one in ERRANDS[1:])]
    assert report.has_passed
