"""When the logs are signed, and when all of them is worked out anew."""

from typing import Annotated

from pydantic import Field

from exchange.errors import Sentence
from exchange.settings.kinds import Seconds, Section


class Checkpoints(Section):
    """How often the sizes and roots of ledger and journal are signed."""

    look_seconds: Seconds = Field(
        10,
        description=Sentence(
            "how often it is looked whether a checkpoint is due",
            "cada cuánto se revisa si toca un punto de control",
        ),
    )
    every_seconds: Seconds = Field(
        60,
        description=Sentence(
            "how long after the last checkpoint a log that grew is signed again",
            "cuánto después del último punto de control se firma otra vez lo que creció",
        ),
    )
    entries_max: Annotated[int, Field(ge=1, le=1_000_000)] = Field(
        1000,
        description=Sentence(
            "after how many entries it is signed at once",
            "tras cuántos asientos se firma de inmediato",
        ),
    )
    night_hour_utc: Annotated[int, Field(ge=0, le=23)] = Field(
        10,
        description=Sentence(
            "at which hour, UTC, all of both logs is verified each night",
            "a qué hora, UTC, se verifica cada noche la totalidad de ambos registros",
        ),
    )
