"""
What the demo ends with: what was planted beside what the account of each side found.

The accounts come from ``exchange.reports``, which knows nothing of what was planted.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from exchange.demo.agreement import RECEIVED, Agreement, Held
from exchange.demo.faults import CANCELLED, CROSSING, MOVED, Part, Role
from exchange.demo.play import Played
from exchange.domain.stages import Stage
from exchange.errors import Sentence
from exchange.installation.shipped import shipped_places
from exchange.reports.account import Account
from exchange.reports.composing import make_report
from exchange.reports.document import Report
from exchange.reports.findings import VISA_TOO_SHORT
from exchange.reports.forms.plain import report_document
from exchange.reports.forms.table import report_tables
from exchange.reports.texts import Language, text

_AGREE = Sentence(
    "Both ledgers agree: {count} messages, each with a receipt.",
    "Ambos libros coinciden: {count} mensajes, cada uno con su constancia.",
)
_DISAGREE = Sentence(
    "The ledgers do not agree, of {count} messages that both have:",
    "Los libros no coinciden, de {count} mensajes que ambos tienen:",
)
_TITLE = Sentence("Planted, and found by the account", "Lo sembrado, y lo que halló la cuenta")
_HEADINGS = (
    Sentence("planted", "sembrado"),
    Sentence("found: us", "hallado: us"),
    Sentence("found: mx", "hallado: mx"),
)
_VANISHED = Sentence("withdrawn before notice", "retiradas antes del aviso")
_ONCE = Sentence(
    "messages delivered twice, stored once", "mensajes entregados dos veces, guardados una"
)


STEPS_OF: Mapping[str, frozenset[Part]] = {
    "step-departed": CROSSING,
    "step-hearing-changed": MOVED,
    "step-change-told": MOVED,
    "step-presented": MOVED - {Part.NOT_PRESENTED},
    "step-not-presented": frozenset({Part.NOT_PRESENTED}),
    "step-returned-again": frozenset({Part.SECOND_CYCLE}),
    "step-case-closed": frozenset({Part.CASE_CLOSED}),
}
"""Of whom each step of a case is to be found."""


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that was planted, and how often each side found it; None where it cannot."""

    what: Sentence
    planted: int
    us: int | None = None
    mx: int | None = None
    is_certain: bool = True
    """False where killing a process makes more of it than was planted."""

    @property
    def is_found(self) -> bool:
        """Whether each side that can see it found exactly what was planted."""
        return all(found in (None, self.planted) for found in (self.us, self.mx))


@dataclass(frozen=True, slots=True)
class Ending:
    """Both accounts, whether the ledgers agree, and what was planted."""

    us: Account
    mx: Account
    agreement: Agreement
    rows: tuple[Row, ...]
    played: Played
    decisions: int

    @property
    def holds(self) -> bool:
        """Whether every handoff is accounted for on both sides and both ledgers agree."""
        return (
            self.played.finished
            and self.us.adds_up
            and self.mx.adds_up
            and self.us.total.terms["decided"] == self.decisions
            and self.us.total.terms["noticed"] == self.mx.total.terms["noticed"]
            and self.us.steps == self.mx.steps
            and self.agreement.agree
            and all(row.is_found for row in self.rows if row.is_certain)
        )

    def reports(self) -> dict[str, Report]:
        """Return the report of each side."""
        places = shipped_places()
        return {"us": make_report(self.us, places), "mx": make_report(self.mx, places)}

    def document(self) -> dict[str, Any]:
        """Return the last line of ``--json``."""
        return {
            "holds": self.holds,
            "finished": self.played.finished,
            "restarts": self.played.restarts,
            "ledgers_agree": self.agreement.agree,
            "messages_in_both": self.agreement.messages,
            "differences": [asdict(one) for one in self.agreement.differences],
            "planted": [asdict(row) | {"is_found": row.is_found} for row in self.rows],
            "reports": {
                side: report_document(report).model_dump(mode="json")
                for side, report in self.reports().items()
            },
        }

    def tables(self, language: Language) -> RenderableType:
        """Return the same for a person."""
        said, style = _AGREE, "bold green"
        if not self.agreement.agree:
            said, style = _DISAGREE, "bold red"
        verdict = Text(said.spoken(language).format(count=self.agreement.messages), style)
        for one in self.agreement.differences[:10]:
            verdict.append(f"\n  {one}")
        reports = (report_tables(one, language) for one in self.reports().values())
        return Group(*reports, _planted(self.rows, language), verdict)


def rows_of(
    roles: Sequence[Role], played: Played, us: Account, mx: Account, held_mx: Held
) -> tuple[Row, ...]:
    """Return each thing that was planted beside what was found of it."""
    parts = Counter(role.part for role in roles)
    return (
        *_before_notice(parts, played, us),
        *_after(parts, played, us, mx),
        *_of_cases(parts, us, mx),
        *_of_the_network(played, us, mx, held_mx),
    )


def _before_notice(parts: Counter[Part], played: Played, us: Account) -> Iterator[Row]:
    for part in (Part.MINOR, Part.MEXICAN, Part.FEAR, Part.HEALTH):
        reason = _words(f"reason.{part}")
        words = Sentence(f"withheld: {reason.en}", f"excluidas: {reason.es}")
        yield Row(words, parts[part], us.withheld_reasons.get(part, 0))
    yield Row(_VANISHED, played.vanished, us.total.terms["withdrawn"])


def _after(parts: Counter[Part], played: Played, us: Account, mx: Account) -> Iterator[Row]:
    cancelled = sum(parts[part] for part in CANCELLED)
    told = parts[Part.WITHDRAWN] - played.vanished
    for what, planted, stage in (
        (
            Sentence("cancelled after notice", "canceladas tras el aviso"),
            cancelled + told,
            Stage.CANCELLED,
        ),
        (Sentence("refused", "rechazadas"), parts[Part.REFUSED], Stage.REFUSED),
        (Sentence("deferred", "aplazadas"), parts[Part.DEFERRED], Stage.DEFERRED),
        (
            Sentence("not received at the line", "no recibidas en la línea"),
            parts[Part.NOT_RECEIVED],
            Stage.NOT_RECEIVED,
        ),
    ):
        yield Row(what, planted, us.total.stages[stage], mx.total.stages[stage])
    for what, planted, kind in (
        (Sentence("late acknowledgment", "acuse tardío"), played.late, "late-acknowledgment"),
        (
            Sentence("document that never came", "documento que nunca llegó"),
            parts[Part.VISA_NEVER],
            "overdue-visa",
        ),
        (
            Sentence(
                "document that ends before the hearing", "documento que vence antes de la audiencia"
            ),
            parts[Part.VISA_SHORT],
            VISA_TOO_SHORT,
        ),
    ):
        yield Row(what, planted, us.found(kind), mx.found(kind))


def _of_cases(parts: Counter[Part], us: Account, mx: Account) -> Iterator[Row]:
    """Give how far cases went, as the plan has it and as each side counts it."""
    for step, who in STEPS_OF.items():
        planted = sum(parts[part] for part in who)
        yield Row(_words(step), planted, us.steps[step], mx.steps[step])
    yield Row(_words("held"), parts[Part.HELD], us.held or 0)


def _words(key: str) -> Sentence:
    return Sentence(text(key, "en"), text(key, "es"))


def _of_the_network(played: Played, us: Account, mx: Account, held_mx: Held) -> Iterator[Row]:
    stored = Counter(pld for _, pld in held_mx.messages[RECEIVED].elements())
    once = sum(stored[pld] == 1 for pld in played.arrived_twice)
    yield Row(_ONCE, len(played.arrived_twice), mx=once)
    for what, planted, found in (
        (
            Sentence("sent again: the partner was away", "reenviado: la contraparte no estaba"),
            len(played.sent_again["us"]),
            {"us": us.sent_again},
        ),
        (
            Sentence("sent again: the answer was lost", "reenviado: se perdió la respuesta"),
            len(played.sent_again["mx"]),
            {"mx": mx.sent_again},
        ),
    ):
        yield Row(what, planted, **found, is_certain=False)


def _planted(rows: Sequence[Row], language: Language) -> Table:
    table = Table(title=_TITLE.spoken(language), title_justify="left", title_style="bold")
    table.add_column(text("column.finding", language))
    for heading in _HEADINGS:
        table.add_column(heading.spoken(language), justify="right")
    table.add_column("")
    for row in rows:
        figures = ("" if one is None else str(one) for one in (row.planted, row.us, row.mx))
        table.add_row(
            row.what.spoken(language), *figures, "[green]✓[/]" if row.is_found else "[red]✗[/]"
        )
    return table
