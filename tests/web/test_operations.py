"""The operator sees whether the service lives, is ready, and how it is doing; and no person."""

from datetime import timedelta
from functools import partial

import pytest
from prometheus_client.parser import text_string_to_metric_families

from exchange.access.rights import Role
from exchange.domain.alarms import AlarmKind
from exchange.store import Store
from exchange.store.alarms import raise_alarm
from tests.builders import a_decision_document
from tests.keys import EXPIRES_AT
from tests.web.installation import Installation


async def figures(side: Installation) -> dict[tuple[str, str], float]:
    """Return what is scraped, by name and the values of its labels."""
    text = (await side.ask("GET", "/metrics")).document
    return {
        (sample.name, ",".join(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


async def test_live_is_live(us: Installation) -> None:
    """The process answers that it lives, even when it drains and its store has failed."""
    us.drain.begin()
    us.store.failed.set()
    reply = await us.ask("GET", "/healthz")
    assert (reply.status, reply.document) == (200, {"live": True})


async def test_ready_lists_its_checks(each_us: Installation) -> None:
    """A service that takes work is ready, and says what that rests on."""
    reply = await each_us.ask("GET", "/readyz")
    assert (reply.status, reply.document["ready"]) == (200, True)
    checks = {check["name"]: check["ok"] for check in reply.document["checks"]}
    assert checks == dict.fromkeys(
        (
            *("not-draining", "store-sound", "database", "commits"),
            *("migrations", "keys", "partner-keys", "alarms"),
        ),
        True,
    )


async def test_a_draining_service_is_not_ready(us: Installation) -> None:
    """Once it drains the answer is 503 and names the check that failed."""
    us.drain.begin()
    reply = await us.ask("GET", "/readyz")
    assert reply.status == 503
    assert [check["name"] for check in reply.document["checks"] if not check["ok"]] == [
        "not-draining"
    ]


async def test_a_failed_store_is_not_ready(us: Installation) -> None:
    """When a commit failed the store is not sound and not asked again."""
    us.store.failed.set()
    reply = await us.ask("GET", "/readyz")
    assert reply.status == 503
    failed = [check["name"] for check in reply.document["checks"] if not check["ok"]]
    assert failed == ["store-sound", "database", "alarms"]


async def test_a_commit_held_up_is_shown(us: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    """While a standby holds commits up the service is not ready, and the age is measured."""
    monkeypatch.setattr(Store, "commit_seconds", property(lambda _: 10.5))
    reply = await us.ask("GET", "/readyz")
    assert reply.status == 503
    assert [check["name"] for check in reply.document["checks"] if not check["ok"]] == ["commits"]
    assert (await figures(us))["exchange_store_commit_age_seconds", ""] == 10.5


async def test_old_keys_of_the_partner_are_shown_and_wait(us: Installation) -> None:
    """When the partner's key set is out of date it is shown, and decisions are still taken."""
    us.now = EXPIRES_AT + timedelta(seconds=1)
    reply = await us.ask("GET", "/readyz")
    assert reply.status == 200
    assert {"name": "partner-keys", "ok": False, "required": False} in reply.document["checks"]


async def test_a_critical_alarm_is_shown_and_sends_nobody_away(each_us: Installation) -> None:
    """An alarm that wakes somebody is a failed check, a lesser one is not; work is taken."""
    for kind, ok in ((AlarmKind.CHANNEL_DOWN, True), (AlarmKind.KEYS_UNUSABLE, False)):
        await each_us.store.write(partial(raise_alarm, kind=kind, subject="us", at=each_us.now))
        reply = await each_us.ask("GET", "/readyz")
        assert reply.status == 200
        assert {"name": "alarms", "ok": ok, "required": False} in reply.document["checks"]


async def test_without_a_key_that_may_sign_work_is_taken(us: Installation) -> None:
    """That no key of ours may sign is shown; decisions wait for one."""
    us.can_sign = False
    reply = await us.ask("GET", "/readyz")
    assert reply.status == 200
    assert {"name": "keys", "ok": False, "required": False} in reply.document["checks"]


async def test_the_version_is_told(us: Installation) -> None:
    """What runs and on which side is told."""
    assert (await us.ask("GET", "/version")).document == {"version": "0", "side": "us"}


async def test_what_waits_and_rings_is_measured(each_us: Installation) -> None:
    """The outbox, its oldest message, alarms, requests and decisions are figures to scrape."""
    token = await each_us.token(Role.PORT_OFFICER)
    await each_us.ask("POST", "/v1/return-decisions", a_decision_document(), token=token)
    await each_us.store.write(
        lambda connection: raise_alarm(
            connection, AlarmKind.CHANNEL_DOWN, "partner", at=each_us.now
        )
    )
    each_us.now += timedelta(seconds=90)
    seen = await figures(each_us)
    assert seen["exchange_outbox_depth", "waiting"] == 1
    assert seen["exchange_outbox_depth", "unreceipted"] == 0
    assert seen["exchange_outbox_oldest_age_seconds", ""] == 90
    assert seen["exchange_alarms_open", "channel-down"] == 1
    assert seen["exchange_requests_total", "internal,POST /v1/return-decisions,202"] == 1
    assert seen["exchange_decisions_total", "cleared"] == 1
    assert seen["exchange_build_info", "us,0"] == 1


async def test_the_partner_is_measured_once_heard(us: Installation) -> None:
    """Contact and skew appear with the first word of the partner; failures are counted."""
    names = {name for name, _ in await figures(us)}
    assert "exchange_partner_last_contact_timestamp_seconds" not in names
    us.partner.heard(us.now)
    us.partner.skew_seconds = -1.5
    us.partner.failed()
    seen = await figures(us)
    assert seen["exchange_partner_last_contact_timestamp_seconds", ""] == us.now.timestamp()
    assert seen["exchange_partner_skew_seconds", ""] == -1.5
    assert seen["exchange_partner_failures", ""] == 1


async def test_no_label_is_a_callers(us: Installation) -> None:
    """A path that a caller made up is counted as other, never by its name."""
    await us.ask("GET", "/Mar%C3%ADa/Nu")
    text = (await us.ask("GET", "/metrics")).document
    assert "Mar" not in text
    assert 'route="other"' in text
