"""mutmut, told which tests to run by their functions and not by the cases of a parametrization."""

import sys
from collections.abc import Iterable

from mutmut.__main__ import _run
from mutmut.runners.harness import PytestRunner

_plain = PytestRunner._pytest_args_regular_run  # noqa: SLF001  # no setting of mutmut's does this


def _whole(self: PytestRunner, tests: Iterable[str]) -> list[str]:
    """Return the arguments for *tests*: an id made of odd characters is not found again."""
    arguments: list[str] = _plain(self, sorted({one.partition("[")[0] for one in tests}))
    return arguments


if __name__ == "__main__":
    PytestRunner._pytest_args_regular_run = _whole  # noqa: SLF001  # as above
    _run(sys.argv[2:], int(sys.argv[1]))
