"""
Why a handoff is stopped, in one list, and where a stop comes too late.

A cause is ours alone: it is in the journal and on our row, and in nothing that is ever said.
"""

from collections.abc import Collection
from enum import StrEnum
from typing import Literal, get_args

from exchange.domain.stages import Stage
from exchange.errors import Fault, Invalid


class Cause(StrEnum):
    """Why a handoff is held or taken back."""

    FEAR = "fear"
    MEDICAL = "medical"
    FAMILY = "family"
    LEGAL = "legal"
    DATA = "data"
    CAPACITY = "capacity"
    CUSTODY = "custody"
    OTHER = "other"


HoldCause = Literal[Cause.FEAR, Cause.MEDICAL, Cause.FAMILY, Cause.LEGAL, Cause.DATA, Cause.OTHER]
"""For what a person may be held. Want of room or transport ends one return: it holds nobody."""

HOLD_CAUSES: frozenset[Cause] = frozenset(get_args(HoldCause))

OVER_THE_LINE: frozenset[Stage] = frozenset(
    {Stage.DEPARTED, Stage.RECEIVED, Stage.DOCUMENTED, Stage.NOT_PRESENTED}
)
"""The stages in which the person is in Mexico: a stop there is a recall."""


def read_cause(document: object, among: Collection[Cause] = frozenset(Cause)) -> Cause:
    """
    Return the cause that a caller names, one of those *among* which it may choose.

    Raises:
        Invalid: There is none, or none that we know.
    """
    if not isinstance(document, dict):
        raise Invalid([Fault("", "wrong-type")])
    if document.keys() - {"cause"}:
        raise Invalid([Fault("", "unknown-member")])
    if "cause" not in document:
        raise Invalid([Fault("/cause", "missing")])
    cause = document["cause"]
    if not isinstance(cause, str) or cause not in among:
        raise Invalid([Fault("/cause", "not-in-list")])
    return Cause(cause)
