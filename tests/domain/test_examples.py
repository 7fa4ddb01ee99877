"""The decisions with which a newcomer tries the exchange."""

import json
from datetime import date
from pathlib import Path

from exchange.domain.decision import read_decision
from exchange.domain.screening import Cleared, Withheld, screen
from tests.builders import places, rule_book

EXAMPLES = Path(__file__).parents[2] / "examples" / "decisions.jsonl"


def test_the_example_decisions_are_sound_and_one_is_withheld() -> None:
    """Eleven of the twelve are cleared under the default rules; one expressed fear."""
    lines = EXAMPLES.read_text("utf-8").splitlines()
    decisions = [read_decision(json.loads(line), places()) for line in lines]
    results = [screen(each, rule_book(), on=date(2027, 1, 1)) for each in decisions]
    assert len({each.decision_id for each in decisions}) == 12
    assert sum(isinstance(result, Cleared) for result in results) == 11
    assert [result for result in results if isinstance(result, Withheld)] == [
        Withheld("as-announced-2019", ("fear",))
    ]
