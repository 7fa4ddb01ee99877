"""When the report of a day is made by itself."""

from typing import Annotated

from pydantic import Field, field_validator

from exchange.domain.places import LocalTimeRefused, zone_of
from exchange.errors import Sentence
from exchange.settings.kinds import Seconds, Section


class Reports(Section):
    """When the report of the day that closed is made, and how many missed ones are made up."""

    daily_at: Annotated[str, Field(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$")] = Field(
        "06:00",
        description=Sentence(
            "the time of day at which the report of the day before is made, HH:MM in its zone",
            "la hora a la que se hace el informe del día anterior, HH:MM en su zona",
        ),
    )
    zone: str = Field(
        "America/Tijuana",
        description=Sentence(
            "the zone of that time; by default that in which a day ends last",
            "la zona de esa hora; por omisión, aquella en que un día termina al último",
        ),
    )
    days_max: Annotated[int, Field(ge=1, le=366)] = Field(
        31,
        description=Sentence(
            "of how many of the last days a missed report is made up",
            "de cuántos de los últimos días se recupera un informe que faltó",
        ),
    )
    look_seconds: Seconds = Field(
        60,
        description=Sentence(
            "how often a report that is due is looked for",
            "cada cuánto se busca un informe que ya toca",
        ),
    )

    @field_validator("zone")
    @classmethod
    def _zone_is_known(cls, zone: str) -> str:
        try:
            zone_of(zone)
        except LocalTimeRefused as error:
            wanted = Sentence(
                "wants a zone of the tz database, such as America/Tijuana",
                "se necesita una zona de la base tz, como America/Tijuana",
            )
            raise ValueError(wanted) from error
        return zone
