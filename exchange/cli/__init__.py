"""
The ``exchange`` command: one file per noun, errors told and turned into exit codes in one place.

Every command imports what it needs when it runs, so that ``exchange --help`` and the next
command of a shell loop start at once.
"""

import sys

import typer

from exchange.cli.app import app
from exchange.cli.exits import exit_code, explain, language, speak, unusable
from exchange.cli.help import helping_in
from exchange.cli.usage import shows_help, usage_wrong
from exchange.errors import ExchangeError


def main() -> None:
    """Run the command line and exit with its code; an error is told on stderr."""
    speak(None)
    try:
        ended = helping_in(language(), app).main(standalone_mode=False)
    except typer.TyperException as error:
        sys.exit(2 if shows_help(error) else _told(usage_wrong(error)))
    except ExchangeError as error:
        sys.exit(_told(error))
    except OSError as error:
        if error.filename is None:
            raise
        sys.exit(_told(unusable(error)))
    sys.exit(ended)


def _told(error: ExchangeError) -> int:
    sys.stderr.write(explain(error) + "\n")
    return exit_code(error)
