"""Whoever takes part in a scenario, and what is done about them at which moment."""

import datetime as dt
from dataclasses import dataclass, field
from typing import NamedTuple

from exchange.demo.people import Document
from exchange.demo.scenarios.wording import Behaviour, Step


@dataclass(slots=True)
class Actor:
    """Somebody of the scenario: what is decided about them, and what happens to them."""

    name: str
    port: str
    behaviour: Behaviour
    document: Document = field(repr=False)
    same_case_as: str | None = None
    family: str | None = None
    handoff: str | None = None
    of_crowd: bool = False
    """Nothing but the usual happens to who is one of many."""
    has_crossed: bool = False
    was_received: bool = False
    version: int = 1
    """That of the hearing as the court last moved it."""
    told: int = 1
    """The version that the person's paper has."""
    number: str = ""
    """That of the document given in Mexico."""


class Deed(NamedTuple):
    """What is done about somebody at a moment; *step* where the file says it in so many words."""

    at: dt.datetime
    do: str
    who: str
    step: Step | None = None


@dataclass(slots=True)
class Cast:
    """Everybody by name, and every deed in the order of time."""

    actors: dict[str, Actor]
    deeds: list[Deed]
    of_unknown_port: int
    """How many the source counts without saying where: nobody can be decided about nowhere."""

    def families(self) -> dict[str, str]:
        """Return the name of each family by its group."""
        return {
            actor.document["family"]["group"]: actor.family
            for actor in self.actors.values()
            if actor.family and actor.document["family"]
        }
