"""The number by which people speak of something, as a path names it."""

import re
from typing import Final

from aiohttp import web

from exchange import errors

_NUMBER: Final = re.compile("[1-9][0-9]{0,14}")


def number_of(request: web.Request) -> int:
    """
    Return the number that the path names.

    Raises:
        NotFound: What stands there is no number.
    """
    named = request.match_info["number"]
    if _NUMBER.fullmatch(named) is None:
        raise errors.NotFound
    return int(named)
