"""The kinds of alarm, who acts on each, and the words that several of them share."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from exchange.domain.severity import Severity
from exchange.errors import Sentence


class AlarmKind(StrEnum):
    """What may be wrong. The value is its name in the database, the metrics and the log."""

    RECALL = "recall"
    WELFARE_ALERT = "welfare-alert"
    COMMITS_HELD_UP = "commits-held-up"
    KEYS_UNUSABLE = "keys-unusable"
    CANCELLATION_UNCONFIRMED = "cancellation-unconfirmed"
    JTI_CONFLICT = "jti-conflict"
    SCHEMA_NOT_TAKEN = "schema-not-taken"
    CHANNEL_DOWN = "channel-down"
    RECEIPT_OVERDUE = "receipt-overdue"
    MESSAGE_REJECTED = "message-rejected"
    REQUEST_REFUSED = "request-refused"
    LINE_REFUSED = "line-refused"
    KEYS_REFUSED = "keys-refused"
    PARTNER_KEYS_EXPIRED = "partner-keys-expired"
    SEQUENCE_REPEATED = "sequence-repeated"
    SEQUENCE_GAP = "sequence-gap"
    APPOINTMENT_DOUBTFUL = "appointment-doubtful"
    ACKNOWLEDGMENT_OVERDUE = "acknowledgment-overdue"
    WINDOW_OVERDUE = "window-overdue"
    RECEPTION_OVERDUE = "reception-overdue"
    WHEREABOUTS_OVERDUE = "whereabouts-overdue"
    VISA_OVERDUE = "visa-overdue"
    CONFIRMATION_OVERDUE = "confirmation-overdue"
    DELIVERY_OVERDUE = "delivery-overdue"
    LAST_DELIVERY_OVERDUE = "last-delivery-overdue"
    STAY_CHECK_OVERDUE = "stay-check-overdue"
    STAY_EXTENSION_OVERDUE = "stay-extension-overdue"
    PRESENTATION_OVERDUE = "presentation-overdue"
    CASE_REVIEW_OVERDUE = "case-review-overdue"
    CASE_END_OVERDUE = "case-end-overdue"
    NO_ROOM = "no-room"
    CORRECTION_RECEIVED = "correction-received"
    OUTAGE_OVERRIDE = "outage-override"
    COMPARISON_ENDED = "comparison-ended"
    CLOCK_SKEW = "clock-skew"
    KEY_EXPIRING = "key-expiring"
    PARTNER_KEYS_EXPIRING = "partner-keys-expiring"
    CLASSICAL_SIGNATURES = "classical-signatures"
    DUTY_NOT_TOLD = "duty-not-told"
    REPORT_CRITICAL = "report-critical"


class Actor(StrEnum):
    """Who acts first."""

    OPERATOR = "operator"
    """Whoever runs this installation."""
    PARTNER = "partner"
    """The other authority; our operator calls its duty number."""
    OFFICIAL = "official"
    """The port or the receiving desk that has the handoff."""


ACTORS: Mapping[Actor, Sentence] = MappingProxyType(
    {
        Actor.OPERATOR: Sentence("operator", "operador"),
        Actor.PARTNER: Sentence("partner", "contraparte"),
        Actor.OFFICIAL: Sentence("official", "funcionario"),
    }
)


class AlarmRule(NamedTuple):
    """
    One row: what each alarm of a kind means.

    *closed_by_person* where a person may close it while the program still sees its cause;
    *ends_acknowledged* where it is over as soon as a person has taken it up.
    """

    severity: Severity
    acts: Actor
    closed_by_person: bool
    about: Sentence
    means: Sentence
    ends: Sentence
    ends_acknowledged: bool = False

    @property
    def of_a_handoff(self) -> bool:
        """Whether its subject is a handoff: then it is for those who see that handoff."""
        return self.about == HANDOFF


HANDOFF = Sentence("the handoff", "la entrega")
PARTNER = Sentence("the partner", "la contraparte")
WAITING = Sentence(
    "the row of `exchange outbox list`",
    "la fila de `exchange outbox list`",
)
BY_PERSON = Sentence(
    "A person who has looked into it closes it.",
    "La cierra una persona que lo ha investigado.",
)
