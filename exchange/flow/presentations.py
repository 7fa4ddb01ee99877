"""
(9) What was seen at the presentation port: the person came, or had not come after the grace.

That a person came is recorded in whatever stage and at whatever port they came to; that somebody
did not is said only of who was received, and of the hearing that stands. Neither states what
follows from it.
"""

from typing import cast

from exchange.domain.hearings import faults_of_presentation
from exchange.domain.messages.body import Body
from exchange.domain.messages.catalogue import PRESENTATION
from exchange.domain.messages.presentation import Presentation
from exchange.errors import Fault, Forbidden, Invalid, NotPossible
from exchange.flow.acts import Keep, Seen
from exchange.flow.ahead import LookingAhead
from exchange.flow.answering import Answered, Answering, Speech


class Presentations(Answering, LookingAhead):
    """Records who presented and who did not, for the ports."""

    async def present(
        self,
        handoff: str,
        document: object,
        *,
        actor: str,
        places: frozenset[str] | None = None,
        keep: Keep[Answered] | None = None,
    ) -> Answered:
        """
        Record that the person came, or had not come: *outcome*, *hearing*, *at*, *port*.

        Raises:
            Invalid: The document does not fit, or the grace has not ended.
            Forbidden: It was at a port that is not the caller's.
            NotFound: We know no such handoff.
            AlreadyAnswered: It was recorded before, or the person has come meanwhile.
            NotPossible: Nobody was told of the person, or nobody waits who could not come.
            SchemaNotTaken: The partner takes no version of it.
        """
        speech = Speech(PRESENTATION, document, check=self._check, journaled=("outcome",))
        self._require_own(speech.given().get("port"), places)
        return await self._say(handoff, speech, actor=actor, places=None, keep=keep)

    def _require_own(self, port: object, ports: frozenset[str] | None) -> None:
        """Return where the port is the caller's; one that nobody knows is a fault of its own."""
        if ports is None or not isinstance(port, str) or port in ports:
            return
        if self._agreement.places.find_port(port) is not None:
            raise Forbidden(port)

    async def _check(self, seen: Seen, body: Body) -> None:
        presentation, now = cast("Presentation", body), self._clock()
        ahead = await self._look_ahead(seen, now)
        if seen.shared is None or ahead.shared.notice is None:
            raise NotPossible(seen.row.local_stage or ahead.shared.stage)
        faults = faults_of_presentation(
            presentation, ahead.shared, now=now, limits=self._agreement.limits
        )
        if self._agreement.places.find_port(presentation.port) is None:
            faults = (*faults, Fault("/port", "unknown-port"))
        if faults:
            raise Invalid(faults)
