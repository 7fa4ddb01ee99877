"""`exchange init` makes a working directory that is whole, private and never written over."""

import re
import stat
import tomllib
from typing import Any

import pytest
from pydantic import BaseModel

from exchange.installation.directory import plan_of, settings_text
from exchange.settings import Settings
from tests.cli.commands import Commands


def test_a_working_directory_has_all_that_the_design_names(commands: Commands) -> None:
    """Settings, encrypted private keys, passphrase, public keys, trust and a database are there."""
    made = commands.run("init", "new", "--side", "mx", "--json").json()
    new = commands.directory / "new"
    assert made["party"] == "urn:handoff:mx:inm"
    assert len(made["fingerprint"].split()) == 12
    assert all(len(group) == 5 for group in made["fingerprint"].split())
    for name in ("exchange.toml", "exchange.db", "keys/public.jws", "keys/roots.json", "trust"):
        assert (new / name).exists(), name
    assert commands.run("config", "check", "--config", new / "exchange.toml").code == 0


def settings_in(model: type[BaseModel], document: dict[str, Any], at: str = "") -> dict[str, Any]:
    """Return every setting of *model* with what *document* says of it, or "missing"."""
    found: dict[str, Any] = {}
    for name, field in model.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            found |= settings_in(kind, document.get(name, {}), f"{at}{name}.")
        else:
            found[at + name] = document.get(name, "missing")
    return found


def test_every_setting_stands_in_the_file_as_it_is_by_default() -> None:
    """An operator sees every limit there is and its value; what has no default is a remark."""
    every = re.sub(r"(?m)^# (?=\[|\w+ = )", "", settings_text(plan_of("us")))
    said = settings_in(Settings, tomllib.loads(every))
    assert [name for name, value in said.items() if value == "missing"] == []
    by_default = defaults_of(Settings)
    chosen = {"side", "party", "partner.urn", "partner.url"}
    limits = {name for name in said if by_default[name] is not None} - chosen
    assert {name: _as_text(said[name]) for name in limits} == {
        name: _as_text(by_default[name]) for name in limits
    }


def _as_text(value: object) -> str:
    """Return a setting as one text: of several values the order does not matter."""
    return str(sorted(value) if isinstance(value, list | frozenset) else value)


def defaults_of(model: type[BaseModel], at: str = "") -> dict[str, Any]:
    """Return what every setting of *model* is where nothing is said of it."""
    found: dict[str, Any] = {}
    for name, field in model.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            found |= defaults_of(kind, f"{at}{name}.")
        else:
            found[at + name] = field.get_default(call_default_factory=True)
    return found


def test_secrets_are_for_their_owner_alone(commands: Commands) -> None:
    """No other user can read a private key, the passphrase or a token, and no key is in clear."""
    commands.run("init", "new", "--side", "us")
    new = commands.directory / "new"
    secrets = [*new.rglob("*.jwk"), new / "keys/passphrase", new / "send.token"]
    assert len(secrets) == 12
    for secret in secrets:
        assert stat.S_IMODE(secret.stat().st_mode) == 0o600, secret
        assert '"d":' not in secret.read_text(encoding="utf-8")
        assert '"priv":' not in secret.read_text(encoding="utf-8")


def test_nothing_is_written_over(commands: Commands) -> None:
    """A second init of the same directory is refused and changes no file."""
    before = {file: file.read_bytes() for file in commands.directory.rglob("*") if file.is_file()}
    ended = commands.run("init", "us", "--side", "us")
    assert ended.code == 2
    assert "nothing was changed" in ended.err
    after = {file: file.read_bytes() for file in commands.directory.rglob("*") if file.is_file()}
    assert after == before


def test_what_an_operator_chooses_is_in_the_settings(commands: Commands) -> None:
    """Names, addresses and policy given to init stand in the file it writes."""
    ended = commands.run(
        *("init", "new", "--side", "us", "--urn", "urn:handoff:us:cbp:test"),
        *("--partner-urn", "urn:handoff:mx:inm:test", "--partner-url", "https://inm.example"),
        *("--listen-partner", "127.0.0.1:7001", "--listen-internal", "[::1]:7002"),
        *("--signatures", "es256"),
    )
    assert ended.code == 0
    text = (commands.directory / "new/exchange.toml").read_text(encoding="utf-8")
    settings = tomllib.loads(text)
    assert settings["party"] == "urn:handoff:us:cbp:test"
    assert settings["signature_policy"] == "es256"
    assert settings["partner"] == {"urn": "urn:handoff:mx:inm:test", "url": "https://inm.example"}
    assert settings["listen"]["internal"] == "[::1]:7002"


@pytest.mark.parametrize(
    "wrong", [("--urn", "cbp"), ("--partner-url", "http://inm.example"), ("--side", "fr")]
)
def test_a_choice_that_makes_no_sense_is_refused(
    commands: Commands, wrong: tuple[str, str]
) -> None:
    """A wrong name, an unsafe address and an unknown side are told before anything is relied on."""
    ended = commands.run("init", "new", "--side", "us", *wrong)
    assert ended.code in {2, 3}
    assert not list(commands.directory.glob("new/*"))


def test_the_two_plans_fit_each_other(commands: Commands) -> None:
    """Each side's partner address is where the other side listens."""
    us, mx = (
        tomllib.loads((commands.directory / side / "exchange.toml").read_text(encoding="utf-8"))
        for side in ("us", "mx")
    )
    assert us["partner"]["url"] == f"http://{mx['listen']['partner']}"
    assert mx["partner"]["url"] == f"http://{us['listen']['partner']}"
