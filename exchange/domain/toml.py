"""Dated data in TOML: what a file says, or why it is none."""

import tomllib
from typing import Any


def parse_toml(text: str) -> dict[str, Any]:
    """
    Return what a file in TOML says.

    Raises:
        ValueError: The text is not TOML, or nested deeper than anyone would write by hand:
            the parser of Python calls itself for each level.
    """
    try:
        return tomllib.loads(text)
    except RecursionError as fault:
        message = "values are nested too deeply"
        raise ValueError(message) from fault
