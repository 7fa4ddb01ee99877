"""
The table of rights: which role may do what. What stands in no row is denied.

A right is held for the client's ports only: a US port's officer decides for that port, a
receiving officer answers at that receiving point.
"""

from collections.abc import Mapping
from enum import StrEnum


class Role(StrEnum):
    """What a client is to us."""

    PORT_OFFICER = "port-officer"
    """Enters return decisions of a US port and follows their handoffs."""
    PORT_SUPERVISOR = "port-supervisor"
    """A port officer who may also stop and release a handoff."""
    RECEIVING_OFFICER = "receiving-officer"
    """Answers for a Mexican receiving point: acknowledgment, reception, visa issuance."""
    LIAISON = "liaison"
    """Follows handoffs and their account for the other authority's sake; changes nothing."""
    AUDITOR = "auditor"
    """Reads everything, the journal too; changes nothing."""
    OPERATOR = "operator"
    """Keeps the service running; sees no person."""


class Action(StrEnum):
    """Something a client may ask of the internal listener."""

    DECIDE = "decide"
    """Enter a return decision."""
    READ_HANDOFFS = "read-handoffs"
    """See handoffs with their persons, one or as the change feed."""
    HOLD = "hold"
    """Stop a handoff, or let it go on."""
    CANCEL = "cancel"
    """Cancel a handoff for good."""
    READ_ARRIVALS = "read-arrivals"
    """See who is expected at a receiving point."""
    ACKNOWLEDGE = "acknowledge"
    """Accept, refuse or defer a notice."""
    RECEIVE = "receive"
    """Record that a person was received or not."""
    ISSUE_VISA = "issue-visa"
    """Record the document that was issued."""
    READ_REPORTS = "read-reports"
    """See the reconciliation and its discrepancies."""
    READ_JOURNAL = "read-journal"
    """See the private journal of our side."""
    OPERATE = "operate"
    """See metrics, outbox and alarms; retry and park."""


_PORT_OFFICER = frozenset({Action.DECIDE, Action.READ_HANDOFFS, Action.READ_REPORTS})

RIGHTS: Mapping[Role, frozenset[Action]] = {
    Role.PORT_OFFICER: _PORT_OFFICER,
    Role.PORT_SUPERVISOR: _PORT_OFFICER | {Action.HOLD, Action.CANCEL},
    Role.RECEIVING_OFFICER: frozenset(
        {
            Action.READ_ARRIVALS,
            Action.READ_HANDOFFS,
            Action.ACKNOWLEDGE,
            Action.RECEIVE,
            Action.ISSUE_VISA,
            Action.READ_REPORTS,
        }
    ),
    Role.LIAISON: frozenset({Action.READ_ARRIVALS, Action.READ_HANDOFFS, Action.READ_REPORTS}),
    Role.AUDITOR: frozenset(
        {Action.READ_ARRIVALS, Action.READ_HANDOFFS, Action.READ_REPORTS, Action.READ_JOURNAL}
    ),
    Role.OPERATOR: frozenset({Action.OPERATE}),
}

ROLES_OF_SIDE: Mapping[str, frozenset[Role]] = {
    "us": frozenset(Role) - {Role.RECEIVING_OFFICER},
    "mx": frozenset(Role) - {Role.PORT_OFFICER, Role.PORT_SUPERVISOR},
}
"""The roles that make sense on each side: nobody decides in Mexico or receives in the US."""


def roles_with(action: Action) -> tuple[Role, ...]:
    """Return the roles that may do *action*, in the order of the table."""
    return tuple(role for role, actions in RIGHTS.items() if action in actions)
