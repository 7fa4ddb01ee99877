"""What was found wrong with an answer: what was looked at, what it had to be, what it was."""

from dataclasses import dataclass

from exchange.conformance.texts import Language, text

LENGTH_MAX = 600


@dataclass(frozen=True, slots=True)
class Finding:
    """
    One thing that is not as the protocol says. *what* is a key of the texts.

    *expected* and *found* are codes, numbers and excerpts, the same in every language.
    """

    what: str
    expected: str = ""
    found: str = ""

    def words(self, language: Language) -> str:
        """Return the finding as a sentence."""
        parts = [text(f"finding.{self.what}", language)]
        if self.expected:
            parts.append(f"{text('expected', language)} {self.expected}")
        if self.found:
            parts.append(f"{text('found', language)} {self.found}")
        return "; ".join(parts)


def finding(what: str, expected: object = "", found: object = "") -> Finding:
    """Return a finding whose excerpts are short enough to print."""
    return Finding(what, _short(expected), _short(found))


def _short(value: object) -> str:
    said = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    return said if len(said) <= LENGTH_MAX else said[:LENGTH_MAX] + "…"
