"""
What must come back from one step of a case: values that are compared, and said in words.

A step's want names the step's lines by the names that the case gave them.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from exchange.conformance.texts import Language, text
from exchange.proof.receipts import Status


class Known(Enum):
    """A code that no row can give, for it depends on what was said before."""

    CODE = "known"
    """The code that follows from what both sides have said in this run."""
    ANY = "any"
    """Any code: it follows from what earlier runs have said."""


Code: TypeAlias = str | Known | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a receipt must say of a message; *pointer* is where, if the partner says where."""

    status: Status
    code: Code
    pointer: str | None = None


@dataclass(frozen=True, slots=True)
class Receipted:
    """200: the stored receipts of *stored*, each once and octet for octet, then a fresh one."""

    fresh: tuple[tuple[str, Verdict], ...] = ()
    stored: tuple[str, ...] = ()

    def __and__(self, other: "Receipted") -> "Receipted":
        """Both in one answer."""
        return Receipted(self.fresh + other.fresh, self.stored + other.stored)

    def words(self, language: Language) -> str:
        """Return it in words."""
        counted = Counter(_verdict_words(verdict, language) for _, verdict in self.fresh)
        parts = [text("stored", language)] if self.stored else []
        return ", ".join(
            [*parts, *(one if n == 1 else f"{n} x {one}" for one, n in counted.items())]
        )


@dataclass(frozen=True, slots=True)
class LinesRefused:
    """400 ``lines-refused``: exactly these lines, each with its code."""

    lines: Mapping[int, str]

    @property
    def refusals(self) -> set[str]:
        """Every code that stands in the answer: of the lines, and of the request."""
        return {"lines-refused", *self.lines.values()}

    def words(self, language: Language) -> str:
        """Return it in words."""
        named = ", ".join(f"{line} `{code}`" for line, code in self.lines.items())
        word = text("line" if len(self.lines) == 1 else "lines", language)
        return f"400 `lines-refused`, {word} {named}"


@dataclass(frozen=True, slots=True)
class ProblemOf:
    """A problem with this status and code; *or_closed*: hanging up says the same."""

    status: int
    code: str
    or_closed: bool = False
    in_two_languages: bool = False

    def words(self, language: Language) -> str:
        """Return it in words."""
        said = f"{self.status} `{self.code}`"
        if self.in_two_languages:
            said += f", {text('two-languages', language)}"
        return f"{said}, {text('or-closed', language)}" if self.or_closed else said


@dataclass(frozen=True, slots=True)
class Closed:
    """The connection ends, without an answer or with a problem."""

    def words(self, language: Language) -> str:
        """Return it in words."""
        return text("closed", language)


@dataclass(frozen=True, slots=True)
class Unheard:
    """Nothing: the way does not listen; the next step shows what came of it."""

    def words(self, language: Language) -> str:
        """Return it in words."""
        return text("unheard", language)


class Keys(Enum):
    """What ``GET /v1/keys`` must answer."""

    WHOLE = "keys-whole"
    UNCHANGED = "keys-unchanged"
    DATED = "keys-dated"
    UNDERSTANDS = "keys-understands"

    def words(self, language: Language) -> str:
        """Return it in words."""
        return text(self.value, language)


Want: TypeAlias = Receipted | LinesRefused | ProblemOf | Closed | Unheard | Keys


def takes(*names: str, code: Code = Known.CODE) -> Receipted:
    """The lines *names* are new and accepted, with the code that follows or the one given."""
    return Receipted(tuple((name, Verdict(Status.ACCEPTED, code)) for name in names))


def rejects(name: str, code: str, pointer: str | None = None) -> Receipted:
    """The line *name* is new and rejected with *code*."""
    return Receipted(((name, Verdict(Status.REJECTED, code, pointer)),))


def repeats(*names: str) -> Receipted:
    """The lines *names* are known: their stored receipts come again."""
    return Receipted(stored=names)


def refuses(code: str, line: int = 1) -> LinesRefused:
    """One line fails before its signatures hold."""
    return LinesRefused({line: code})


def is_refusal(want: Want) -> bool:
    """Say whether something was refused: then the next good message must still be accepted."""
    if isinstance(want, Receipted):
        return any(verdict.status is Status.REJECTED for _, verdict in want.fresh)
    return isinstance(want, LinesRefused | ProblemOf | Closed)


def words_of(wants: Sequence[Want], language: Language) -> str:
    """Return what the steps of a case must bring, one after another."""
    return "; ".join(want.words(language) for want in wants)


def _verdict_words(verdict: Verdict, language: Language) -> str:
    status = f"`{verdict.status.value}`"
    match verdict.code:
        case None:
            return f"{status}, null"
        case Known():
            return status
        case code:
            where = f" {text('at', language)} `{verdict.pointer}`" if verdict.pointer else ""
            return f"{status}, `{code}`{where}"
