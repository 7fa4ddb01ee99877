"""A file that is no data is refused, whatever it is instead."""

import pytest

from exchange.domain.places import load_places
from exchange.domain.screening import load_rules
from exchange.domain.toml import parse_toml

DEEP = "port = " + "[" * 2000


@pytest.mark.parametrize("text", ["port =", DEEP])
def test_what_is_no_toml_is_refused(text: str) -> None:
    """A text that breaks off, or is nested without end, is refused as any wrong value is."""
    for load in (parse_toml, load_places, lambda text: load_rules({"x": text})):
        with pytest.raises(ValueError):  # noqa: PT011  # whatever the words are
            load(text)
