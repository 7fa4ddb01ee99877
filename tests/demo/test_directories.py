"""The demo's working directories are ordinary ones, but for settings that are shortened."""

import pytest

from exchange.demo.directories import SHORTENED
from exchange.installation.directory import plan_of, settings_text


@pytest.mark.parametrize("side", ["us", "mx"])
def test_what_is_shortened_stands_once_in_what_init_writes(side: str) -> None:
    """A setting that init writes otherwise would stay as it is in the field."""
    written = settings_text(plan_of(side))
    assert {usual: written.count(usual) for usual in SHORTENED} == dict.fromkeys(SHORTENED, 1)
    assert all(
        usual.partition(" = ")[0] == short.partition(" = ")[0] for usual, short in SHORTENED.items()
    )
