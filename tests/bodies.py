"""Good bodies of every message type: what its schema must take, and where its fuzzing begins."""

from exchange.domain.messages.body import Body
from tests.builders import (
    a_cancellation,
    a_capacity_advisory,
    a_case_closure,
    a_comparison,
    a_comparison_result,
    a_contact_list,
    a_correction,
    a_departure,
    a_hearing_confirmation,
    a_hearing_delivery,
    a_hearing_notice,
    a_hearing_verification,
    a_notice,
    a_presentation,
    a_reception,
    a_statement,
    a_visa_change,
    a_visa_issuance,
    a_welfare_alert,
    an_acknowledgment,
    an_exit,
)

FAMILY = {"group": "5b1f6f0e-93a7-4c55-8a5e-2f6f0a1d7c03", "size": 3, "role": "PARENT"}
GOOD: dict[str, tuple[Body, ...]] = {
    "return-notice": (a_notice(), a_notice(family=FAMILY, travel_document=None)),
    "return-cancellation": (a_cancellation(),),
    "departure": (a_departure(),),
    "hearing-notice": (a_hearing_notice(), a_hearing_notice(status="none-scheduled")),
    "hearing-confirmation": (a_hearing_confirmation(), a_hearing_confirmation(current=False)),
    "presentation": (a_presentation(), a_presentation(outcome="not-presented")),
    "case-closure": (a_case_closure(),),
    "acknowledgment": tuple(
        an_acknowledgment(answer=answer) for answer in ("accepted", "refused", "deferred")
    ),
    "reception": (a_reception(), a_reception(outcome="not-received")),
    "visa-issuance": (a_visa_issuance(),),
    "visa-change": tuple(
        a_visa_change(status=status) for status in ("extended", "replaced", "revoked", "expired")
    ),
    "hearing-delivery": (a_hearing_delivery(), a_hearing_delivery(outcome="not-found")),
    "hearing-verification": (a_hearing_verification(),),
    "exit": (an_exit(), an_exit(kind="other")),
    "capacity-advisory": (a_capacity_advisory(), a_capacity_advisory(people_max=0)),
    "correction": tuple(
        a_correction(value=value) for value in ("Núñez", "1994-02-28", "MX-OTAY", 3, None)
    ),
    "welfare-alert": (a_welfare_alert(),),
    "contacts": (a_contact_list(),),
    "statement": (a_statement(), a_statement(speaker="mx", counters=[], messages=0)),
    "comparison": (a_comparison(), a_comparison_result()),
}
