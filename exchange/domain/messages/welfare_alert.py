"""Something is wrong with a person, now. It overtakes everything; the rest is said by voice."""

from typing import Literal

from pydantic import Field

from exchange.domain.messages.body import Body


class WelfareAlert(Body):
    """Both duty officers are called until a person answers. It says that, and never what it is."""

    code: Literal["call-now", "child-alone", "group-split", "missing"] = Field(
        description="Why to call the duty number of the contacts; details by voice only.",
    )
