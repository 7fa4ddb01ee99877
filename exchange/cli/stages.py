"""``exchange stages``: the table of moves, as both sides hold to it."""

from exchange.cli.exits import language
from exchange.cli.options import Json, Lang, print_json


def stages(*, lang: Lang = None, as_json: Json = False) -> None:
    """Show which stage each message leads to from each, and the code that answers it."""
    from exchange.domain.drawing import draw_stages
    from exchange.domain.stages import MOVES

    del lang  # it was chosen before anything else was read
    if as_json:
        print_json([move._asdict() for move in MOVES])
    else:
        print(draw_stages(language()))
