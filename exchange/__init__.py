"""
The exchange: two authorities hand people over to each other and can both prove what happened.

The journey of one handoff. The same numbers stand beside the code that does each step.

 1. A port pushes a return decision.                          ``domain.decision``, ``web.ports``
 2. Screening applies the rule set in force at that port on that day; a person who is
    withheld goes no further.                                 ``domain.screening``
 3. A notice is drafted: only the fields Mexico may see.       ``domain.messages``
 4. One transaction stores decision, handoff, journal entry and unsealed draft; only then
    does the port get its answer.                             ``flow.intake``
 5. The outbox claims what is due and seals it: number, time, signatures.
                                                              ``flow.outbox``, ``proof.lines``
 6. It is delivered: one request of up to 64 lines.           ``flow.delivery``
 7. The partner answers with a signed receipt, which must name what was sent.
                                                              ``proof.receipts``
 8. An acknowledgment arrives: verified, deduplicated, validated, recorded, receipted; the
    handoff advances.                                         ``flow.inbox``, ``domain.handoff``
 9. So do the reception and the visa issuance, in whatever order the network brings them.
10. Reconciliation folds the ledger, applies the rules, compares what both sides state of
    each day, and reports.                  ``flow.reconciling``, ``flow.stating``, ``reports``

Each leg reads a row, decides with a pure function and ends in one transaction. The next leg
starts from that row, not from a call.
"""

__version__ = "0.1.0"
