"""
A duty: what the partner's official is asked to do, what must then come, and what we answer.

Duties are rows of data, like cases. Each is about a handoff that it names (``X``, ``Y``, …);
the name stands for the same handoff in later duties. A duty may begin with a notice of ours,
may have the kit answer the next requests oddly, and may end with messages of ours about the
same handoff.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from exchange.conformance.bodies import Document
from exchange.conformance.ear import Reaction
from exchange.conformance.kit import Kit
from exchange.conformance.texts import LANGUAGES, Language, text
from exchange.domain.parties import Side
from exchange.errors import Sentence

MakeBody = Callable[[Kit], Document]


@dataclass(frozen=True, slots=True)
class Hears:
    """What must come: a message of this type, with these members, right in its place."""

    type: str
    members: Mapping[str, object] = field(default_factory=dict)
    answers: bool = False
    """It names our notice in ``irt``."""

    def words(self, language: Language) -> str:
        """Return it in words."""
        del language  # names of types and members are the same in every language
        named = ", ".join(f"{name} {value}" for name, value in self.members.items())
        return f"`{self.type}`" + (f" ({named})" if named else "")


@dataclass(frozen=True, slots=True)
class Says:
    """What we say then about the same handoff, and the code with which it is accepted."""

    type: str
    body: MakeBody
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Duty:
    """One row: *asks* has ``{handoff}`` where the handoff's id stands."""

    name: str
    clause: str
    side: Side
    about: str
    asks: Sentence
    hears: Hears
    reactions: tuple[Reaction, ...] = ()
    says: tuple[Says, ...] = ()
    begins_with_notice: bool = False

    @property
    def must(self) -> Sentence:
        """What must come, in both languages."""
        return Sentence(*(self._words(language) for language in LANGUAGES))

    def _words(self, language: Language) -> str:
        parts = [self.hears.words(language)]
        parts += [text(f"reaction.{one}", language) for one in dict.fromkeys(self.reactions)]
        for said in self.says:
            code = f"`{said.code}`" if said.code else "null"
            parts.append(f"`{said.type}`: `accepted`, {code}")
        return "; ".join(parts)


@dataclass(frozen=True, slots=True)
class Errand:
    """A row of another kind: what it asks of the partner or does to it, and what must come."""

    name: str
    clause: str
    asks: Sentence
    must: Sentence


BEATS = Errand(
    "asks-for-our-keys", "8.4",
    Sentence(
        "Our key set stands at our address.", "Nuestro juego de llaves está en nuestra dirección."
    ),
    Sentence("GET /v1/keys within 75 s", "GET /v1/keys antes de 75 s"),
)  # fmt: skip
ROTATES = Errand(
    "follows-our-keys", "8.3",
    Sentence(
        "A key set with a key more; once it was fetched, one in which that key is revoked.",
        "Un juego con una llave más; una vez obtenido, otro en que esa llave está revocada.",
    ),
    Sentence(
        "a message under the new key is `accepted`; once revoked, a new one is "
        "`key-not-active`, and the old line gets its stored receipt",
        "un mensaje con la llave nueva es `accepted`; una vez revocada, otro nuevo es "
        "`key-not-active`, y la línea anterior recibe su constancia guardada",
    ),
)  # fmt: skip
RESTARTS = Errand(
    "remembers-after-a-restart", "5.3",
    Sentence(
        "Stop your service and start it again, as after a power cut.",
        "Detenga su servicio y vuelva a iniciarlo, como tras un corte de luz.",
    ),
    Sentence(
        "the first message of the run gets its stored receipt, octet for octet",
        "el primer mensaje de la ejecución recibe su constancia guardada, octeto por octeto",
    ),
)  # fmt: skip
ORDERS = Errand(
    "all-in-order", "6.2",
    Sentence("Everything that came.", "Todo lo que llegó."),
    Sentence(
        "every seq once and none missing; within a handoff in order; nothing again that was "
        "receipted",
        "cada seq una vez y ninguno ausente; en orden dentro de cada entrega; nada de nuevo "
        "que ya tuvo constancia",
    ),
)  # fmt: skip
ERRANDS = (BEATS, ROTATES, RESTARTS, ORDERS)
