"""The end of a case: one constant, whatever the cause."""

from typing import Literal

from exchange.domain.messages.body import Body
from exchange.domain.wire import UuidText


class CaseClosure(Body):
    """
    No further return of this person is to be expected. Nothing is ever said about why.

    It bears the last handoff of the case as its subject. Two closures differ in their salt and
    case only, so that no cause can be told from them (8 CFR 208.6).
    """

    case: UuidText
    reason: Literal["closed"]
