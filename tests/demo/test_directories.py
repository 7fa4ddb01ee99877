"""The demo's working directories are ordinary ones, but for settings that are shortened."""

import tomllib
from pathlib import Path

import pytest

from exchange.demo.directories import SHORTENED, shorten
from exchange.installation.directory import plan_of, settings_text


@pytest.mark.parametrize("side", ["us", "mx"])
def test_what_is_shortened_is_all_that_differs_from_what_init_writes(
    side: str, tmp_path: Path
) -> None:
    """Each of them stands in its own section, or it would stay as it is in the field."""
    config = tmp_path / "exchange.toml"
    config.write_text(settings_text(plan_of(side)), encoding="utf-8")
    usual = tomllib.loads(config.read_text(encoding="utf-8"))
    shorten(config)
    found = tomllib.loads(config.read_text(encoding="utf-8"))
    changed = {
        (section, name): value
        for section, members in found.items()
        if isinstance(members, dict)
        for name, value in members.items()
        if usual[section][name] != value
    }
    assert changed == {
        ("outbox", "backoff_first_seconds"): 0.2,
        ("outbox", "backoff_max_seconds"): 2,
        ("cancellation", "release_seconds"): 1,
        ("deadlines", "visa_seconds"): 5,
        ("deadlines", "last_delivery_seconds"): 0,
        ("deadlines", "presentation_grace_seconds"): 1,
    }
    assert len(changed) == len(SHORTENED)
