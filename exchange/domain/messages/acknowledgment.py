"""Mexico's answer to a notice (8). Silence is never an answer."""

from typing import Literal

from pydantic import ConfigDict, Field, ValidationInfo, field_validator

from exchange.domain.messages.body import Body
from exchange.domain.messages.conditions import null_unless
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

    model_config = ConfigDict(
        json_schema_extra={
            "allOf": [
                null_unless("code", when="answer", is_="refused"),
                null_unless("window", when="answer", is_="deferred"),
            ],
        },
    )

    revision: Revision
    answer: Literal["accepted", "refused", "deferred"]
    code: RefusalCode | None = Field(description="Why it is refused; otherwise null.")
    window: Window | None = Field(description="The window offered when deferred; otherwise null.")
    answered_at: UtcText
    officer: OfficerId

    @field_validator("code")
    @classmethod
    def _refused_has_a_code(
        cls, code: RefusalCode | None, info: ValidationInfo
    ) -> RefusalCode | None:
        if "answer" in info.data and (info.data["answer"] == "refused") != (code is not None):
            message = "a code stands exactly where the answer is refused"
            raise ValueError(message)
        return code

    @field_validator("window")
    @classmethod
    def _deferred_has_a_window(cls, window: Window | None, info: ValidationInfo) -> Window | None:
        if "answer" in info.data and (info.data["answer"] == "deferred") != (window is not None):
            message = "a window stands exactly where the answer is deferred"
            raise ValueError(message)
        return window
