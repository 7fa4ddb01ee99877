"""``exchange serve``: run one side until it is told to stop."""

import errno

from exchange.cli.options import Config, settings_from
from exchange.errors import NotConfigured, Sentence

CANNOT_LISTEN = {errno.EADDRINUSE, errno.EADDRNOTAVAIL, errno.EACCES}


def serve(config: Config = None) -> None:
    """Run one side until SIGTERM or Ctrl-C; what was taken is finished first."""
    settings = settings_from(config)

    from exchange.service import run

    try:
        run(settings)
    except OSError as error:
        if error.errno not in CANNOT_LISTEN:
            raise
        wanted = Sentence(
            "listen: wants addresses that are free and ours",
            "listen: se necesitan direcciones libres y nuestras",
        )
        raise NotConfigured([wanted]) from error
