"""
The ``exchange`` command: one file per noun, errors turned into exit codes in one place.

Every command imports what it needs when it runs, so that ``exchange --help`` and the next
command of a shell loop start at once.
"""

import sys

from exchange.cli.app import app
from exchange.cli.exits import exit_code, explain
from exchange.errors import ExchangeError


def main() -> None:
    """Run the command line; on an error of ours say it on stderr and exit with its code."""
    try:
        app()
    except ExchangeError as error:
        sys.stderr.write(explain(error) + "\n")
        sys.exit(exit_code(error))
