"""``exchange serve``: run one side until it is told to stop."""

from exchange.cli.options import Config, settings_from


def serve(config: Config = None) -> None:
    """Run one side until SIGTERM or Ctrl-C; what was taken is finished first."""
    settings = settings_from(config)

    from exchange.service import run

    run(settings)
