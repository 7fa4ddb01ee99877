"""What ``exchange erase`` shows of what is due and was erased, and the list that it reads back."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

from exchange.cli.exits import said
from exchange.cli.options import handoff_id, shown_at
from exchange.errors import Sentence, UsageWrong

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from exchange.flow.erasable import Candidate
    from exchange.flow.erasure import Kept
    from exchange.store.erasures import Proposal


def due_row(one: "Candidate") -> dict[str, object]:
    """Return what a program reads of a handoff that is due."""
    return {
        "handoff": one.row.handoff,
        "basis": one.due.basis.value,
        "due_at": shown_at(one.due.at),
        "kept_back": one.kept_back and one.kept_back.value,
    }


def due_in_words(one: "Candidate") -> dict[str, object]:
    """Return what a person reads of a handoff that is due."""
    from exchange.flow.erasable import KEPT_BACK

    return due_row(one) | {
        "basis": why(one.due.basis.value),
        "kept_back": one.kept_back and said(KEPT_BACK[one.kept_back]),
    }


def why(basis: str) -> str:
    """Return a basis in the operator's language."""
    from exchange.domain.retention import BASES, Basis

    return said(BASES[Basis(basis)])


def listed(connection: "Connection", one: "Proposal") -> dict[str, object]:
    """Return a proposal with its handoffs, as the list that outlives the database has it."""
    from exchange.store.erasures import list_erasures

    return {
        "number": one.number,
        "proposed_at": shown_at(one.proposed_at),
        "proposed_by": one.proposed_by,
        "decided_at": shown_at(one.decided_at),
        "decided_by": one.decided_by,
        "confirmed": one.confirmed,
        "handoffs": [
            {
                "handoff": each.handoff,
                "basis": each.basis.value,
                "erased_at": shown_at(each.erased_at),
            }
            for each in list_erasures(connection, one.number)
        ],
    }


def read_list(file: Path) -> list["Kept"]:
    """
    Return what the list says was erased.

    Raises:
        UsageWrong: The file is no such list.
    """
    from exchange.domain.retention import Basis
    from exchange.flow.erasure import Kept

    try:
        return [
            Kept(
                str(one["proposed_by"]),
                str(one["decided_by"]),
                {
                    handoff_id(each["handoff"]): Basis(each["basis"])
                    for each in one["handoffs"]
                    if each["erased_at"] is not None
                },
            )
            for one in json.loads(file.read_bytes())
            if one["confirmed"]
        ]
    except (ValueError, TypeError, KeyError) as error:
        wrong = Sentence(
            f"{file}: is no list that `erase list --json` printed",
            f"{file}: no es una lista que haya escrito `erase list --json`",
        )
        raise UsageWrong(wrong) from error
