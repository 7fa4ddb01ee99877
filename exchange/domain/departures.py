"""
What must hold for a person to cross the line.

The answer is always computed from what stands now and is the whole answer: every condition
that does not hold, in words, so that an officer at the gate knows what to do about each. Only
our own side asks: whether a person is held is never said to anybody else.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import NamedTuple

from exchange.domain.families import MEMBER_HELD, Group, gaps
from exchange.domain.handoff import SharedHandoff, Stage
from exchange.domain.limits import Limits
from exchange.errors import Sentence

HELD = "held"
GROUP_INCOMPLETE = "group-incomplete"
CHANNEL_DOWN = "channel-down"


class Condition(NamedTuple):
    """
    One condition that does not hold: its name, and what to do about it.

    *because* names the gaps of the family where that is what is incomplete. What is
    *ours_alone* is shown to nobody but the officers of this side.
    """

    name: str
    says: Sentence
    because: tuple[str, ...] = ()

    @property
    def ours_alone(self) -> bool:
        """Whether it tells of a hold."""
        return self.name == HELD or MEMBER_HELD in self.because


class _At(NamedTuple):
    """Everything that a condition may look at."""

    shared: SharedHandoff
    held: bool
    gaps: tuple[str, ...]
    now: datetime
    channel_alive: bool
    limits: Limits


class _Rule(NamedTuple):
    is_unmet: Callable[[_At], bool]
    says: Sentence


_OVER_THE_LINE = frozenset(
    {
        Stage.DEPARTED,
        Stage.RECEIVED,
        Stage.DOCUMENTED,
        Stage.PRESENTED,
        Stage.NOT_PRESENTED,
    }
)


def _is_not_accepted(at: _At) -> bool:
    answer = at.shared.answer
    return answer is None or answer.answer != "accepted"


def _is_before_window(at: _At) -> bool:
    opens = at.shared.window_from
    return opens is not None and at.now < opens


def _is_after_window(at: _At) -> bool:
    closes = at.shared.window_to
    return closes is not None and at.now >= closes


def _is_cancelled(at: _At) -> bool:
    return at.shared.cancellation is not None


def _is_without_hearing(at: _At) -> bool:
    return at.shared.hearing_at is None


def _is_hearing_past(at: _At) -> bool:
    hearing_at = at.shared.hearing_at
    return hearing_at is not None and hearing_at <= at.now


def _is_source_old(at: _At) -> bool:
    hearing = at.shared.current_hearing
    oldest = at.now - timedelta(seconds=at.limits.hearing_source_seconds)
    return hearing is not None and hearing.source_as_of < oldest


def _is_hearing_denied(at: _At) -> bool:
    said, stands = at.shared.confirmation, at.shared.current_hearing
    if said is None or stands is None or said.current:
        return False
    return (said.hearing, said.revision) == (stands.hearing, stands.version)


_RULES: Mapping[str, _Rule] = MappingProxyType(
    {
        "case-closed": _Rule(
            lambda at: at.shared.stage is Stage.CLOSED,
            Sentence(
                "The case has ended: nobody is returned for it.",
                "El caso terminó: nadie es retornado por él.",
            ),
        ),
        "departed": _Rule(
            lambda at: at.shared.departure is not None or at.shared.stage in _OVER_THE_LINE,
            Sentence(
                "The person has crossed the line already.",
                "La persona ya cruzó la línea.",
            ),
        ),
        "not-received": _Rule(
            lambda at: at.shared.stage is Stage.NOT_RECEIVED,
            Sentence(
                "Mexico has recorded that it did not receive the person: a new handoff is needed.",
                "México registró que no recibió a la persona: se requiere una nueva entrega.",
            ),
        ),
        "cancelled": _Rule(
            _is_cancelled,
            Sentence(
                "The handoff was taken back: a new one is needed.",
                "La entrega se retiró: se requiere una nueva.",
            ),
        ),
        HELD: _Rule(
            lambda at: at.held,
            Sentence(
                "The person is held: do not take them to the line.",
                "La persona está retenida: no la lleve a la línea.",
            ),
        ),
        "not-accepted": _Rule(
            _is_not_accepted,
            Sentence(
                "Mexico has not accepted the newest revision of the notice.",
                "México no ha aceptado la última revisión del aviso.",
            ),
        ),
        "before-window": _Rule(
            _is_before_window,
            Sentence("The window has not opened.", "La ventana aún no abre."),
        ),
        "after-window": _Rule(
            _is_after_window,
            Sentence(
                "The window has closed: revise the notice.",
                "La ventana cerró: revise el aviso.",
            ),
        ),
        "no-hearing": _Rule(
            _is_without_hearing,
            Sentence("No hearing is scheduled.", "No hay ninguna audiencia programada."),
        ),
        "hearing-past": _Rule(
            _is_hearing_past,
            Sentence("The hearing is past.", "La audiencia ya pasó."),
        ),
        "hearing-denied": _Rule(
            _is_hearing_denied,
            Sentence(
                "The hearing was said not to be the current one.",
                "Se dijo que la audiencia no es la vigente.",
            ),
        ),
        "hearing-source-old": _Rule(
            _is_source_old,
            Sentence(
                "The court's schedule was read too long ago: read it again and send what it says.",
                "El calendario del tribunal se leyó hace demasiado: léalo y envíe lo que dice.",
            ),
        ),
        GROUP_INCOMPLETE: _Rule(
            lambda at: bool(at.gaps),
            Sentence(
                "The family is not complete: bring it together, or have a supervisor split it.",
                "La familia no está completa: reúnala, o pida que un supervisor la divida.",
            ),
        ),
        CHANNEL_DOWN: _Rule(
            lambda at: not at.channel_alive,
            Sentence(
                "The partner does not answer: wait, or use the paper manifest.",
                "La contraparte no responde: espere, o use el manifiesto en papel.",
            ),
        ),
    },
)

CONDITIONS: Mapping[str, Sentence] = MappingProxyType(
    {name: rule.says for name, rule in _RULES.items()}
)
"""Every condition in the order in which it is told: what ends the handoff stands first."""


def unmet(
    shared: SharedHandoff,
    *,
    held: bool,
    group: Group | None,
    now: datetime,
    channel_alive: bool,
    limits: Limits,
) -> tuple[Condition, ...]:
    """
    Return every condition that does not hold at *now*: with none, the person may go.

    *group* is the family of the person, with the person among its members; None for a person
    without one. Where the notice declares a family none is not enough. What we have still to say
    is part of *shared*: a cancellation that waits for its turn stops as one that was said.
    """
    notice = shared.notice
    if group is None and notice is not None and notice.family_group is not None:
        group = Group(())
    missing = () if group is None else gaps(group)
    at = _At(shared, held, missing, now, channel_alive, limits)
    return tuple(
        Condition(name, rule.says, missing if name == GROUP_INCOMPLETE else ())
        for name, rule in _RULES.items()
        if rule.is_unmet(at)
    )
