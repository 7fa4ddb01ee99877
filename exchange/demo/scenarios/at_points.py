"""What the officials of Mexico do: answer, receive, give documents, tell people of hearings."""

import datetime as dt
from collections.abc import Mapping
from itertools import count

from exchange.demo.people import Document
from exchange.demo.scenarios.acting import (
    DONE,
    OFFICIAL,
    USUAL,
    Act,
    Codes,
    handoff_of,
    hearing_of,
)
from exchange.demo.scenarios.actors import Actor
from exchange.demo.scenarios.sides import Played
from exchange.demo.scenarios.wording import Step
from exchange.domain.wire import utc_text

_SEEN: Mapping[str, Document] = {
    "received": {"outcome": "received", "identity": "match"},
    "doubt": {"outcome": "received", "identity": "doubt"},
    "turned-back": {"outcome": "not-received", "code": "TURNED_BACK"},
    "not-seen": {"outcome": "not-received", "code": "NOT_SEEN"},
}


class AtPoints:
    """The acts of the receiving points, by name."""

    def __init__(self, mx: Played) -> None:
        self._mx = mx
        self._clock = mx.clock
        self._numbers = count(1)

    def acts(self) -> dict[str, Act]:
        """Return each act under the name that a file has for it."""
        return {
            "answer": self._answer,
            "receive": self._receive,
            "document": self._document,
            "tell": self._tell,
            "doubt": self._doubt,
            "leave": self._leave,
            "extend": self._extend,
        }

    async def _answer(self, actor: Actor, step: Step) -> Codes:
        does = actor.behaviour
        answer = step.outcome or does.answer
        document: Document = {"answer": answer, "officer": OFFICIAL}
        if answer == "refused":
            document["code"] = step.code or does.code
        if answer == "deferred":
            window = actor.document["return"]["window"]
            day = dt.timedelta(days=1)
            document["window"] = {
                edge: utc_text(dt.datetime.fromisoformat(window[edge]) + day)
                for edge in ("from", "to")
            }
        answers = self._mx.legs.answers
        await answers.acknowledge(handoff_of(actor), document, actor=OFFICIAL)
        return DONE

    async def _receive(self, actor: Actor, step: Step) -> Codes:
        if step is USUAL and not actor.has_crossed:
            return DONE
        seen = step.outcome or actor.behaviour.seen
        document: Document = {
            "at": utc_text(self._clock()),
            "receiving_point": actor.document["return"]["receiving_point"],
            **_SEEN[seen],
        }
        answers = self._mx.legs.answers
        await answers.record_reception(handoff_of(actor), document, actor=OFFICIAL)
        actor.was_received = seen in {"received", "doubt"}
        return DONE

    async def _document(self, actor: Actor, step: Step) -> Codes:
        if step is USUAL and not actor.was_received:
            return DONE
        days = step.days or actor.behaviour.document_days
        shared = actor.behaviour.document_number
        actor.number = step.value or shared or f"{next(self._numbers):09d}"
        on = self._clock().date()
        document = {
            "document": "FMM",
            "number": actor.number,
            "issued_at": utc_text(self._clock()),
            "office": "INM-01",
            "valid_from": on.isoformat(),
            "valid_until": (on + dt.timedelta(days=days)).isoformat(),
            "entries": "multiple",
            "curp_assigned": False,
        }
        await self._mx.legs.answers.record_visa(handoff_of(actor), document, actor=OFFICIAL)
        return DONE

    async def _tell(self, actor: Actor, step: Step) -> Codes:
        outcome = step.outcome or "delivered"
        version = step.version or actor.version
        document = {
            "hearing": actor.document["hearing"]["hearing"],
            "version": version,
            "outcome": outcome,
            "at": utc_text(self._clock()),
            "method": "DESK",
        }
        await self._mx.legs.stays.record_delivery(handoff_of(actor), document, actor=OFFICIAL)
        return DONE

    async def _doubt(self, actor: Actor, step: Step) -> Codes:
        document = {
            "hearing": hearing_of(actor, step),
            "version": step.version or actor.version,
        }
        await self._mx.legs.stays.doubt_hearing(handoff_of(actor), document, actor=OFFICIAL)
        return DONE

    async def _leave(self, actor: Actor, step: Step) -> Codes:
        kind = step.outcome or "to-us-port"
        document = {"at": utc_text(self._clock()), "kind": kind}
        await self._mx.legs.stays.record_exit(handoff_of(actor), document, actor=OFFICIAL)
        return DONE

    async def _extend(self, actor: Actor, step: Step) -> Codes:
        until = self._clock().date() + dt.timedelta(days=step.days or 180)
        document = {
            "number": actor.number,
            "status": step.outcome or "extended",
            "valid_until": until.isoformat(),
        }
        await self._mx.legs.stays.change_visa(handoff_of(actor), document, actor=OFFICIAL)
        return DONE
