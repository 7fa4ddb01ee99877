"""
What both sides' truth must add up to: the rules of reconciliation, and what becomes of a breach.

Each rule is a small function whose docstring says it. It looks at one of few scopes
(``scopes``), reads no clock, and returns since when it is broken: so the same facts give the
same discrepancies on both sides, one by one as messages arrive or all of them at once.
``finding`` applies the rules at a time, ``folding`` makes scopes of handoffs, ``standing`` says
what to open, update and close. The rules L1 to L3 are the United States' alone.
"""

from exchange.domain.discrepancies.cases import CASE_RULES
from exchange.domain.discrepancies.causes import CAUSES, Why
from exchange.domain.discrepancies.channel import CHANNEL_RULES
from exchange.domain.discrepancies.hearings import HEARING_RULES
from exchange.domain.discrepancies.kin import KIN_RULES
from exchange.domain.discrepancies.line import LINE_RULES
from exchange.domain.discrepancies.ours import OUR_RULES
from exchange.domain.discrepancies.ports import PORT_RULES
from exchange.domain.discrepancies.rules import DESKS, Desk, LocalRule, Rule
from exchange.domain.discrepancies.speech import SPEECH_RULES
from exchange.domain.discrepancies.stays import STAY_RULES

__all__ = ["CAUSES", "DESKS", "OUR_RULES", "RULES", "Desk", "LocalRule", "Rule", "Why"]

RULES: tuple[Rule, ...] = tuple(
    sorted(
        (
            *LINE_RULES,
            *KIN_RULES,
            *STAY_RULES,
            *HEARING_RULES,
            *CASE_RULES,
            *CHANNEL_RULES,
            *PORT_RULES,
            *SPEECH_RULES,
        ),
        key=lambda rule: rule.id,
    )
)
"""The rules over what both sides know, by their ids."""
