"""What either side does: call for help about somebody, take that up, put right what it said."""

from functools import partial

from exchange.demo.scenarios.acting import DONE, OFFICIAL, PORT, Act, Codes, handoff_of
from exchange.demo.scenarios.actors import Actor
from exchange.demo.scenarios.sides import Both
from exchange.demo.scenarios.wording import Step
from exchange.domain.alarms import AlarmKind
from exchange.flow.alarms import Sight
from exchange.flow.corrections import find_recorded
from exchange.store.alarms import list_open
from exchange.store.columns import Direction
from exchange.store.engine import Connection
from exchange.store.handoffs import find_handoff

_TAKEN_UP = frozenset({AlarmKind.WELFARE_ALERT, AlarmKind.CORRECTION_RECEIVED})


class AtEither:
    """The acts of either side, by name."""

    def __init__(self, both: Both) -> None:
        self._both = both

    def acts(self) -> dict[str, Act]:
        """Return each act under the name that a file has for it."""
        return {"alert": self._alert, "take-up": self._take_up, "correct": self._correct}

    async def _alert(self, actor: Actor, step: Step) -> Codes:
        side = self._both.of(step.by)
        document = {"code": step.code or "missing"}
        await side.legs.welfare.alert(handoff_of(actor), document, actor=OFFICIAL)
        return DONE

    async def _take_up(self, actor: Actor, step: Step) -> Codes:
        """Take up every open alarm about the person."""
        side = self._both.of(step.by)
        handoff = handoff_of(actor)
        open_ = await side.store.read(list_open)
        sight = Sight(side.agreement.side, None, knows_holds=True, operates=True)
        for alarm in open_:
            if alarm.subject == handoff and alarm.kind in _TAKEN_UP:
                await side.legs.alarms.acknowledge(alarm.number, actor="duty", sight=sight)
        return DONE

    async def _correct(self, actor: Actor, step: Step) -> Codes:
        """Put right a value of the newest message of a side that has it."""
        side = self._both.of(step.by)
        row = await side.store.read(partial(find_handoff, handoff=handoff_of(actor)))
        number = 0 if row is None else row.number
        kind = f":{step.code}:"

        def find(connection: Connection) -> str:
            found = find_recorded(
                connection,
                handoff=number,
                direction=Direction.SENT,
                named=lambda entry: kind in (entry.schema or ""),
            )
            return found.message if found else ""

        document = {
            "message": await side.store.read(find),
            "pointer": step.pointer,
            "value": step.value,
            "basis": "DOCUMENT_SEEN",
        }
        await side.legs.corrections.correct(handoff_of(actor), document, actor=PORT)
        return DONE
