"""How a scenario ended: both accounts, both ledgers, and the discrepancies that were found."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from exchange.demo.agreement import Agreement
from exchange.demo.scenarios.comparing import SIDES, Difference, Differences
from exchange.demo.scenarios.wording import Scenario
from exchange.errors import Language, Sentence
from exchange.installation.shipped import shipped_places
from exchange.reports.account import Account
from exchange.reports.composing import make_report
from exchange.reports.forms.plain import report_document

_COUNTED = (
    (Sentence("people by the source", "personas según la fuente"), "published"),
    (
        Sentence(
            "of them, of unknown port: not played",
            "de ellas, de puerto desconocido: no se representan",
        ),
        "of_unknown_port",
    ),
    (Sentence("return decisions", "decisiones de retorno"), "decided"),
    (Sentence("withheld", "excluidas"), "withheld"),
    (Sentence("noticed: us", "avisadas: us"), "noticed_us"),
    (Sentence("noticed: mx", "avisadas: mx"), "noticed_mx"),
    (Sentence("messages in both ledgers", "mensajes en ambos libros"), "messages"),
)
_OF_PORT = {"decided": "decided", "withheld": "withheld", "noticed_us": "noticed"}
_AT_PORTS = Sentence("At each port", "En cada puerto")
_UNKNOWN = Sentence("of unknown port", "de puerto desconocido")
_TITLE = Sentence("Discrepancies: expected, and found", "Discrepancias: esperadas y halladas")
_HEADINGS = (
    Sentence("rule", "regla"),
    Sentence("subject", "asunto"),
    Sentence("because", "por qué"),
    Sentence("stands", "estado"),
    Sentence("expected", "esperada"),
    Sentence("found: us", "hallada: us"),
    Sentence("found: mx", "hallada: mx"),
)
_OPEN = Sentence("open", "abierta")
_ENDED = Sentence("ended", "terminada")
_NOT_STATED = Sentence(
    "What must be found is not stated: NAME.expected.toml beside the file would say it.",
    "No se indica qué debe hallarse: lo diría NOMBRE.expected.toml junto al archivo.",
)
_HOLDS = Sentence(
    "Everybody is accounted for, both ledgers agree, and exactly what was expected was found.",
    "Se dio cuenta de todas las personas, ambos libros coinciden y se halló justo lo esperado.",
)
_HOLDS_UNSTATED = Sentence(
    "Everybody is accounted for, and both ledgers agree.",
    "Se dio cuenta de todas las personas y ambos libros coinciden.",
)
_FAULTS = {
    "accounts": Sentence("An account does not add up.", "Una cuenta no cuadra."),
    "noticed": Sentence(
        "The sides do not count the same people.", "Las partes no cuentan a las mismas personas."
    ),
    "ledgers": Sentence("The ledgers do not agree.", "Los libros no coinciden."),
    "discrepancies": Sentence(
        "What was found is not what was expected.", "Lo hallado no es lo esperado."
    ),
    "whole": Sentence(
        "Looking at everything finds something else than looking as messages came.",
        "Mirarlo todo halla otra cosa que mirar conforme llegaban los mensajes.",
    ),
    "unforeseen": Sentence(
        "A step went otherwise than the file says:",
        "Un paso resultó distinto de lo que dice el archivo:",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """What came of a scenario."""

    scenario: Scenario
    us: Account
    mx: Account
    agreement: Agreement
    found: Differences
    expected: Differences | None
    unforeseen: Sequence[str]
    finds_the_same: bool
    """Whether looking at everything finds what looking as messages came has found."""
    of_unknown_port: int
    mishaps: Mapping[str, int]
    """How often the road did each thing wrong."""

    @property
    def faults(self) -> tuple[str, ...]:
        """What does not hold, by name."""
        holds = {
            "accounts": self.us.adds_up and self.mx.adds_up,
            "noticed": self.us.total.terms["noticed"] == self.mx.total.terms["noticed"],
            "ledgers": self.agreement.agree,
            "discrepancies": self.expected in (None, self.found),
            "whole": self.finds_the_same,
            "unforeseen": not self.unforeseen,
        }
        return tuple(name for name, well in holds.items() if not well)

    @property
    def holds(self) -> bool:
        """Whether everybody is accounted for, on both sides alike, and found is what should be."""
        return not self.faults

    def counts(self) -> dict[str, int]:
        """Return how many people the source counts, and what became of them here."""
        return {
            "published": sum(crowd.published for crowd in self.scenario.crowd),
            "of_unknown_port": self.of_unknown_port,
            "decided": self.us.total.terms["decided"],
            "withheld": self.us.total.terms["withheld"],
            "noticed_us": self.us.total.terms["noticed"],
            "noticed_mx": self.mx.total.terms["noticed"],
            "messages": self.agreement.messages,
        }

    def document(self) -> dict[str, Any]:
        """Return the last line of ``--json``."""
        places = shipped_places()
        accounts = {"us": self.us, "mx": self.mx}
        expected = self.expected
        return {
            "scenario": self.scenario.name,
            "source": self.scenario.source,
            "holds": self.holds,
            "faults": self.faults,
            "unforeseen": list(self.unforeseen),
            "counts": self.counts(),
            "mishaps": dict(sorted(self.mishaps.items())),
            "differences": [asdict(one) for one in self.agreement.differences],
            "found": {side: _listed(self.found[side]) for side in SIDES},
            "expected": expected and {side: _listed(expected[side]) for side in SIDES},
            "reports": {
                side: report_document(make_report(one, places)).model_dump(mode="json")
                for side, one in accounts.items()
            },
        }

    def tables(self, language: Language) -> RenderableType:
        """Return the same for a person."""
        counted = self._counted(language), self._by_port(language), self._compared(language)
        return Group(*counted, *self._verdict(language))

    def _counted(self, language: Language) -> Table:
        table = Table(title=self.scenario.name, title_justify="left", title_style="bold")
        table.add_column("")
        table.add_column("", justify="right")
        counts = self.counts()
        for words, name in _COUNTED:
            if counts[name] or name == "decided":
                table.add_row(words.spoken(language), f"{counts[name]:,}")
        return table

    def _by_port(self, language: Language) -> Table:
        """Return how many people there were at each port; of some the source does not say it."""
        table = Table(title=_AT_PORTS.spoken(language), title_justify="left", title_style="bold")
        table.add_column("")
        for words, name in _COUNTED:
            if name in _OF_PORT:
                table.add_column(words.spoken(language), justify="right")
        names = {port.code: port.name for port in shipped_places()}
        for line in self.us.places:
            figures = (f"{line.terms[term]:,}" for term in _OF_PORT.values())
            table.add_row(f"{line.place} {names.get(line.place, '')}", *figures)
        if self.of_unknown_port:
            table.add_row(_UNKNOWN.spoken(language), f"({self.of_unknown_port})")
        return table

    def _compared(self, language: Language) -> Table:
        table = Table(title=_TITLE.spoken(language), title_justify="left", title_style="bold")
        for heading in _HEADINGS:
            table.add_column(heading.spoken(language))
        expected = self.expected or {}
        every = frozenset().union(*self.found.values(), *expected.values())
        for one in sorted(every):
            wanted = " ".join(side for side in SIDES if one in expected.get(side, ()))
            marks = (self._mark(one, side) for side in SIDES)
            stands = (_ENDED if one.ended else _OPEN).spoken(language)
            table.add_row(one.rule, one.subject, " ".join(one.because), stands, wanted, *marks)
        return table

    def _mark(self, one: Difference, side: str) -> str:
        found = one in self.found[side]
        if self.expected is not None and found != (one in self.expected[side]):
            return "[red]✗[/]"
        return "[green]✓[/]" if found else ""

    def _verdict(self, language: Language) -> Iterator[Text]:
        if self.expected is None:
            yield Text(_NOT_STATED.spoken(language))
        for name in self.faults:
            yield Text(_FAULTS[name].spoken(language), "bold red")
        for line in self.unforeseen:
            yield Text(f"  {line}")
        if self.holds:
            said = _HOLDS if self.expected is not None else _HOLDS_UNSTATED
            yield Text(said.spoken(language), "bold green")


def _listed(differences: Iterable[Difference]) -> list[dict[str, Any]]:
    return [one._asdict() for one in sorted(differences)]
