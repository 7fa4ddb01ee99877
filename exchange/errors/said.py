"""What a mistake is said with: a sentence in two languages, and the root of all errors."""

from dataclasses import dataclass
from typing import Literal, Self

Language = Literal["en", "es"]


class Sentence(str):
    """
    One sentence in the two languages of the exchange.

    As a string it is the English one, which is what a log has; ``es`` is the Spanish.
    """

    __slots__ = ("es",)
    es: str

    def __new__(cls, en: str, es: str) -> Self:
        """Make the English sentence *en* know that it is *es* in Spanish."""
        made = super().__new__(cls, en)
        made.es = es
        return made

    def __reduce__(self) -> tuple[type[Self], tuple[str, str]]:
        return type(self), (self.en, self.es)

    @property
    def en(self) -> str:
        """The English sentence, and nothing else."""
        return str(self)

    def spoken(self, language: Language) -> str:
        """Return the sentence in *language*."""
        return self.es if language == "es" else self.en


@dataclass(frozen=True, slots=True)
class Fault:
    """
    One thing wrong with a document someone sent: where, and the stable code of what.

    *pointer* is a JSON pointer (RFC 6901) into the document; it names members that the
    published schema names, never a value. *known* is what would have been right there, where
    that is a list.
    """

    pointer: str
    code: str
    known: tuple[str, ...] = ()


class ExchangeError(Exception):
    """
    Anything this project raises on purpose. The class carries the code.

    *said* is what exactly is wrong, for the person who must act, where the code leaves that open.
    """

    code: str = "error"

    def __init__(self, said: Sentence | None = None) -> None:
        super().__init__(self.code if said is None else said)
        self.said = said

    def as_value(self) -> Self:
        """
        Return the error to be kept and looked at, without how it came about.

        What it was made from holds frames, and these what was read. Where a validation error is
        among it no collector would ever find the circle, and a partner could fill our memory.
        """
        self.__traceback__ = self.__cause__ = self.__context__ = None
        return self
