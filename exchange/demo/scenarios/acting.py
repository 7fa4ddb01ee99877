"""What every deed is made of: whom it is about, and what comes of it."""

import datetime as dt
from collections.abc import Awaitable, Callable

from exchange.demo.scenarios.actors import Actor
from exchange.demo.scenarios.wording import Step
from exchange.domain.parties import HandoffId
from exchange.errors import ExchangeError, Invalid, NotFound

OFFICIAL = "INM-2019"
PORT = "CBP-2019"
DONE: frozenset[str] = frozenset()
USUAL = Step(at=dt.datetime(1970, 1, 1, tzinfo=dt.UTC), who=("nobody",), do="answer")
"""What a step says of a deed of which the file says nothing."""

Codes = frozenset[str]
"""With which codes something was refused; none where it was done."""

Act = Callable[[Actor, Step], Awaitable[Codes]]


def codes_of(error: ExchangeError) -> Codes:
    """Return the code of an error, and of each fault that it carries."""
    faults = error.faults if isinstance(error, Invalid) else ()
    return frozenset({error.code, *(fault.code for fault in faults)})


def handoff_of(actor: Actor) -> HandoffId:
    """
    Return the handoff of somebody.

    Raises:
        NotFound: The person was never announced.
    """
    if actor.handoff is None:
        raise NotFound
    return HandoffId(actor.handoff)


def hearing_of(actor: Actor, step: Step) -> str:
    """Return the hearing that is spoken of: the person's own, or one that nobody said."""
    hearing = str(actor.document["hearing"]["hearing"])
    if step.hearing != "other":
        return hearing
    return f"{hearing[:-4]}{int(hearing[-4:], 16) ^ 0xFFFF:04x}"
