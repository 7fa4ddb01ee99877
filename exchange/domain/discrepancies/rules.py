"""What each row of the table of rules has: how grave, whose, what it says, whom to call."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from exchange.domain.discrepancies.scopes import (
    Channel,
    Check,
    Family,
    OurRecord,
    Pair,
    PortDay,
    Record,
    Refused,
    StatedDay,
)
from exchange.domain.parties import Side
from exchange.domain.severity import Severity
from exchange.errors import Sentence


class Desk(StrEnum):
    """Whom to call."""

    PORT = "port"
    POINT = "point"
    SUPERVISORS = "supervisors"
    COURT = "court"
    DOCUMENTS = "documents"
    PRIVACY = "privacy"
    OPERATORS = "operators"
    POLICY = "policy"


DESKS: Mapping[Desk, Sentence] = MappingProxyType(
    {
        Desk.PORT: Sentence("duty officer of the port", "oficial de guardia del puerto"),
        Desk.POINT: Sentence(
            "duty officer of the receiving point", "oficial de guardia del punto de recepción"
        ),
        Desk.SUPERVISORS: Sentence(
            "supervisors of both sides, together", "supervisores de ambas partes, en conjunto"
        ),
        Desk.COURT: Sentence("court liaison of the port", "enlace del puerto con el tribunal"),
        Desk.DOCUMENTS: Sentence(
            "documents office of the receiving point",
            "área de documentación del punto de recepción",
        ),
        Desk.PRIVACY: Sentence(
            "privacy officers of both sides", "responsables de privacidad de ambas partes"
        ),
        Desk.OPERATORS: Sentence(
            "operators of both installations", "operadores de ambas instalaciones"
        ),
        Desk.POLICY: Sentence(
            "headquarters of both sides", "autoridades centrales de ambas partes"
        ),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """
    A rule as people read it.

    *owner* None is both sides together; where it *finds_owner*, each breach names the one side.
    """

    id: str
    severity: Severity
    owner: Side | None
    call: tuple[Desk, ...]
    name: Sentence
    says: Sentence
    remedy: Sentence
    finds_owner: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule(Words):
    """
    A rule over what both sides know: for each scope that it looks at, how.

    *awaits* names the message without which it cannot be told yet, and then it looks at nothing.
    """

    of_handoff: Check[Record] | None = None
    of_family: Check[Family] | None = None
    of_pair: Check[Pair] | None = None
    of_port_day: Check[PortDay] | None = None
    of_channel: Check[Channel] | None = None
    of_message: Check[Refused] | None = None
    of_statement: Check[StatedDay] | None = None
    awaits: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalRule(Words):
    """A rule over what the United States alone know: its findings are never sent."""

    of_ours: Check[OurRecord]
