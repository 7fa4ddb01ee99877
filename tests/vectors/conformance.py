"""The lists of clause 15 of ``docs/protocol.md``, made from the tables of the conformance kit."""

from collections.abc import Iterator
from itertools import groupby

from exchange.conformance.case import Case, Need
from exchange.conformance.cases import CASES, UNTESTED
from exchange.conformance.duties import DUTIES
from exchange.conformance.duty import BEATS, ERRANDS
from exchange.conformance.run import must_of
from exchange.conformance.texts import text
from exchange.domain.parties import Side
from exchange.errors import Sentence

NAME, CLAUSE = 32, 6
TO = {
    frozenset({Side.US}): "to Mexico: ",
    frozenset({Side.MX}): "to the United States: ",
    frozenset(Side): "",
}


def lists() -> dict[str, str]:
    """Return each list by the name of its block."""
    return {
        "cases": "\n".join(_cases()),
        "untested": "\n".join(f"{code:<21}{why.en}" for code, why in UNTESTED.items()),
        "duties-mx": "\n".join(_duties(Side.US)),
        "duties-us": "\n".join(_duties(Side.MX)),
    }


def _cases() -> Iterator[str]:
    for number, (group, members) in enumerate(groupby(CASES, key=lambda case: case.group)):
        if number:
            yield ""
        yield text(f"group.{group}", "en")
        for case in members:
            yield from _row(case.name, case.clause, _sent(case), must_of(case).en)


def _sent(case: Case) -> str:
    words = TO[case.sides] + case.sent.en
    if Need.TWO_SIGNATURES in case.needs:
        words += " (Where two signatures are agreed.)"
    return words + (" (Over TLS.)" if Need.TLS in case.needs else "")


def _duties(side: Side) -> Iterator[str]:
    yield from _row(BEATS.name, BEATS.clause, BEATS.asks.en, BEATS.must.en)
    for duty in DUTIES:
        if duty.side is side:
            asks = _asked(duty.asks, duty.about)
            yield from _row(duty.name, duty.clause, asks, duty.must.en)
    for errand in ERRANDS[1:]:
        yield from _row(errand.name, errand.clause, errand.asks.en, errand.must.en)


def _asked(asks: Sentence, about: str) -> str:
    return asks.en.format(handoff=about) if "{" in asks.en else f"{asks.en} ({about})"


def _row(name: str, clause: str, sent: str, must: str) -> Iterator[str]:
    yield f"  {name:<{NAME}}{clause:<{CLAUSE}}{sent}"
    yield f"  {'':<{NAME + CLAUSE}}= {must.replace('`', '')}"
