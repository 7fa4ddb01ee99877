"""
From when on a difference is a discrepancy, and by when somebody must have dealt with it.

What a rule shares with a deadline is read from ``domain.limits``; here is what only the rules
know. Every one is a setting, has its unit in its name, and says what it counts in both languages.
"""

from datetime import date, datetime

from pydantic import BaseModel, ConfigDict, Field

from exchange.domain.due import LAST, after
from exchange.domain.limits import DAY, HOUR
from exchange.domain.severity import Severity
from exchange.errors import Sentence

MONDAY_TO_FRIDAY = 5


class Thresholds(BaseModel):
    """What the rules measure with. The defaults are those the field was found with."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    critical_due_seconds: int = Field(
        default=HOUR,
        ge=1,
        description=Sentence(
            "From a critical discrepancy until it is dealt with, day or night.",
            "Desde una discrepancia crítica hasta que se resuelve, de día o de noche.",
        ),
    )
    high_due_seconds: int = Field(
        default=DAY,
        ge=1,
        description=Sentence(
            "From a high discrepancy until it is dealt with.",
            "Desde una discrepancia alta hasta que se resuelve.",
        ),
    )
    normal_due_working_days: int = Field(
        default=5,
        ge=0,
        le=60,
        description=Sentence(
            "From a normal discrepancy until it is dealt with, in days from Monday to Friday.",
            "Desde una discrepancia normal hasta que se resuelve, en días de lunes a viernes.",
        ),
    )
    days_off: frozenset[date] = Field(
        default=frozenset(),
        description=Sentence(
            "Days from Monday to Friday on which nobody works on either side.",
            "Días de lunes a viernes en que no se trabaja en ninguna de las partes.",
        ),
    )
    nationalities_never: frozenset[str] = Field(
        default=frozenset({"MEX"}),
        description=Sentence(
            "Whose nationals are never handed over (R08).",
            "Los nacionales de qué países nunca se entregan (R08).",
        ),
    )
    overtaking_seconds: int = Field(
        default=300,
        ge=0,
        description=Sentence(
            "How long a message that another has overtaken is waited for (R10).",
            "Cuánto se espera un mensaje al que otro se adelantó (R10).",
        ),
    )
    family_seconds: int = Field(
        default=900,
        ge=0,
        description=Sentence(
            "From a family's newest notice until all of it is announced alike (R06).",
            "Desde el último aviso de una familia hasta que toda está avisada igual (R06).",
        ),
    )
    adult_seconds: int = Field(
        default=1_800,
        ge=0,
        description=Sentence(
            "From a child's crossing until an adult of the family is received (R07).",
            "De que cruza una niña, niño o adolescente a que se recibe a un adulto (R07).",
        ),
    )
    stay_critical_seconds: int = Field(
        default=7 * DAY,
        ge=0,
        description=Sentence(
            "How long before the presentation a document that ends too soon is critical (R12).",
            "Cuánto antes de la cita en el puerto es crítico un documento que vence antes (R12).",
        ),
    )
    unscheduled_seconds: int = Field(
        default=7 * DAY,
        ge=0,
        description=Sentence(
            "How long a person may wait with no hearing scheduled (R13).",
            "Cuánto puede esperar una persona sin audiencia programada (R13).",
        ),
    )
    delivery_critical_seconds: int = Field(
        default=7 * DAY,
        ge=0,
        description=Sentence(
            "How long before the hearing a change that was not told is critical (R14).",
            "Cuánto antes de la audiencia es crítico un cambio que no se informó (R14).",
        ),
    )
    presentation_apart_seconds: int = Field(
        default=DAY,
        ge=0,
        description=Sentence(
            "How far from the hearing a person may present for it (R18).",
            "A qué distancia de la audiencia puede presentarse una persona (R18).",
        ),
    )
    exit_seconds: int = Field(
        default=DAY,
        ge=1,
        description=Sentence(
            "Between a presentation and the exit that belongs to it (R19).",
            "Entre una cita en el puerto y la salida que le corresponde (R19).",
        ),
    )
    gap_seconds: int = Field(
        default=60,
        ge=0,
        description=Sentence(
            "How long a number may be missing from the partner's messages (R23).",
            "Cuánto puede faltar un número entre los mensajes de la contraparte (R23).",
        ),
    )
    day_closes_seconds: int = Field(
        default=HOUR,
        ge=0,
        description=Sentence(
            "From the end of a port's day until its counts must agree (R24).",
            "Desde el fin del día de un puerto hasta que sus cuentas deben coincidir (R24).",
        ),
    )
    late_entry_seconds: int = Field(
        default=DAY,
        ge=1,
        description=Sentence(
            "From an event until the message that says it (R25).",
            "Desde un hecho hasta el mensaje que lo dice (R25).",
        ),
    )
    skew_seconds: int = Field(
        default=120,
        ge=0,
        description=Sentence(
            "How far after its own message an event may lie (R25).",
            "Cuánto después de su propio mensaje puede estar un hecho (R25).",
        ),
    )
    refusals_percent_max: int = Field(
        default=10,
        ge=0,
        le=100,
        description=Sentence(
            "How many in a hundred of a window may be refused (R26).",
            "Cuántas personas de cada cien de una ventana pueden ser rechazadas (R26).",
        ),
    )
    refusals_min: int = Field(
        default=2,
        ge=1,
        description=Sentence(
            "From how many refusals on a share of a window is a trend (R26).",
            "Desde cuántos rechazos la proporción de una ventana es tendencia (R26).",
        ),
    )
    refusals_of_one_code: int = Field(
        default=3,
        ge=1,
        description=Sentence(
            "From how many refusals with one code on a day is a trend (R26).",
            "Desde cuántos rechazos con un mismo código hay tendencia en un día (R26).",
        ),
    )
    alert_seconds: int = Field(
        default=900,
        ge=0,
        description=Sentence(
            "From a welfare alert until a person has taken it up (R27).",
            "Desde una alerta de bienestar hasta que una persona la atiende (R27).",
        ),
    )
    correction_seconds: int = Field(
        default=DAY,
        ge=1,
        description=Sentence(
            "From a correction until a person has taken it up (R28).",
            "Desde una corrección hasta que una persona la atiende (R28).",
        ),
    )
    cancellation_seconds: int = Field(
        default=60,
        ge=0,
        description=Sentence(
            "From the tick after a hold until the cancellation was said (L1, L2).",
            "Desde el tictac tras una retención hasta que se dijo la cancelación (L1, L2).",
        ),
    )
    court_seconds: int = Field(
        default=DAY,
        ge=1,
        description=Sentence(
            "From reading another date in the court's schedule until it is said (L3).",
            "Desde leer otra fecha en el calendario del tribunal hasta que se dice (L3).",
        ),
    )

    def due_at(self, since: datetime, severity: Severity) -> datetime:
        """Return by when a discrepancy that stands since then must have been dealt with."""
        if severity is Severity.NORMAL:
            return self._working_days_after(since)
        is_critical = severity is Severity.CRITICAL
        return after(since, self.critical_due_seconds if is_critical else self.high_due_seconds)

    def _working_days_after(self, since: datetime) -> datetime:
        """Return the same hour so many working days later, by UTC."""
        due, left = since, self.normal_due_working_days
        while left and due < LAST:
            due = after(due, DAY)
            left -= due.weekday() < MONDAY_TO_FRIDAY and due.date() not in self.days_off
        return due
