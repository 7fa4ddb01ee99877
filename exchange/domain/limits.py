"""
How long each side has, and how old a thing may be: the numbers of the agreement.

The defaults are those the field was found with. Every one is a setting, has its unit in its
name, and says in both languages from when until when it counts.
"""

from pydantic import BaseModel, ConfigDict, Field, model_validator

from exchange.domain.escalation import Escalation
from exchange.errors import Sentence

HOUR, DAY = 3_600, 86_400


class Limits(BaseModel):
    """How long each side has. The defaults are those the field was found with."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    receipt_seconds: int = Field(
        default=300,
        ge=1,
        description=Sentence(
            "From sealing a message until its receipt is held.",
            "Desde que se sella un mensaje hasta tener su constancia de recibo.",
        ),
    )
    cancellation_receipt_seconds: int = Field(
        default=120,
        ge=1,
        description=Sentence(
            "From the tick at which a cancellation leaves until its receipt is held.",
            "Desde el tictac en que sale una cancelación hasta tener su constancia de recibo.",
        ),
    )
    notice_lead_seconds_min: int = Field(
        default=4 * HOUR,
        ge=0,
        description=Sentence(
            "How long before its window opens a notice goes out at the latest.",
            "Cuánto antes de abrirse su ventana sale a más tardar un aviso.",
        ),
    )
    notice_lead_seconds_max: int = Field(
        default=72 * HOUR,
        ge=1,
        description=Sentence(
            "How long before its window opens a notice goes out at the earliest.",
            "Cuánto antes de abrirse su ventana sale lo más temprano un aviso.",
        ),
    )
    acknowledgment_seconds: int = Field(
        default=2 * HOUR,
        ge=1,
        description=Sentence(
            "From the notice until Mexico's answer.", "Desde el aviso hasta la respuesta de México."
        ),
    )
    acknowledgment_before_window_seconds: int = Field(
        default=HOUR,
        ge=0,
        description=Sentence(
            "How long before the window opens the answer is due at the latest.",
            "Cuánto antes de abrirse la ventana vence a más tardar la respuesta.",
        ),
    )
    window_seconds: int = Field(
        default=0,
        ge=0,
        description=Sentence(
            "From the end of the window until the person has crossed, or the notice is revised "
            "or taken back.",
            "Desde el fin de la ventana hasta que la persona cruzó, o el aviso se revisa o se "
            "retira.",
        ),
    )
    reception_seconds: int = Field(
        default=2 * HOUR,
        ge=1,
        description=Sentence(
            "From the end of the window until Mexico says what was seen at the line.",
            "Desde el fin de la ventana hasta que México dice qué se vio en la línea.",
        ),
    )
    reception_after_departure_seconds: int = Field(
        default=HOUR,
        ge=1,
        description=Sentence(
            "The same from the crossing, where the crossing was said.",
            "Lo mismo desde el cruce, donde se dijo el cruce.",
        ),
    )
    whereabouts_seconds: int = Field(
        default=2 * HOUR,
        ge=1,
        description=Sentence(
            "From the crossing until nobody knows where the person is.",
            "Desde el cruce hasta que nadie sabe dónde está la persona.",
        ),
    )
    visa_seconds: int = Field(
        default=DAY,
        ge=1,
        description=Sentence(
            "From the reception until the document that was given.",
            "Desde la recepción hasta el documento que se dio.",
        ),
    )
    confirmation_seconds: int = Field(
        default=2 * HOUR,
        ge=1,
        description=Sentence(
            "From Mexico's doubt about a hearing until it is confirmed or not.",
            "Desde la duda de México sobre una audiencia hasta que se confirma o no.",
        ),
    )
    delivery_seconds: int = Field(
        default=72 * HOUR,
        ge=1,
        description=Sentence(
            "From a change of the hearing until the person was told of it.",
            "Desde un cambio de audiencia hasta que se informó a la persona.",
        ),
    )
    delivery_before_hearing_seconds: int = Field(
        default=7 * DAY,
        ge=0,
        description=Sentence(
            "How long before the hearing the person is told of a change at the latest.",
            "Cuánto antes de la audiencia se informa a la persona de un cambio a más tardar.",
        ),
    )
    last_delivery_seconds: int = Field(
        default=3 * DAY,
        ge=0,
        description=Sentence(
            "How long before the hearing a change of it that was not told is critical.",
            "Cuánto antes de la audiencia un cambio que no se informó se vuelve crítico.",
        ),
    )
    stay_buffer_days: int = Field(
        default=14,
        ge=0,
        description=Sentence(
            "How long the document is valid after the day on which the person must present.",
            "Cuánto vale el documento después del día en que la persona debe presentarse.",
        ),
    )
    stay_check_seconds: int = Field(
        default=14 * DAY,
        ge=0,
        description=Sentence(
            "How long before the presentation the document is valid for so long.",
            "Cuánto antes de la cita en el puerto el documento tiene esa vigencia.",
        ),
    )
    stay_extension_seconds: int = Field(
        default=3 * DAY,
        ge=0,
        description=Sentence(
            "The same at the very last.",
            "Lo mismo a más no poder.",
        ),
    )
    presentation_grace_seconds: int = Field(
        default=2 * HOUR,
        ge=0,
        description=Sentence(
            "From when the person must present until it may be said that they did not.",
            "Desde que la persona debe presentarse hasta que puede decirse que no lo hizo.",
        ),
    )
    presentation_seconds: int = Field(
        default=HOUR,
        ge=1,
        description=Sentence(
            "From the end of that grace until it is said whether the person presented.",
            "Desde el fin de esa tolerancia hasta decir si la persona se presentó.",
        ),
    )
    case_review_seconds: int = Field(
        default=150 * DAY,
        ge=1,
        description=Sentence(
            "From the reception until the case is looked at, if it has not ended.",
            "Desde la recepción hasta que se revisa el caso, si no ha terminado.",
        ),
    )
    case_end_seconds: int = Field(
        default=180 * DAY,
        ge=1,
        description=Sentence(
            "From the reception until the case has generally ended.",
            "Desde la recepción hasta que el caso por lo general terminó.",
        ),
    )
    hearing_source_seconds: int = Field(
        default=DAY,
        ge=1,
        description=Sentence(
            "How old the reading of the court's schedule may be when a person departs.",
            "Qué antigüedad puede tener la lectura del calendario del tribunal en una partida.",
        ),
    )
    outage_entry_seconds: int = Field(
        default=DAY,
        ge=1,
        description=Sentence(
            "From the end of an outage until what was put on paper is entered.",
            "Desde el fin de una interrupción hasta capturar lo anotado en papel.",
        ),
    )
    next_window_days: int = Field(
        default=7,
        ge=0,
        le=90,
        description=Sentence(
            "How many days ahead the next window with room is looked for.",
            "Cuántos días adelante se busca la siguiente ventana con cupo.",
        ),
    )
    escalation: Escalation = Escalation()

    @model_validator(mode="after")
    def _in_order(self) -> "Limits":
        for first, last in _ORDERED:
            if getattr(self, first) > getattr(self, last):
                message = f"{first} is not over {last}"
                raise ValueError(message)
        return self


_ORDERED = (
    ("notice_lead_seconds_min", "notice_lead_seconds_max"),
    ("reception_after_departure_seconds", "whereabouts_seconds"),
    ("stay_extension_seconds", "stay_check_seconds"),
    ("last_delivery_seconds", "delivery_before_hearing_seconds"),
    ("case_review_seconds", "case_end_seconds"),
)
