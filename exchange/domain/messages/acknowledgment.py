"""Mexico's answer to a notice (8). Silence is never an answer."""

from typing import Annotated, Literal

from pydantic import Field

from exchange.domain.messages.body import Body
from exchange.domain.messages.conditions import where
from exchange.domain.places import Window
from exchange.domain.wire import OfficerId, Revision, UtcText

RefusalCode = Literal[
    "NO_FUTURE_HEARING",
    "NATIONALITY",
    "AGE",
    "CAPACITY",
    "WINDOW_CLOSED",
    "PORT_CLOSED",
    "GROUP_INCOMPLETE",
    "IDENTITY_DOUBT",
    "MINOR_UNACCOMPANIED",
    "DOCUMENT_MISSING",
    "OTHER_MX",
]


class Acknowledgment(Body):
    """The answer to one revision of a notice."""

    revision: Revision
    answer: Literal["accepted", "refused", "deferred"]
    code: Annotated[RefusalCode | None, where("answer", "refused")] = Field(
        description="Why it is refused; otherwise null.",
    )
    window: Annotated[Window | None, where("answer", "deferred")] = Field(
        description="The window offered when deferred; otherwise null.",
    )
    answered_at: UtcText
    officer: OfficerId
