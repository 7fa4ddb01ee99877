"""Who is told of an alarm that nobody has ended: first the desk, then the region, then the top."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from pydantic import BaseModel, ConfigDict, Field, PositiveInt, model_validator

from exchange.domain.severity import SEVERITIES, Severity
from exchange.errors import Sentence

_HOUR, _DAY = 3_600, 86_400


class Level(StrEnum):
    """Who is told of an alarm, from the desk that has the handoff upwards."""

    PORT = "port"
    REGION = "region"
    HEADQUARTERS = "headquarters"


LEVELS: Mapping[Level, Sentence] = MappingProxyType(
    {
        Level.PORT: Sentence("port or receiving point", "puerto o punto de recepción"),
        Level.REGION: Sentence("region", "región"),
        Level.HEADQUARTERS: Sentence("headquarters", "oficinas centrales"),
    }
)


def _told(level: Level, severity: Severity, seconds: int) -> int:
    """Return the field that says after how long *level* is told of an alarm of *severity*."""
    who, how = LEVELS[level], SEVERITIES[severity]
    words = Sentence(
        f"From opening a {how.en} alarm until the {who.en} level is told.",
        f"Desde que se abre una alarma {how.es} hasta que se avisa al nivel de {who.es}.",
    )
    field: int = Field(default=seconds, description=words)
    return field


class Escalation(BaseModel):
    """After how long an alarm that nobody has ended is told further up, by its severity."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    region_after_critical_seconds: PositiveInt = _told(Level.REGION, Severity.CRITICAL, _HOUR)
    region_after_high_seconds: PositiveInt = _told(Level.REGION, Severity.HIGH, _DAY)
    region_after_normal_seconds: PositiveInt = _told(Level.REGION, Severity.NORMAL, 5 * _DAY)
    headquarters_after_critical_seconds: PositiveInt = _told(
        Level.HEADQUARTERS, Severity.CRITICAL, 4 * _HOUR
    )
    headquarters_after_high_seconds: PositiveInt = _told(
        Level.HEADQUARTERS, Severity.HIGH, 3 * _DAY
    )
    headquarters_after_normal_seconds: PositiveInt = _told(
        Level.HEADQUARTERS, Severity.NORMAL, 10 * _DAY
    )

    @model_validator(mode="after")
    def _region_first(self) -> "Escalation":
        for each in Severity:
            if self.seconds(Level.REGION, each) > self.seconds(Level.HEADQUARTERS, each):
                message = "the region is told before headquarters"
                raise ValueError(message)
        return self

    def seconds(self, level: Level, severity: Severity) -> int:
        """Return how long after an alarm has opened *level* is told: the desk at once."""
        if level is Level.PORT:
            return 0
        return int(getattr(self, f"{level}_after_{severity}_seconds"))
