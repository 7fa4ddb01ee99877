"""
Something is wrong with a person: said at once, and an alarm on both sides until a person answers.

It says whom to call about and never what it is. That goes by voice, to the duty number.
"""

from exchange.domain.alarms import AlarmKind
from exchange.domain.messages.catalogue import WELFARE_ALERT
from exchange.flow.acts import Keep
from exchange.flow.answering import Answered, Answering, Speech


class Welfare(Answering):
    """Sends welfare alerts, for the officials of either side."""

    async def alert(
        self,
        handoff: str,
        document: object,
        *,
        actor: str,
        places: frozenset[str] | None = None,
        keep: Keep[Answered] | None = None,
    ) -> Answered:
        """
        Call for help about the person: the document has a *code*.

        It overtakes whatever waits, in any stage, and may be repeated: each time somebody calls.

        Raises:
            Invalid, NotFound: As `Answering` says.
            NotPossible: The partner has not heard of the handoff, and does not hear of it so.
        """
        speech = Speech(WELFARE_ALERT, document, journaled=("code",), alarm=AlarmKind.WELFARE_ALERT)
        return await self._say(handoff, speech, actor=actor, places=places, keep=keep)
