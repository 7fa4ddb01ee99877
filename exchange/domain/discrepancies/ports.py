"""The rules of a port's day: its counts agree, and refusals are no trend."""

from collections import Counter
from collections.abc import Iterable

from exchange.domain.discrepancies.causes import Why
from exchange.domain.discrepancies.rules import Desk, Rule
from exchange.domain.discrepancies.scopes import Breach, PortDay, StatedDay, Terms, at_once, once
from exchange.domain.due import after
from exchange.domain.facts import Fact
from exchange.domain.handoff import SharedHandoff
from exchange.domain.severity import Severity
from exchange.errors import Sentence


def counts_differ(day: PortDay, terms: Terms) -> Breach | None:
    """Of a day that has closed more people were seen than crossed, or documented than received."""
    why = []
    if any(one.departure is None and _was_at_the_line(one) for one in day.members):
        why.append(Why.RECEPTIONS_DIFFER)
    if any(one.visa is not None and one.received_at is None for one in day.members):
        why.append(Why.DOCUMENTS_DIFFER)
    if not why:
        return None
    return once(after(day.ends_at, terms.thresholds.day_closes_seconds), tuple(why))


def _was_at_the_line(shared: SharedHandoff) -> bool:
    """Say whether Mexico saw the person: who was expected and never came did not cross."""
    return shared.reception is not None and shared.reception.code != "NOT_SEEN"


def statements_differ(stated: StatedDay, _: Terms) -> Breach | None:
    """The two sides count differently what one of them said on a day, or one stated it early."""
    found = [
        (since, why)
        for since, why in (
            (stated.differs_since, Why.STATEMENTS_DIFFER),
            (stated.unfounded_since, Why.STATED_EARLY),
        )
        if since is not None
    ]
    if not found:
        return None
    return Breach(min(since for since, _ in found), because=tuple(why for _, why in found))


def refusals_are_a_trend(day: PortDay, terms: Terms) -> Breach | None:
    """Mexico refused too many of one window, or too many of a day with one code."""
    refused = [(one, fact) for one in day.members if (fact := _refusal(one)) is not None]
    if not refused:
        return None
    thresholds = terms.thresholds
    why = []
    announced = Counter(_window(one) for one in day.members)
    for window, count in Counter(_window(one) for one, _ in refused).items():
        too_many = 100 * count > thresholds.refusals_percent_max * announced[window]
        if too_many and count >= thresholds.refusals_min:
            why.append(Why.SHARE_OF_WINDOW)
            break
    codes = Counter(code for _, (_, code) in refused)
    if max(codes.values()) >= thresholds.refusals_of_one_code:
        why.append(Why.ONE_CODE)
    return at_once(*_facts(fact for _, fact in refused), because=tuple(why)) if why else None


def _refusal(shared: SharedHandoff) -> tuple[Fact, str | None] | None:
    """Return what says that the person was refused, by answer or at the line, and its code."""
    reception, answer = shared.reception, shared.answer
    if reception is not None and reception.code == "TURNED_BACK":
        return reception, reception.code
    if answer is not None and answer.answer == "refused":
        return answer, answer.code
    return None


def _window(shared: SharedHandoff) -> tuple[str, str] | None:
    notice = shared.notice
    return None if notice is None else (notice.window_from, notice.window_to)


def _facts(refusals: Iterable[tuple[Fact, str | None]]) -> Iterable[Fact]:
    return (fact for fact, _ in refusals)


PORT_RULES = (
    Rule(
        id="R24",
        severity=Severity.NORMAL,
        owner=None,
        call=(Desk.PORT, Desk.POINT),
        name=Sentence("Counts differ", "Cuentas distintas"),
        says=Sentence(
            "Of a day both sides state other counts, or more were seen than crossed, or documented "
            "than received.",
            "De un día las partes declaran cuentas distintas, o se vio a más de las que cruzaron, "
            "o se documentó a más de las recibidas.",
        ),
        remedy=Sentence(
            "Go through the day's handoffs, and record the crossing or reception that is missing.",
            "Revise las entregas del día y registre el cruce o la recepción que falta.",
        ),
        of_port_day=counts_differ,
        of_statement=statements_differ,
    ),
    Rule(
        id="R26",
        severity=Severity.HIGH,
        owner=None,
        call=(Desk.SUPERVISORS, Desk.POLICY),
        name=Sentence("Refusals are a trend", "Tendencia de rechazos"),
        says=Sentence(
            "Mexico refused too many of one window, or too many of a day with one code.",
            "México rechazó a demasiadas de una ventana, o a demasiadas de un día con un código.",
        ),
        remedy=Sentence(
            "Compare the rules of both sides, and announce nobody for whom they differ.",
            "Comparen las reglas de ambas partes y no avisen a nadie en quien difieran.",
        ),
        of_port_day=refusals_are_a_trend,
    ),
)
