"""What the numbers and the order of a partner's messages say (clauses 3.3 and 6.2)."""

from collections.abc import Iterator, Sequence

from exchange.conformance.ear import Arrival
from exchange.conformance.findings import Finding, finding
from exchange.domain.messages.catalogue import by_schema


def order_findings(arrivals: Sequence[Arrival]) -> Iterator[Finding]:
    """Give each number missing or used twice, each message too early or, receipted, again."""
    firsts: dict[str, Arrival] = {}
    for one in arrivals:
        firsts.setdefault(one.envelope.jti, one)
    numbers: dict[int, str] = {}
    latest: dict[str | None, int] = {}
    for one in firsts.values():
        said = one.envelope
        if numbers.setdefault(said.seq, said.jti) != said.jti:
            yield finding("seq-twice", found=said.seq)
        if said.seq < latest.get(said.sub, 0) and not _is_urgent(said.schema):
            yield finding("order", found=f"{said.sub} seq {said.seq}")
        latest[said.sub] = max(said.seq, latest.get(said.sub, 0))
    for jti in firsts:
        times = [one for one in arrivals if one.envelope.jti == jti]
        if sum(not one.is_lost for one in times) > 1:
            yield finding("came-again", found=jti)
    missing = {*range(min(numbers, default=1), max(numbers, default=0))} - numbers.keys()
    if missing:
        yield finding("seq-gap", found=", ".join(map(str, sorted(missing))))


def _is_urgent(schema: str) -> bool:
    kind = by_schema(schema)
    return kind is not None and kind.urgent
