"""
Every case, in the order in which they are played.

A case is a row of a table: one file holds the rows of what belongs together.
"""

from collections.abc import Mapping
from types import MappingProxyType

from exchange.conformance.case import Case
from exchange.conformance.cases import (
    bodies,
    bulletins,
    good,
    later,
    later_bodies,
    later_meaning,
    meaning,
    messages,
    repeated,
    requests,
    signatures,
    types,
    unsigned,
)
from exchange.errors import Sentence

CASES: tuple[Case, ...] = (
    *good.CASES,
    *types.CASES,
    *later.CASES,
    *bulletins.TYPES,
    *meaning.CASES,
    *later_meaning.CASES,
    *bulletins.MEANING,
    *repeated.CASES,
    *unsigned.CASES,
    *signatures.CASES,
    *messages.CASES,
    *bodies.CASES,
    *later_bodies.CASES,
    *bulletins.BODIES,
    *requests.CASES,
    *repeated.LAST,
)
"""What the kit says to the partner under test."""

_MET = Sentence(
    "cannot be made from outside; where it is met it is honoured, and the lines go again",
    "no se puede provocar desde fuera; si aparece se respeta, y las líneas se reenvían",
)
_NEVER = Sentence(
    "is never right: a case in which it is met has failed",
    "nunca es correcto: un caso en el que aparece ha fallado",
)

UNTESTED: Mapping[str, Sentence] = MappingProxyType(
    {
        "rate-limited": Sentence(
            "the limit is each installation's own, and to pass it would be an attack",
            "el límite es propio de cada instalación, y rebasarlo sería un ataque",
        ),
        "draining": _MET,
        "store-busy": _MET,
        "store-failed": _MET,
        "keys-unusable": _MET,
        "internal": _NEVER,
        "evidence-broken": _NEVER,
        "encryption-required": Sentence(
            "is for agreements that ask for sealed bodies; the kit agrees on none",
            "es para acuerdos que piden cuerpos sellados; el kit no acuerda ninguno",
        ),
    }
)
"""Codes of clause 7.1 that no case provokes, each with the reason."""
