"""
Bodies of fictional people and handoffs, as valid JSON, for the day on which the kit runs.

A name that nothing but a body of the kit holds stands in each of them: wherever a partner
repeats it, it repeats what was sent.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from exchange.domain.places import Appointment, LocalAppointment
from exchange.domain.wire import utc_text
from exchange.flow.clock import fresh_salt, random_id
from exchange.proof.encoding import b64u, digest
from exchange.proof.envelope import Entropy, new_jti

CANARY = "Xochiquetzal"
"""A name of every body; it must stand in no answer, problem or receipt."""

PORT, POINT, ZONE = "2504", "MX-CHAPARRAL", "America/Los_Angeles"
WINDOW_IN = timedelta(days=1)
HEARING_IN = timedelta(days=50)

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Bodies:
    """Makes bodies as of *now*; *entropy* gives each its salt and its ids."""

    now: datetime
    entropy: Entropy

    def notice(self, **changes: object) -> Document:
        """Return a notice; *changes* replace its members, ``return_`` the member ``return``."""
        people = {
            "case": random_id(self.entropy),
            "cycle": 1,
            "revision": 1,
            "person": self.person(),
            "family": None,
            "travel_document": None,
            "return": {"port": PORT, "receiving_point": POINT, "window": self.window()},
            "hearing": self.hearing(),
            "screening": {"completed": True, "rule_set": "as-announced-2019"},
        }
        return self._salted(people, changes)

    def person(self, **changes: object) -> Document:
        """Return somebody who does not exist."""
        return {
            "given_names": f"{CANARY} Irene",
            "first_surname": "Ávalos",
            "second_surname": None,
            "full_name_as_recorded": f"{CANARY} Irene Ávalos",
            "birth_date": "1991-07-09",
            "sex": "F",
            "nationality": "HND",
            "language": "spa",
            **changes,
        }

    def family(self) -> Document:
        """Return a family of three, of which the person is a parent."""
        return {"group": random_id(self.entropy), "size": 3, "role": "PARENT"}

    def travel_document(self) -> Document:
        """Return a passport."""
        return {
            "type": "PASSPORT",
            "number": "F000-1917",
            "country": "HND",
            "expires_on": (self.now + timedelta(days=800)).date().isoformat(),
        }

    def hearing(self, hearing: str | None = None, later: timedelta = timedelta()) -> Document:
        """Return a hearing some weeks from now, with the hour at which to be at the port."""
        day = (self.now + HEARING_IN + later).date().isoformat()
        return {
            "hearing": hearing or random_id(self.entropy),
            "version": 1,
            "hearing_at": _appointment(f"{day}T08:30"),
            "present_at": _appointment(f"{day}T04:30"),
            "presentation_port": PORT,
            "source_as_of": utc_text(self.now - timedelta(hours=2)),
        }

    def window(self) -> Document:
        """Return a window of four hours, tomorrow."""
        opens = self.now + WINDOW_IN
        return {"from": utc_text(opens), "to": utc_text(opens + timedelta(hours=4))}

    def cancellation(self, **changes: object) -> Document:
        """Return a cancellation."""
        return self._salted({"revision": 1, "reason": "withdrawn"}, changes)

    def acknowledgment(self, answer: str = "accepted", **changes: object) -> Document:
        """Return an answer, with the code or window that it needs."""
        answered = {
            "revision": 1,
            "answer": answer,
            "code": "CAPACITY" if answer == "refused" else None,
            "window": self.window() if answer == "deferred" else None,
            "answered_at": utc_text(self.now),
            "officer": f"{CANARY}-1",
        }
        return self._salted(answered, changes)

    def reception(self, outcome: str = "received", **changes: object) -> Document:
        """Return what was seen at the line."""
        seen = {
            "outcome": outcome,
            "code": None if outcome == "received" else "NOT_SEEN",
            "at": utc_text(self.now),
            "receiving_point": POINT,
            "identity": "match" if outcome == "received" else None,
        }
        return self._salted(seen, changes)

    def visa(self, **changes: object) -> Document:
        """Return a document valid until after the hearing."""
        given = {
            "document": "FMM",
            "number": "40918270011",
            "issued_at": utc_text(self.now),
            "office": "INM-TIJ-01",
            "valid_from": self.now.date().isoformat(),
            "valid_until": (self.now + timedelta(days=180)).date().isoformat(),
            "entries": "multiple",
            "curp_assigned": False,
        }
        return self._salted(given, changes)

    # --- The rest of the case ------------------------------------------------------------------

    def departure(self, **changes: object) -> Document:
        """Return that the person crossed the line."""
        gone = {"revision": 1, "at": utc_text(self.now), "port": PORT, "crossing": "PEDWEST"}
        return self._salted(gone, changes)

    def hearing_notice(self, hearing: str | None = None, **changes: object) -> Document:
        """Return the second version of a hearing, a week later than the first."""
        moved = self.hearing(hearing, timedelta(days=7)) | {"status": "scheduled", "version": 2}
        return self._salted(moved, changes)

    def no_hearing(self, hearing: str | None = None, **changes: object) -> Document:
        """Return that the hearing is in no calendar any more."""
        nothing = {"hearing_at": None, "present_at": None, "presentation_port": None}
        return self.hearing_notice(hearing, **{"status": "none-scheduled", **nothing, **changes})

    def hearing_asked(self, hearing: str | None = None, **changes: object) -> Document:
        """Return a doubt about a hearing, or with *current* what answers it."""
        asked = {"hearing": hearing or random_id(self.entropy), "version": 1}
        return self._salted(asked, changes)

    def delivery(self, hearing: str | None = None, **changes: object) -> Document:
        """Return that the person was told of a hearing."""
        told = {"outcome": "delivered", "at": utc_text(self.now), "method": "DESK"}
        return self.hearing_asked(hearing, **{**told, **changes})

    def presentation(self, **changes: object) -> Document:
        """Return that the person came to the port for the hearing."""
        seen = {
            "outcome": "presented",
            "hearing": random_id(self.entropy),
            "at": utc_text(self.now),
            "port": PORT,
        }
        return self._salted(seen, changes)

    def closure(self, **changes: object) -> Document:
        """Return that a case has ended."""
        return self._salted({"case": random_id(self.entropy), "reason": "closed"}, changes)

    def visa_change(self, status: str = "extended", **changes: object) -> Document:
        """Return what became of the document that ``visa`` gives."""
        until = (self.now + timedelta(days=360)).date().isoformat()
        changed = {
            "number": "40918270011",
            "status": status,
            "valid_until": until if status in {"extended", "replaced"} else None,
        }
        return self._salted(changed, changes)

    def exit(self, **changes: object) -> Document:
        """Return that the person left for a port of the United States."""
        return self._salted({"at": utc_text(self.now), "kind": "to-us-port"}, changes)

    def correction(self, **changes: object) -> Document:
        """Return that a document's number was recorded wrong in some earlier message."""
        corrected = {
            "message": new_jti(self.now, self.entropy),
            "pointer": "/body/number",
            "value": "40918270012",
            "basis": "RECORDED_WRONG",
        }
        return self._salted(corrected, changes)

    def alert(self, code: str = "call-now") -> Document:
        """Return that both duty officers must speak."""
        return self._salted({"code": code}, {})

    def advisory(self, **changes: object) -> Document:
        """Return what a point takes on a day far off, of which no other run has spoken."""
        ahead = int.from_bytes(self.entropy(2)) % 20_000
        told = {
            "receiving_point": POINT,
            "on": (date(2040, 1, 1) + timedelta(days=ahead)).isoformat(),
            "people_max": 40,
            "families_max": 6,
            "opens": "09:00",
            "closes": "17:30",
        }
        return self._salted(told, changes)

    def contacts(self, **changes: object) -> Document:
        """Return whom to call at one pair, on one day."""
        today = self.now.date().isoformat()
        pair = {
            "port": PORT,
            "receiving_point": POINT,
            "numbers": [{"kind": "duty", "number": "+526645550117"}],
            "calendar": [{"on": today, "opens": "09:00", "closes": "17:30"}],
        }
        return self._salted({"valid_from": today, "pairs": [pair]}, changes)

    def statement(self, **changes: object) -> Document:
        """Return that on a day long past nothing was said, of which no other run has spoken."""
        ago = int.from_bytes(self.entropy(2)) % 20_000
        told = {
            "day": (date(1910, 1, 1) + timedelta(days=ago)).isoformat(),
            "speaker": "us",
            "counters": [],
            "messages": 0,
            "fingerprint": b64u(digest(bytes(40))),
        }
        return self._salted(told, changes)

    def comparison(self, **changes: object) -> Document:
        """Return a first step about a statement that nobody ever made."""
        compared = {
            "day": "1910-01-01",
            "speaker": "us",
            "ours": b64u(self.entropy(32)),
            "theirs": b64u(self.entropy(32)),
            "number": 1,
            "says": "step",
            "step": {
                "splits": [],
                "leaves": [{"start": "", "end": None, "items": []}],
                "settled": [],
                "rest": False,
            },
            "result": None,
        }
        return self._salted(compared, changes)

    def _salted(self, body: Document, changes: Mapping[str, object]) -> Document:
        named = {name.rstrip("_"): value for name, value in changes.items()}
        return {"salt": fresh_salt(self.entropy), **body, **named}


def _appointment(local: str) -> Document:
    return Appointment.made_from(LocalAppointment(local=local, zone=ZONE)).model_dump()
