"""
What both listeners publish of themselves is what they do: OpenAPI against the running services.

Schemathesis makes requests out of the descriptions, those that they allow and those that they do
not. Whatever is asked, the status is a published one, the answer is of the published media type
and schema, and none is a failure of ours but the 503 that is published.
"""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from time import monotonic
from typing import Any, Final
from zlib import crc32

import orjson
import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from bench.driver import Driver
from bench.people import answers, decision
from bench.sides import Pair
from exchange import __version__
from exchange.domain.parties import Side
from exchange.settings import Settings
from exchange.web.published import descriptions
from tests.trial.authorities import serving
from tests.web.tls_sides import make_sides

EXAMPLES = 50
PEOPLE = 4
WAIT_SECONDS_MAX = 1
STEP_SECONDS_MAX = 60
UUID_LENGTH: Final = 36
LINES = st.one_of(st.binary(max_size=400), st.lists(st.binary(max_size=80)).map(b"\n".join))
schemathesis.openapi.media_type("application/jsonl", LINES)

WISHES = {
    "EXCHANGE_INBOX__REQUESTS_PER_SECOND_MAX": "100000",  # one who asks all day is no attack here
    "EXCHANGE_INBOX__BODY_TIMEOUT_SECONDS": "5",
}
_DESCRIPTIONS = descriptions(__version__)
_CONFIG = {
    "seed": 1,
    "checks": {
        # What a schema allows may still be withheld, conflict, or name nothing we know.
        "positive_data_acceptance": {"enabled": False},
    },
    "generation": {
        "deterministic": True,
        "max-examples": EXAMPLES,
        "allow-extra-parameters": False,  # members of a query that no route reads mean nothing
        "with-security-parameters": False,  # every request bears the token of a client
    },
}


def _published(name: str) -> schemathesis.BaseSchema:
    config = schemathesis.Config.from_dict(_CONFIG)
    return schemathesis.openapi.from_dict(dict(_DESCRIPTIONS[name]), config=config)


PARTNER = _published("partner.openapi")
INTERNAL_US = _published("internal.us.openapi")
INTERNAL_MX = _published("internal.mx.openapi")
EVERYTHING = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)


@dataclass(frozen=True, slots=True)
class Served:
    """Both sides, running, and handoffs that they know of."""

    pair: Pair
    sides: dict[Side, Settings]
    handoffs: tuple[str, ...]

    def internal(self, side: Side) -> dict[str, Any]:
        """Return how to ask the internal listener of a side as its daily client."""
        serving_side = self.pair.us if side is Side.US else self.pair.mx
        return {
            "base_url": f"http://127.0.0.1:{serving_side.port}",
            "headers": {"Authorization": f"Bearer {serving_side.token}"},
        }

    def partner(self, side: Side) -> dict[str, Any]:
        """Return how to ask the partner listener of a side as its partner."""
        partner = self.sides[side.other].partner
        return {
            "base_url": f"https://127.0.0.1:{self.sides[side].listen.partner.port}",
            "verify": str(partner.ca_file),
            "cert": (str(partner.client_certificate_file), str(partner.client_key_file)),
        }


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Both sides, running, with a few people handed over and one just announced."""
    directory: Path = tmp_path_factory.mktemp("published")
    sides = make_sides(directory)
    with asyncio.Runner() as runner:
        running = serving(sides, WISHES)
        pair = runner.run(running.__aenter__())
        try:
            yield Served(pair, sides, runner.run(_some_handoffs(pair)))
        finally:
            runner.run(running.__aexit__(None, None, None))


async def _some_handoffs(pair: Pair) -> tuple[str, ...]:
    """Return some handoffs that are documented, and at last one that waits for its answer."""
    driver = Driver(pair)
    done = await driver.as_fast_as(PEOPLE, under_way_max=PEOPLE)
    driver.close()
    return (*done.documented_at, await _announced(pair))


async def _announced(pair: Pair) -> str:
    """Return a handoff of which the Mexican side has the notice, and nothing more."""
    us, mx = pair.us.client(), pair.mx.client()
    status, octets = await us.post("/v1/return-decisions", decision())
    assert status == 202
    handoff: str = orjson.loads(octets)["handoff"]
    async with asyncio.timeout(60):
        while (await mx.get(f"/v1/handoffs/{handoff}"))[0] != 200:  # noqa: ASYNC110  # another process
            await asyncio.sleep(0.05)
    us.close()
    mx.close()
    return handoff


def _ask(case: schemathesis.Case, served: Served, how: dict[str, Any]) -> None:
    """Ask as the case says, about handoffs that exist where it is about one, and judge."""
    if "handoff" in case.path_parameters and len(case.path_parameters["handoff"]) == UUID_LENGTH:
        known = (*served.handoffs, case.path_parameters["handoff"])
        case.path_parameters["handoff"] = known[crc32(repr(case.body).encode()) % len(known)]
    if str(case.query.get("wait", "")).isdigit():
        case.query["wait"] = min(int(case.query["wait"]), WAIT_SECONDS_MAX)
    case.call_and_validate(**how)


@PARTNER.parametrize()  # type: ignore[untyped-decorator]  # it stands in the trial's environment
@EVERYTHING
def test_the_partner_listener(case: schemathesis.Case, served: Served) -> None:
    """The partner listener does what it publishes, and nothing else."""
    _ask(case, served, served.partner(Side.US))


@INTERNAL_US.parametrize()  # type: ignore[untyped-decorator]  # it stands in the trial's environment
@EVERYTHING
def test_the_internal_listener_of_the_united_states(
    case: schemathesis.Case, served: Served
) -> None:
    """The listener for ports does what it publishes, and nothing else."""
    _ask(case, served, served.internal(Side.US))


@INTERNAL_MX.parametrize()  # type: ignore[untyped-decorator]  # it stands in the trial's environment
@EVERYTHING
def test_the_internal_listener_of_mexico(case: schemathesis.Case, served: Served) -> None:
    """The listener for receiving points does what it publishes, and nothing else."""
    _ask(case, served, served.internal(Side.MX))


class Steps:
    """One thing after another, each asked well, and answered as is published."""

    def __init__(self, served: Served) -> None:
        self._served = served

    def take(
        self, side: Side, what: str, status: int, *, body: bytes | None = None, **given: Any
    ) -> Any:
        """Return what was answered to *what*, which has that published *status*."""
        method, path = what.split()
        table = INTERNAL_US if side is Side.US else INTERNAL_MX
        if body is not None:
            given |= {"body": orjson.loads(body), "media_type": "application/json"}
        case = table[path][method].Case(**given)
        response = case.call_and_validate(**self._served.internal(side))
        assert response.status_code == status, response.text
        return response.json()

    def until(self, side: Side, handoff: str, stage: str) -> None:
        """Return once a side knows a handoff to have reached *stage*, and nothing waits."""
        until = monotonic() + STEP_SECONDS_MAX
        feed = {"after": "0", "wait": 1, "limit": 500}
        while monotonic() < until:
            seen = self.take(side, "GET /v1/handoffs", 200, query=feed)
            stages = {one["handoff"]: one["stage"] for one in seen["handoffs"] if not one["intent"]}
            if stages.get(handoff) == stage:
                return
        message = f"{handoff} did not come to be {stage}"
        raise AssertionError(message)


def test_a_handoff_is_answered_as_published(served: Served) -> None:
    """Each step from decision to visa succeeds with the published status, type and schema."""
    steps = Steps(served)
    asked = decision()
    taken = steps.take(Side.US, "POST /v1/return-decisions", 202, body=asked)
    assert steps.take(Side.US, "POST /v1/return-decisions", 202, body=asked) == taken
    about = {"handoff": taken["handoff"]}
    for stage, (route, document) in answers().items():
        steps.until(Side.MX, about["handoff"], stage)
        path = f"POST /v1/handoffs/{{handoff}}/{route}"
        steps.take(Side.MX, path, 202, body=document, path_parameters=about)
    steps.until(Side.US, about["handoff"], "documented")
    window = orjson.loads(asked)["return"]["window"]["from"]
    for on in (window[:10], str(date.fromisoformat(window[:10]) - timedelta(days=1))):
        query = {"port": "MX-CHAPARRAL", "on": on}
        steps.take(Side.MX, "GET /v1/arrivals", 200, query=query)
    for side in Side:
        told = steps.take(side, "GET /v1/handoffs/{handoff}", 200, path_parameters=about)
        assert [one["receipt"] for one in told["messages"]] == ["accepted"] * 4
        steps.take(side, "GET /v1/reports/reconciliation", 200)


def test_a_handoff_is_taken_back_as_published(served: Served) -> None:
    """A cancellation succeeds once; what it does not fit is the published conflict."""
    steps = Steps(served)
    path, cause = "POST /v1/handoffs/{handoff}/cancellation", b'{"cause": "data"}'
    taken = steps.take(Side.US, "POST /v1/return-decisions", 202, body=decision())
    about = {"handoff": taken["handoff"]}
    steps.take(Side.US, path, 202, body=cause, path_parameters=about)
    for done in served.handoffs[:PEOPLE]:
        about = {"handoff": done}
        steps.take(Side.US, path, 409, body=cause, path_parameters=about)


def test_the_partner_is_answered_as_published(served: Served) -> None:
    """Lines that were received before get the receipts that they got; keys are given once."""
    how = served.partner(Side.MX)
    lines = [entry["line"] for entry in _sent(served.sides[Side.US]) if entry["kind"] == "message"]
    body = b"\n".join(orjson.dumps(line) for line in lines[:PEOPLE])
    post = PARTNER["/v1/messages"]["POST"]
    asked = {"body": body, "media_type": "application/jsonl"}
    first, again = (post.Case(**asked).call_and_validate(**how) for _ in range(2))
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.content == again.content
    keys = PARTNER["/v1/keys"]["GET"]
    given = keys.Case().call_and_validate(**how)
    assert given.status_code == 200
    known = {"If-None-Match": given.headers["etag"][0]}
    assert keys.Case().call_and_validate(**how, headers=known).status_code == 304


def _sent(settings: Settings) -> list[dict[str, Any]]:
    """Return what a side sent, as its export gives it."""
    config = settings.directory / "exchange.toml"
    command = [sys.executable, "-m", "exchange", "ledger", "export", "--config", str(config)]
    done = subprocess.run(command, capture_output=True, check=True)
    entries = [orjson.loads(line) for line in done.stdout.splitlines()]
    return [entry for entry in entries if entry["direction"] == "sent"]
