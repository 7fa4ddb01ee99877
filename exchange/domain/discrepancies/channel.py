"""The rules of the channel: nothing that may not be said, no number missing, no clock off."""

from collections.abc import Mapping
from types import MappingProxyType

from exchange.domain.discrepancies.causes import Why
from exchange.domain.discrepancies.rules import Desk, Rule
from exchange.domain.discrepancies.scopes import (
    Breach,
    Channel,
    Record,
    Refused,
    Terms,
    once,
    said_at,
)
from exchange.domain.discrepancies.thresholds import Thresholds
from exchange.domain.due import after
from exchange.domain.facts import Fact
from exchange.domain.messages.catalogue import MESSAGE_TYPES
from exchange.domain.parties import Side
from exchange.domain.severity import Severity
from exchange.domain.wire import Closed, read_utc
from exchange.errors import BreaksSchema, NotPermitted, Sentence

_CONSTANT = "/body/reason"


def privacy_breach(refused: Refused, _: Terms) -> Breach | None:
    """A message said what it may not say: a forbidden type, a cause, or a member too many."""
    why = _why(refused)
    if why is None:
        return None
    return Breach(refused.at, because=(why,), owner=refused.speaker)


def _why(refused: Refused) -> Why | None:
    if refused.code == NotPermitted.code:
        return Why.NOT_PERMITTED
    if refused.code != BreaksSchema.code:
        return None
    if refused.pointer == _CONSTANT:
        return Why.CAUSE_GIVEN
    # What a schema does not name is reported at the object that has it (``faults.fault_at``).
    return Why.MORE_THAN_AGREED if refused.pointer in _OBJECTS else None


def _objects_of(model: type[Closed], pointer: str) -> frozenset[str]:
    """Return where a body of this model has an object, itself among them."""
    found = {pointer}
    for name, field in model.model_fields.items():
        for kind in (field.annotation, *getattr(field.annotation, "__args__", ())):
            if isinstance(kind, type) and issubclass(kind, Closed):
                found |= _objects_of(kind, f"{pointer}/{field.alias or name}")
    return frozenset(found)


_OBJECTS = frozenset[str]().union(*(_objects_of(kind.model, "/body") for kind in MESSAGE_TYPES))


def messages_missing(channel: Channel, terms: Terms) -> Breach | None:
    """A number is missing or stands twice, or the sets of both sides differ once compared."""
    found = [
        Breach(since, because=(why,))
        for since, why in (
            (channel.repeated_since, Why.REPEATED),
            (channel.differs_since, Why.SETS_DIFFER),
        )
        if since is not None
    ]
    if channel.gaps:
        known = min(gap.since for gap in channel.gaps)
        found.append(once(after(known, terms.thresholds.gap_seconds), (Why.GAP,)))
    if not found:
        return None
    because = tuple(why for one in found for why in one.because)
    first = min(found, key=lambda one: (one.timed, one.since))
    return first._replace(because=because, owner=channel.speaker)


def clock_off(channel: Channel, _: Terms) -> Breach | None:
    """A side's clock is off by more than is allowed."""
    if channel.skewed_since is None:
        return None
    return Breach(channel.skewed_since, because=(Why.CLOCK,), owner=channel.speaker)


def entered_late(record: Record, terms: Terms) -> Breach | None:
    """An event was said long after it was, or before it can have been."""
    found = [
        breach
        for slot, (at, speaker) in _EVENTS.items()
        if (fact := getattr(record.shared, slot)) is not None
        and (breach := _apart(fact, getattr(fact, at), speaker, terms.thresholds)) is not None
    ]
    return min(found, key=lambda one: one.since, default=None)


_EVENTS: Mapping[str, tuple[str, Side]] = MappingProxyType(
    {
        "departure": ("at", Side.US),
        "reception": ("at", Side.MX),
        "visa": ("issued_at", Side.MX),
        "delivery": ("at", Side.MX),
        "exit": ("at", Side.MX),
        "presentation": ("at", Side.US),
    }
)
"""The facts that say when something was, and who says them."""


def _apart(fact: Fact, at: str, speaker: Side, thresholds: Thresholds) -> Breach | None:
    happened, said = read_utc(at), said_at(fact)
    if (happened - said).total_seconds() > thresholds.skew_seconds:
        said = read_utc(fact.said_at)  # what was said first was of something else, before it
    late = (said - happened).total_seconds()
    if -thresholds.skew_seconds <= late <= thresholds.late_entry_seconds:
        return None
    why = Why.LATE_ENTRY if late > 0 else Why.CLOCK
    return Breach(said, because=(why,), owner=speaker)


CHANNEL_RULES = (
    Rule(
        id="R22",
        severity=Severity.CRITICAL,
        owner=None,
        finds_owner=True,
        call=(Desk.PRIVACY,),
        name=Sentence("Privacy breach", "Violación de privacidad"),
        says=Sentence(
            "A message said what it may not say: a forbidden type, a cause, or a member too many.",
            "Un mensaje dijo lo que no puede decir: un tipo prohibido, una causa o un miembro de "
            "más.",
        ),
        remedy=Sentence(
            "Keep the message from everybody, tell both privacy officers, and destroy the body.",
            "Aparte el mensaje de todos, avise a ambos responsables y destruya el cuerpo.",
        ),
        of_message=privacy_breach,
    ),
    Rule(
        id="R23",
        severity=Severity.HIGH,
        owner=None,
        finds_owner=True,
        call=(Desk.OPERATORS,),
        name=Sentence("Messages missing", "Faltan mensajes"),
        says=Sentence(
            "A number is missing or stands twice, or the sets of both sides differ once compared.",
            "Falta un número o está dos veces, o los conjuntos difieren ya comparados.",
        ),
        remedy=Sentence(
            "Whoever said them sends them again as they were sealed.",
            "Quien los dijo los envía otra vez tal como se sellaron.",
        ),
        of_channel=messages_missing,
    ),
    Rule(
        id="R25",
        severity=Severity.NORMAL,
        owner=None,
        finds_owner=True,
        call=(Desk.PORT, Desk.POINT, Desk.OPERATORS),
        name=Sentence("Entered late, or a clock off", "Captura tardía o reloj desajustado"),
        says=Sentence(
            "An event was said long after it was or before it can have been, or a clock is off.",
            "Un hecho se dijo mucho después o antes de poder haber sido, o un reloj está "
            "desajustado.",
        ),
        remedy=Sentence(
            "Say why it was late, with the sheet of paper at hand; set the clock.",
            "Explique el retraso, con la hoja de papel a la mano; ajuste el reloj.",
        ),
        of_handoff=entered_late,
        of_channel=clock_off,
    ),
    Rule(
        id="R30",
        severity=Severity.NORMAL,
        owner=None,
        call=(Desk.PRIVACY,),
        name=Sentence("Kept too long", "Conservado de más"),
        says=Sentence(
            "What was recorded of a person is kept for longer than the agreement allows.",
            "Lo registrado de una persona se conserva más de lo que el acuerdo permite.",
        ),
        remedy=Sentence(
            "Erase it, and tell the other side that it is done.",
            "Bórrelo y avise a la otra parte de que se hizo.",
        ),
        awaits="erasure",
    ),
)
