"""Every error ends a command with its own exit code and words, and no traceback."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from exchange import errors
from exchange.cli.exits import exit_code, explain, language
from exchange.errors import Sentence
from tests.cli.commands import Commands

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.UsageWrong(), 2),
        (errors.NotConfigured([]), 3),
        (errors.NotFound(), 4),
        (errors.Unauthenticated(), 5),
        (errors.KeySetRefused(), 5),
        (errors.EvidenceBroken(), 6),
        (errors.Unreachable(), 1),
        (errors.StoreFailed(), 1),
    ],
)
def test_the_exit_code_is_that_of_the_nearest_class(error: errors.ExchangeError, code: int) -> None:
    """Usage 2, settings 3, not found 4, refused 5, integrity 6, and 1 for what time must mend."""
    assert exit_code(error) == code


def test_faults_are_told_one_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """An operator sees every fault of the settings under one heading."""
    monkeypatch.setenv("EXCHANGE_LANG", "en")
    lines = explain(
        errors.NotConfigured(
            [Sentence("a: wants b", "a: pide b"), Sentence("c: wants d", "c: pide d")]
        )
    ).splitlines()
    assert lines[1:] == ["  - a: wants b", "  - c: wants d"]


def test_pointers_are_told_and_values_are_not() -> None:
    """A document at fault is explained by where and what kind, never by what was written."""
    assert "/person/sex: not-in-list" in explain(
        errors.Invalid([errors.Fault("/person/sex", "not-in-list")])
    )


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"LANG": "es_MX.UTF-8"}, "es"),
        ({"LANG": "es_MX.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "C", "EXCHANGE_LANG": "es"}, "es"),
        ({}, "en"),
    ],
)
def test_the_environment_chooses_the_language(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], expected: str
) -> None:
    """Spanish when the environment asks for it, as POSIX ranks its variables; else English."""
    for name in ("EXCHANGE_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert language() == expected


def test_errors_go_to_stderr_in_the_operators_language(commands: Commands) -> None:
    """A handoff that is not there is said in Spanish on stderr, and stdout stays empty."""
    commands.patch.setenv("EXCHANGE_LANG", "es")
    ended = commands.us("status", "00000000-0000-4000-8000-000000000000")
    assert ended.code == 4
    assert "No encontrado" in ended.err
    assert ended.out == ""


@pytest.mark.parametrize("arguments", [(), ("nothing",), ("keys", "trust"), ("send", "--config")])
def test_a_command_called_wrongly_exits_with_two(
    commands: Commands, arguments: tuple[str, ...]
) -> None:
    """No command, an unknown one, or missing arguments are usage errors."""
    assert commands.run(*arguments).code == 2


def test_all_faults_of_the_settings_are_told_at_once(commands: Commands) -> None:
    """`config check` names each wrong setting, and exits with 3."""
    commands.patch.setenv("EXCHANGE_OUTBOX__LEASE_SECONDS", "0")
    commands.patch.setenv("EXCHANGE_LISTEN__PARTNER", "0.0.0.0:8443")
    ended = commands.us("config", "check")
    assert ended.code == 3
    assert "outbox.lease_seconds: wants" in ended.err
    assert "listen.tls: wants" in ended.err


def test_help_starts_without_the_heavy_libraries() -> None:
    """The command line is ready before SQL, cryptography, HTTP and the models are imported."""
    heavy = ("sqlalchemy", "cryptography", "aiohttp", "pydantic", "alembic", "exchange.flow")
    code = f"import sys, exchange.cli; print([m for m in {heavy} if m in sys.modules])"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "[]"


def test_an_address_in_use_is_a_fault_of_the_settings(commands: Commands) -> None:
    """`serve` on a port that somebody has exits with 3 and says so, without a traceback."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        commands.patch.setenv("EXCHANGE_LISTEN__PARTNER", f"127.0.0.1:{port}")
        ended = subprocess.run(
            [sys.executable, "-m", "exchange", "serve", "--config", "us/exchange.toml"],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
    assert ended.returncode == 3, ended.stderr
    assert "listen: wants addresses that are free" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_the_module_is_the_command() -> None:
    """`python -m exchange --version` says the version."""
    ended = subprocess.run(
        [sys.executable, "-m", "exchange", "--version"], capture_output=True, text=True, check=True
    )
    assert ended.stdout.startswith("exchange 0.")
