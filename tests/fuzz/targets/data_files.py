"""Files of an installation: rule sets, ports and receiving points, and the settings."""

import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from exchange.domain.places import load_places
from exchange.domain.screening import RuleSet, explain, load_rules
from exchange.errors import NotConfigured
from exchange.installation.shipped import PORTS
from exchange.settings import Settings, load_settings
from tests.builders import RULES_DIRECTORY, rule_texts
from tests.fuzz.target import Target, wrong

NAME = "as-announced-2019"


def check_rules(octets: bytes) -> bool:
    """Refuse with ``ValueError``, or give rules that can be explained and are read again alike."""
    try:
        text = octets.decode("utf-8")
        book = load_rules({NAME: text}, NAME)
    except ValueError:
        return False
    (rules,) = book.rule_sets
    if RuleSet.model_validate(rules.model_dump(mode="json")) != rules:
        wrong("the rules are read again as others")
    if not (explain(rules, "en") and explain(rules, "es")):
        wrong("rules that cannot be explained")
    return True


def check_ports(octets: bytes) -> bool:
    """Refuse with ``ValueError``, or give places that are found, each at its port."""
    try:
        text = octets.decode("utf-8")
        places = load_places(text)
    except ValueError:
        return False
    for port in places:
        if places.find_port(port.code) is not port:
            wrong("a port that is not found by its code")
        if not all(places.are_a_pair(port.code, point.id) for point in port.receiving_points):
            wrong("a receiving point that is not its port's")
    return True


def check_settings(octets: bytes) -> bool:
    """
    Refuse with ``NotConfigured`` whose faults repeat no value, or give frozen settings.

    A fault names the setting that it is about, also one that there is not: a name is no value.
    """
    file = _directory() / "exchange.toml"
    file.write_bytes(octets)
    try:
        settings = load_settings(file)
    except NotConfigured as refused:
        faults = [one for one in refused.faults if not one.endswith(": there is no such setting")]
        if not refused.faults or any("SECRET" in fault for fault in faults):
            wrong("refused without a fault, or with a value in it")
        return False
    if settings.outbox.delivery_timeout_seconds >= settings.outbox.lease_seconds:
        wrong("a message would go out twice")
    if settings.party.split(":")[2] == settings.partner.urn.split(":")[2]:
        wrong("both authorities are of one side")
    return True


@cache
def _directory() -> Path:
    """Return a working directory with every file that settings may name."""
    held = TemporaryDirectory(prefix="fuzz-", dir=_memory())
    _kept.append(held)
    directory = Path(held.name)
    for name in ("keys", "trust"):
        (directory / name).mkdir()
    for name in ("keys/passphrase", "a.pem", "a.key"):
        (directory / name).touch()
    for name in [name for name in os.environ if name.startswith("EXCHANGE_")]:
        del os.environ[name]
    return directory


_kept: list[TemporaryDirectory[str]] = []


def _memory() -> str | None:
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108  # not shared


def rule_seeds() -> Iterator[bytes]:
    """Yield the shipped rule sets, and small ones that are just wrong."""
    for text in rule_texts().values():
        yield text.encode()
    head = f'name="{NAME}"\nfamily="x1"\neffective_from=2019-01-28\nen="e"\nes="e"\n'
    small = head + "reasons=[]\n[ports]\n2504=2019-01-28\n"
    reason = '[[reasons]]\ncode="minor"\nen="e"\nes="e"\nunder=18\n'
    without = head + "[ports]\n2504=2019-01-28\n"
    yield from (text.encode() for text in (small, without + reason, without, head))
    yield from (
        small.replace("2019-01-28", "2019-13-28").encode(),
        b"[[a]]\na=1",
        b"\xff",
        b"a=nan",
    )
    yield (without + reason + 'fear_in=["expressed"]\ncategory_in=["pregnancy"]').encode()
    yield b"a=" + b"[" * 1500


def port_seeds() -> Iterator[bytes]:
    """Yield the shipped ports, and small files that are just wrong."""
    yield (RULES_DIRECTORY / f"{PORTS}.toml").read_bytes()
    port = '[[port]]\ncode="2504"\nname="n"\ncity="c"\nzone="America/Tijuana"\n'
    point = '[[port.receiving_points]]\nid="MX-ONE"\nname="n"\ncity="c"\nzone="America/Tijuana"\n'
    texts = (port + point, port, port + point + point, (port + point).replace("Tijuana", "X"), "")
    yield from (text.encode() for text in (*texts, "port=7", "port=[1]", "[port]\na=1"))
    yield b"port=" + b"[" * 1500


def settings_seeds() -> Iterator[bytes]:
    """Yield small settings of each side, and one for each thing that can be wrong."""
    party = 'side="us"\nparty="urn:handoff:us:cbp:test"\n'
    partner = '[partner]\nurn="urn:handoff:mx:inm:test"\nurl="https://mx.invalid:8443"\n'
    base = party + partner
    yield base.encode()
    for section in (
        '[listen]\npartner="127.0.0.1:0"\ninternal="[::1]:0"\ntls="none"',
        '[listen]\ntls="direct"\ncertificate_file="a.pem"\nkey_file="a.key"\nclient_ca_file="a.pem"',
        '[listen]\ntls="behind-proxy"\npartner_socket="s"',
        '[listen]\npartner="0.0.0.0:1"',
        '[listen]\npartner="SECRET"',
        '[database]\nurl="postgresql://u:SECRET@h/n"',
        '[database]\nurl="sqlite:///x.db"',
        "[outbox]\nlease_seconds=5\ndelivery_timeout_seconds=6",
        "[outbox]\nbackoff_first_seconds=nan",
        "[inbox]\nconnections_max=0",
        "[cancellation]\nrelease_seconds=60",
        '[log]\nlevel="debug"',
        "[nowhere]\na=1",
        "[partner]",
    ):
        yield f"{base}{section}\n".encode()
    yield base.replace("us", "mx", 1).encode()
    yield from (
        b"",
        b"side=",
        b"\xff\xfe",
        b"a=" + b"[" * 1500,
        base.replace("https", "http").encode(),
    )
    yield base.replace("mx.invalid", "[").encode()


_SETTINGS_WORDS = (*Settings.model_fields, "SECRET", "urn:handoff:", "[", "]", "=", '"')
TARGETS = (
    Target("rules", check_rules, rule_seeds, words=tuple(RuleSet.model_fields)),
    Target("ports", check_ports, port_seeds, words=("[[port]]", "receiving_points", "zone")),
    Target("settings", check_settings, settings_seeds, words=_SETTINGS_WORDS),
)
