"""A running service tells the duty officer, whatever becomes of the partner."""

import asyncio
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from exchange.domain.alarms import AlarmKind
from exchange.installation.directory import make_directory, plan_of
from exchange.installation.published import KEY_SET, ROOTS_FILE, our_keys, trust
from exchange.proof.keys import fingerprint
from exchange.service.running import Service
from exchange.settings import CONFIG_NAME, Settings, load_settings
from exchange.settings.kinds import Address
from exchange.store.alarms import raise_alarm
from tests.builders import HANDOFF
from tests.duty import SECRET, DutyOffice
from tests.keys import entropy_from

ANY_PORT = Address("127.0.0.1", 0)


def installed(root: Path, webhook: str) -> Settings:
    """Return the settings of a US side that trusts a partner, and looks and tells at once."""
    found = {}
    for side in ("us", "mx"):
        make_directory(
            root / side, plan_of(side), now=datetime.now(UTC), entropy=entropy_from(side)
        )
        found[side] = load_settings(root / side / CONFIG_NAME)
    us, theirs = found["us"], found["mx"].keys.directory
    trust(
        us,
        roots_file=theirs / ROOTS_FILE,
        key_set_file=theirs / KEY_SET,
        fingerprint=fingerprint(our_keys(found["mx"]).roots),
    )
    (root / "us/duty.secret").write_text(SECRET, encoding="ascii")
    with (root / "us" / CONFIG_NAME).open("a", encoding="utf-8") as file:
        file.write(f'\n[alarms]\nwebhook_url = "{webhook}"\nsecret_file = "duty.secret"\n')
    us = load_settings(root / "us" / CONFIG_NAME)
    return us.model_copy(
        update={
            "listen": us.listen.model_copy(update={"partner": ANY_PORT, "internal": ANY_PORT}),
            "watch": us.watch.model_copy(update={"look_seconds": 0.05}),
        }
    )


async def test_a_running_service_tells_the_duty_officer(tmp_path: Path) -> None:
    """Whatever leg raises it, an alarm is told though no partner answers; it stops clean."""
    async with DutyOffice().listening() as office:
        service = Service(installed(tmp_path, office.url))
        try:
            await service.start()
            raised = partial(
                raise_alarm, kind=AlarmKind.WELFARE_ALERT, subject=HANDOFF, at=datetime.now(UTC)
            )
            await service.store.write(raised)
            async with asyncio.timeout(60):
                while ("welfare-alert", "port") not in office.gists:
                    office.heard.clear()
                    await office.heard.wait()
        finally:
            await service.stop()
