"""The cancellation of a handoff: one constant, whatever the cause."""

from typing import Literal

from exchange.domain.messages.body import Body
from exchange.domain.wire import Revision


class ReturnCancellation(Body):
    """
    The handoff will not take place. Nothing more is ever said about why.

    Two cancellations differ in their salt and revision only, so that no cause can be told
    from them (8 CFR 208.6).
    """

    revision: Revision
    reason: Literal["withdrawn"]


def draft_cancellation(*, salt: str) -> ReturnCancellation:
    """Return a cancellation; at sealing ``handoff.complete`` writes the revision then last."""
    return ReturnCancellation(salt=salt, revision=1, reason="withdrawn")
