"""
The table of rights: which role may do what. What stands in no row is denied.

A right is held for the client's ports only: a US port's officer decides for that port, a
receiving officer answers at that receiving point. To stop is many people's right and to let go
on is one role's, for each cause another.
"""

from collections.abc import Mapping
from enum import StrEnum

from exchange.errors import Sentence


class Role(StrEnum):
    """What a client is to us; `ROLES` says of each what it does."""

    PORT_OFFICER = "port-officer"
    PORT_SUPERVISOR = "port-supervisor"
    ASYLUM_OFFICER = "asylum-officer"
    MEDICAL_OFFICER = "medical-officer"
    LEGAL_ADVISOR = "legal-advisor"
    RECEIVING_OFFICER = "receiving-officer"
    LIAISON = "liaison"
    RECORDS_OFFICER = "records-officer"
    AUDITOR = "auditor"
    OPERATOR = "operator"


class Action(StrEnum):
    """Something a client may ask of the internal listener."""

    DECIDE = "decide"
    """Enter a return decision."""
    REVISE = "revise"
    """Enter a decision anew, so that its notice is revised."""
    CHANGE_HEARING = "change-hearing"
    """Say that the court moved a hearing, or took it from its calendar."""
    RECORD_PRESENTATION = "record-presentation"
    """Record that a person came for the hearing, or had not come."""
    CLOSE_CASE = "close-case"
    """End a case for good."""
    READ_HANDOFFS = "read-handoffs"
    """See handoffs with their persons, one or as the change feed."""
    HOLD = "hold"
    """Hold a person, so that nothing departs: whoever learns of a reason does it at once."""
    READ_HOLDS = "read-holds"
    """See that a hold stands; the cause is for who may lift it, and who reads the journal."""
    LIFT_FEAR = "lift-fear"
    """Lift a hold for fear of return."""
    LIFT_MEDICAL = "lift-medical"
    """Lift a medical hold."""
    LIFT_FAMILY = "lift-family"
    """Lift a hold for the family's sake."""
    LIFT_LEGAL = "lift-legal"
    """Lift a legal hold."""
    LIFT_DATA = "lift-data"
    """Lift a hold for data that were wrong."""
    LIFT_OTHER = "lift-other"
    """Lift a hold that was placed for another reason."""
    CANCEL = "cancel"
    """Cancel a handoff for good."""
    SPLIT = "split"
    """Split a family, so that a part of it goes on."""
    DEPART = "depart"
    """Ask whether a person may cross, and record that they do."""
    DEPART_ON_PAPER = "depart-on-paper"
    """Enter a crossing from the paper of an outage."""
    READ_ARRIVALS = "read-arrivals"
    """See who is expected at a receiving point, and what is to be done there."""
    ACKNOWLEDGE = "acknowledge"
    """Accept, refuse or defer a notice."""
    RECEIVE = "receive"
    """Record that a person was received or not."""
    ISSUE_VISA = "issue-visa"
    """Record the document that was issued."""
    CHANGE_VISA = "change-visa"
    """Record that a document was extended, replaced, revoked, or has expired."""
    DELIVER_HEARING = "deliver-hearing"
    """Record that the person was told of a hearing, or was not found."""
    DOUBT_HEARING = "doubt-hearing"
    """Ask the other side whether a hearing is the one that stands."""
    RECORD_EXIT = "record-exit"
    """Record that the person left Mexico."""
    CORRECT = "correct"
    """Put right an error in what this side has said."""
    ALERT = "alert"
    """Call the duty officers of both sides about a person, at once."""
    ADVISE_CAPACITY = "advise-capacity"
    """Say how many people a receiving point takes on a day."""
    PUBLISH_CONTACTS = "publish-contacts"
    """Say whom the other side may call."""
    READ_BULLETINS = "read-bulletins"
    """See how many people a receiving point takes, and whom to call."""
    READ_REPORTS = "read-reports"
    """See the reconciliation and its discrepancies."""
    RESOLVE = "resolve"
    """Say how a discrepancy was resolved whose cause still stands."""
    READ_JOURNAL = "read-journal"
    """See the private journal of our side."""
    READ_ALARMS = "read-alarms"
    """See what someone must look at, of one's ports; of a recall only who knows of holds."""
    TAKE_UP_ALARMS = "take-up-alarms"
    """Take an alarm up, so that nobody further is woken; close it once it is dealt with."""
    ERASE = "erase"
    """Propose whose data are erased, and confirm what somebody else proposed."""
    PRESERVE = "preserve"
    """Keep a person's data whatever a rule says, or keep them no more."""
    EXPORT_PERSON = "export-person"
    """Write what was said about a person, for the person who asks."""
    OPERATE = "operate"
    """See metrics, outbox, and alarms about no handoff; retry and park."""


_HOLDS = frozenset(
    {
        Action.READ_HANDOFFS,
        Action.READ_HOLDS,
        Action.HOLD,
        Action.ALERT,
        Action.READ_BULLETINS,
        Action.READ_ALARMS,
    }
)
_CASE = frozenset({Action.REVISE, Action.CHANGE_HEARING, Action.RECORD_PRESENTATION})
_PORT_OFFICER = (
    _HOLDS
    | _CASE
    | {
        Action.DECIDE,
        Action.DEPART,
        Action.READ_REPORTS,
        Action.CORRECT,
        Action.TAKE_UP_ALARMS,
    }
)

RIGHTS: Mapping[Role, frozenset[Action]] = {
    Role.PORT_OFFICER: _PORT_OFFICER,
    Role.PORT_SUPERVISOR: _PORT_OFFICER
    | {
        Action.CANCEL,
        Action.SPLIT,
        Action.CLOSE_CASE,
        Action.DEPART_ON_PAPER,
        Action.PUBLISH_CONTACTS,
        Action.RESOLVE,
        Action.LIFT_FAMILY,
        Action.LIFT_DATA,
        Action.LIFT_OTHER,
    },
    Role.ASYLUM_OFFICER: _HOLDS | {Action.LIFT_FEAR},
    Role.MEDICAL_OFFICER: _HOLDS | {Action.LIFT_MEDICAL},
    Role.LEGAL_ADVISOR: _HOLDS | {Action.LIFT_LEGAL},
    Role.RECEIVING_OFFICER: frozenset(
        {
            Action.READ_ARRIVALS,
            Action.READ_HANDOFFS,
            Action.ACKNOWLEDGE,
            Action.RECEIVE,
            Action.ISSUE_VISA,
            Action.CHANGE_VISA,
            Action.DELIVER_HEARING,
            Action.DOUBT_HEARING,
            Action.RECORD_EXIT,
            Action.ADVISE_CAPACITY,
            Action.PUBLISH_CONTACTS,
            Action.READ_BULLETINS,
            Action.CORRECT,
            Action.ALERT,
            Action.READ_ALARMS,
            Action.TAKE_UP_ALARMS,
            Action.READ_REPORTS,
        }
    ),
    Role.LIAISON: frozenset(
        {
            Action.READ_ARRIVALS,
            Action.READ_HANDOFFS,
            Action.READ_BULLETINS,
            Action.READ_ALARMS,
            Action.READ_REPORTS,
            Action.RESOLVE,
        }
    ),
    Role.RECORDS_OFFICER: frozenset(
        {Action.READ_REPORTS, Action.ERASE, Action.PRESERVE, Action.EXPORT_PERSON}
    ),
    Role.AUDITOR: frozenset(
        {
            Action.READ_ARRIVALS,
            Action.READ_HANDOFFS,
            Action.READ_HOLDS,
            Action.READ_BULLETINS,
            Action.READ_ALARMS,
            Action.READ_REPORTS,
            Action.READ_JOURNAL,
        }
    ),
    Role.OPERATOR: frozenset({Action.READ_ALARMS, Action.TAKE_UP_ALARMS, Action.OPERATE}),
}

_IN_MEXICO = frozenset({Role.RECEIVING_OFFICER})
_AT_PORTS = frozenset(role for role in Role if Action.HOLD in RIGHTS[role])

ROLES_OF_SIDE: Mapping[str, frozenset[Role]] = {
    "us": frozenset(Role) - _IN_MEXICO,
    "mx": frozenset(Role) - _AT_PORTS,
}
"""The roles that make sense on each side: nobody decides in Mexico or receives in the US."""

ROLES: Mapping[Role, Sentence] = {
    Role.PORT_OFFICER: Sentence(
        "Enters return decisions of a US port, follows their handoffs to the line, and holds "
        "people.",
        "Captura las decisiones de retorno de un puerto de EE. UU., sigue sus entregas hasta la "
        "línea y retiene a personas.",
    ),
    Role.PORT_SUPERVISOR: Sentence(
        "A port officer who may also cancel a handoff, split a family, enter the paper of an "
        "outage, and lift what no other role lifts.",
        "Oficial de puerto que además cancela entregas, divide familias, captura el papel de una "
        "interrupción y levanta lo que ninguna otra función levanta.",
    ),
    Role.ASYLUM_OFFICER: Sentence(
        "Hears people who fear to return, and alone lifts a hold for fear.",
        "Escucha a quien teme volver, y solo esta función levanta una retención por temor.",
    ),
    Role.MEDICAL_OFFICER: Sentence(
        "Sees to people's health, and alone lifts a medical hold.",
        "Atiende la salud de las personas, y solo esta función levanta una retención médica.",
    ),
    Role.LEGAL_ADVISOR: Sentence(
        "Advises the US authority on the law, and alone lifts a legal hold.",
        "Asesora en derecho a la autoridad de EE. UU., y solo esta función levanta una retención "
        "legal.",
    ),
    Role.RECEIVING_OFFICER: Sentence(
        "Answers for a Mexican receiving point, and records what happens during the stay.",
        "Responde por un punto de recepción mexicano y registra lo que pasa durante la estancia.",
    ),
    Role.LIAISON: Sentence(
        "Follows handoffs and their account for the other authority's sake, and says how "
        "differences were resolved; knows of no hold.",
        "Sigue las entregas y su cuenta para la otra autoridad, y dice cómo se resolvieron las "
        "diferencias; no sabe de retenciones.",
    ),
    Role.RECORDS_OFFICER: Sentence(
        "Has people's data erased when they are due, together with a second person, or keeps them; "
        "answers who asks for their own.",
        "Hace borrar los datos de personas cuando toca, junto con otra persona, o los conserva; "
        "responde a quien pide los suyos.",
    ),
    Role.AUDITOR: Sentence(
        "Reads everything, the journal too; changes nothing.",
        "Lee todo, también el diario; no cambia nada.",
    ),
    Role.OPERATOR: Sentence(
        "Keeps the service running; sees no person.",
        "Mantiene el servicio en marcha; no ve a ninguna persona.",
    ),
}
"""What each role does, in both languages; docs/rights.md shows it."""


def right_to_lift(cause: str) -> Action:
    """Return the right that lifts a hold for *cause*."""
    return Action(f"lift-{cause}")


def roles_with(action: Action) -> tuple[Role, ...]:
    """Return the roles that may do *action*, in the order of the table."""
    return tuple(role for role, actions in RIGHTS.items() if action in actions)
