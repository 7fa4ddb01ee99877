"""Working directories of both sides that speak over mutual TLS and trust each other's keys."""

import re
import shutil
import socket
from collections.abc import Mapping
from pathlib import Path

from exchange.domain.parties import Side
from exchange.flow.clock import system_clock, system_entropy
from exchange.installation.directory import Plan, make_directory
from exchange.installation.published import our_keys, trust
from exchange.proof.keys import fingerprint
from exchange.settings import Settings, load_settings
from tests.web.certificates import Authority

PARTIES = {Side.US: "urn:handoff:us:cbp:test", Side.MX: "urn:handoff:mx:inm:test"}
_NAMED_IN_TEMPLATE = "ca_file|client_certificate_file|client_key_file|certificate_file|key_file"
COMMENTED = re.compile(rf"^# ({_NAMED_IN_TEMPLATE}|client_ca_file) =(?! \"tls/duty)", re.MULTILINE)
"""Those of the two listeners and the partner; nobody is told of alarms here."""


def free_ports(count: int) -> list[int]:
    """Return ports that nobody listens on."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def make_sides(
    directory: Path, *, toward: Mapping[Side, int] | None = None
) -> dict[Side, Settings]:
    """
    Return the settings of both sides, each in a directory of its own under *directory*.

    A side speaks to its partner's own port, or to the one that *toward* names for it.
    """
    authority = Authority(directory)
    listens = dict(zip(Side, free_ports(2), strict=True))
    reached = toward or {side: listens[side.other] for side in Side}
    settings = {
        side: _made(directory / side, side, listens[side], reached[side], authority)
        for side in Side
    }
    for side in Side:
        theirs = settings[side.other].keys.directory
        trust(
            settings[side],
            roots_file=theirs / "roots.json",
            key_set_file=theirs / "public.jws",
            fingerprint=fingerprint(our_keys(settings[side.other]).roots),
        )
    return settings


def _made(
    directory: Path, side: Side, listens: int, partner_port: int, authority: Authority
) -> Settings:
    """Make a working directory whose TLS files stand where its template says."""
    (internal,) = free_ports(1)
    plan = Plan(
        side=side.value,
        party=PARTIES[side],
        partner=PARTIES[side.other],
        partner_url=f"https://127.0.0.1:{partner_port}",
        listen_partner=f"127.0.0.1:{listens}",
        listen_internal=f"127.0.0.1:{internal}",
        signature_policy="es256",
    )
    make_directory(directory, plan, now=system_clock(), entropy=system_entropy)
    (directory / "tls").mkdir()
    shutil.copy(authority.certificate, directory / "tls/partner-ca.pem")
    for name in ("server", "client"):
        issued = authority.issue(f"{side}-{name}", uris=[PARTIES[side]])
        shutil.copy(issued.certificate, directory / f"tls/{name}.pem")
        shutil.copy(issued.key, directory / f"tls/{name}.key")
    file = directory / "exchange.toml"
    text = COMMENTED.sub(r"\1 =", file.read_text(encoding="utf-8"))
    # `tls` judges what stands before it, so it goes last in its table.
    text = re.sub(r'^tls = "none".*\n', "", text, flags=re.MULTILINE)
    file.write_text(text.replace("[database]", 'tls = "direct"\n\n[database]'), encoding="utf-8")
    return load_settings(file)
