"""A whole service as the partner under test, and its officials, who do what the kit asks."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from secrets import token_bytes
from typing import Any

from aiohttp import ClientSession

from exchange.access.rights import Role
from exchange.access.tokens import new_token, token_digest
from exchange.conformance.keys import kit_plan, prepare
from exchange.conformance.listening import Instruction
from exchange.demo.directories import free_ports
from exchange.domain.parties import Side
from exchange.domain.wire import utc_text
from exchange.installation.directory import Plan, make_directory
from exchange.installation.published import our_keys, trust
from exchange.proof.keys import fingerprint
from exchange.service.running import Service
from exchange.settings import CONFIG_NAME, Settings, load_settings
from exchange.store.clients import NewClient, insert_client

ROOT = Path(__file__).parents[2]
HASTE = {
    "poll_seconds = 60": "poll_seconds = 1",
    "backoff_first_seconds = 1": "backoff_first_seconds = 0.6",
    "release_seconds = 60": "release_seconds = 1",
    "head_timeout_seconds = 10": "head_timeout_seconds = 1",
    "body_timeout_seconds = 10": "body_timeout_seconds = 1",
}


@dataclass
class Officials:
    """Those who work at the partner: they do at once what they are asked."""

    directory: Path
    token: str = field(default_factory=new_token, repr=False)
    service: Service | None = None
    asked: list[str] = field(default_factory=list)
    _decisions: int = 0

    @property
    def settings(self) -> Settings:
        """The partner's settings."""
        return load_settings(self.directory / CONFIG_NAME)

    async def start(self) -> None:
        """Start the service."""
        self.service = Service(self.settings)
        await self.service.start()

    async def stop(self) -> None:
        """End it."""
        if self.service is not None:
            await self.service.stop()

    async def add_client(self, side: Side) -> None:
        """Let the officials call."""
        role = Role.PORT_SUPERVISOR if side is Side.US else Role.RECEIVING_OFFICER
        client = NewClient(
            name="official",
            token_hash=token_digest(self.token),
            role=role.value,
            ports=("*",),
            created_at=datetime.now(UTC),
        )
        assert self.service is not None
        await self.service.store.write(lambda connection: insert_client(connection, client))

    async def __call__(self, instruction: Instruction) -> None:
        """Do what the kit asks."""
        self.asked.append(instruction.name)
        asks = instruction.asks.en
        if instruction.is_awaited:
            await self.stop()
            await self.start()
        elif asks.startswith("Enter a return decision"):
            await self._enter()
        elif asks.startswith("Cancel"):
            await self._post(f"handoffs/{instruction.handoff}/cancellation", {"cause": "data"})
        else:
            path, document = _act(asks)
            await self._post(f"handoffs/{instruction.handoff}/{path}", document)

    async def _enter(self) -> None:
        lines = (ROOT / "examples/decisions.jsonl").read_text(encoding="utf-8").splitlines()
        while True:
            document = json.loads(lines[self._decisions])
            self._decisions += 1
            if await self._post("return-decisions", document) != 422:
                return

    async def _post(self, path: str, document: dict[str, Any]) -> int:
        assert self.service is not None
        url = f"http://127.0.0.1:{self.service.ports[1]}/v1/{path}"
        headers = {"Authorization": f"Bearer {self.token}"}
        async with (
            ClientSession() as session,
            session.post(url, json=document, headers=headers) as answer,
        ):
            said = await answer.text()
            assert answer.status in {202, 422 if path == "return-decisions" else 202}, said
            return answer.status


def _act(asks: str) -> tuple[str, dict[str, Any]]:
    now = datetime.now(UTC)
    later = {"from": utc_text(now + timedelta(days=3)), "to": utc_text(now + timedelta(days=4))}
    seen = {"at": utc_text(now), "receiving_point": "MX-CHAPARRAL"}
    acts: dict[str, tuple[str, dict[str, Any]]] = {
        "Accept": ("acknowledgment", {"answer": "accepted", "officer": "INM-1"}),
        "Refuse": ("acknowledgment", {"answer": "refused", "code": "AGE", "officer": "INM-1"}),
        "Defer": ("acknowledgment", {"answer": "deferred", "window": later, "officer": "INM-1"}),
        "identity": ("reception", {**seen, "outcome": "received", "identity": "match"}),
        "not seen": ("reception", {**seen, "outcome": "not-received", "code": "NOT_SEEN"}),
        "document": (
            "visa-issuance",
            {
                "document": "FMM",
                "number": "40918270011",
                "issued_at": utc_text(now),
                "office": "INM-TIJ-01",
                "valid_from": now.date().isoformat(),
                "valid_until": (now.date() + timedelta(days=180)).isoformat(),
                "entries": "multiple",
                "curp_assigned": False,
            },
        ),
    }
    return next(act for word, act in acts.items() if word in asks)


@dataclass
class Pair:
    """A kit's directory and a running partner that trust each other."""

    kit: Path
    officials: Officials
    url: str
    listen: str


def make_pair(root: Path, side: Side) -> None:
    """Make a kit's directory and one of its partner *side*, which trust each other."""
    now = datetime.now(UTC)
    plan = kit_plan(side.other, "hybrid")
    prepare(root / "kit", plan, now=now, entropy=token_bytes)
    make_directory(root / "partner", _mirror(plan), now=now, entropy=token_bytes)
    kit, partner = (load_settings(root / name / CONFIG_NAME) for name in ("kit", "partner"))
    for ours, other in ((kit, partner), (partner, kit)):
        keys = other.keys.directory
        trust(
            ours,
            roots_file=keys / "roots.json",
            key_set_file=keys / "public.jws",
            fingerprint=fingerprint(our_keys(other).roots),
        )


@asynccontextmanager
async def running_partner(
    made: Path, side: Side, changes: Mapping[str, str] | None = None
) -> AsyncIterator[Pair]:
    """Run the partner in *made* for as long as the block lasts, its settings changed."""
    partner_port, internal_port, kit_port = free_ports(3)
    officials = Officials(made / "partner")
    plan = _mirror(kit_plan(side.other, "hybrid"))
    ports = {
        plan.partner_url: f"http://127.0.0.1:{kit_port}",
        plan.listen_partner: f"127.0.0.1:{partner_port}",
        plan.listen_internal: f"127.0.0.1:{internal_port}",
    }
    config = officials.directory / CONFIG_NAME
    text = config.read_text(encoding="utf-8")
    for long, short in {**ports, **HASTE, **(changes or {})}.items():
        assert long in text, long
        text = text.replace(long, short)
    config.write_text(text, encoding="utf-8")
    await officials.start()
    await officials.add_client(side)
    try:
        url = f"http://127.0.0.1:{partner_port}"
        yield Pair(made / "kit", officials, url, f"127.0.0.1:{kit_port}")
    finally:
        await officials.stop()


def _mirror(plan: Plan) -> Plan:
    side = Side(plan.side).other.value
    return replace(kit_plan(side, plan.signature_policy), signature_policy=plan.signature_policy)
