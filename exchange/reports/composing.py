"""The account as a report: each of its parts becomes a section, and no word is said yet."""

from collections.abc import Iterator, Mapping

from exchange.domain.places import Places
from exchange.domain.stages import Stage
from exchange.reports.account import TERMS, Account, PlaceAccount
from exchange.reports.document import (
    Cell,
    Chart,
    ChartForm,
    Column,
    Kind,
    Layout,
    LedgerState,
    Report,
    Section,
)


def make_report(account: Account, places: Places) -> Report:
    """Return the *account* as a report; every term and every stage stands in it."""
    selection = account.selection
    return Report(
        kind="account",
        side=account.side,
        first=selection.first,
        last=selection.last,
        closed=account.closed,
        only_at=None if selection.named is None else tuple(sorted(selection.named)),
        made_at=account.made_at,
        ledger=LedgerState(account.ledger.entries, account.ledger.root),
        adds_up=account.adds_up,
        sections=tuple(_sections(account)),
        names=names_of(places),
    )


def names_of(places: Places) -> dict[str, str]:
    """Return the name of every port and receiving point by its code."""
    ports = {port.code: port.name for port in places}
    return ports | {point.id: point.name for port in places for point in port.receiving_points}


def _sections(account: Account) -> Iterator[Section]:
    if account.unbalanced:
        yield _unbalanced(account)
    yield _terms(account)
    yield _stages(account)
    if account.withheld_reasons:
        yield _counts("reasons", "reason", "people", account.withheld_reasons, "reason.")
    yield _counts("steps", "step", "handoffs", _steps(account))
    if account.both_sides is not None:
        yield from account.both_sides.sections()
    yield account.flows.section()
    yield account.punctuality.section()
    if account.visas.count:
        yield account.visas.section()
    if account.findings or account.sent_again:
        yield _counts("findings", "finding", "count", _found(account), "finding.")
    if account.findings:
        yield _out_of_order(account)
    yield from account.differences.sections()
    if account.ledger.alarms:
        yield _counts("alarms", "alarm", "count", account.ledger.alarms, "alarm.")
    yield _ledger(account)


def _terms(account: Account) -> Section:
    """Every person is somewhere, once: what was decided (or heard of) and what became of it."""
    terms = TERMS[account.side]

    def row(line: PlaceAccount) -> tuple[Cell, ...]:
        return line.place, *(line.terms[term] for term in terms)

    return Section(
        id="terms",
        columns=(_place(account), *(Column(term) for term in terms)),
        rows=tuple(map(row, account.places)),
        total=row(account.total),
        chart=Chart(ChartForm.STACKED, (_place(account).id,), terms[1:]),
        note=f"terms.{account.side}",
    )


def _place(account: Account) -> Column:
    return Column(f"place.{account.side}", Kind.PLACE)


def _stages(account: Account) -> Section:
    """In which stage those noticed stand now; a stage in which nobody stands has no row."""
    lines = (*account.places, account.total)
    stood = [stage.value for stage in Stage if account.total.stages[stage]]
    return Section(
        id="stages",
        columns=(
            Column("stage", Kind.CODE, "stage."),
            *(Column(line.place, heading=Kind.PLACE) for line in lines),
        ),
        rows=tuple((stage, *(line.stages[stage] for line in lines)) for stage in stood),
        chart=Chart(ChartForm.BARS, ("stage",), ("total",)),
    )


def _counts(
    id_: str, what: str, counted: str, counts: Mapping[str, int], words: str = ""
) -> Section:
    return Section(
        id=id_,
        columns=(Column(what, Kind.CODE, words), Column(counted)),
        rows=tuple(counts.items()),
        chart=Chart(ChartForm.BARS, (what,), (counted,)),
    )


def _steps(account: Account) -> dict[str, int]:
    held = {} if account.held is None else {"held": account.held}
    return {**account.steps, **held}


def _found(account: Account) -> dict[str, int]:
    again = {"sent-again": account.sent_again} if account.sent_again else {}
    return {**account.found_kinds, **again}


def _out_of_order(account: Account) -> Section:
    listed = account.findings
    return Section(
        id="out-of-order",
        columns=(
            Column("finding", Kind.CODE, "finding."),
            Column("handoff", Kind.HANDOFF),
            Column("owner", Kind.CODE, "side."),
            Column("due_at", Kind.INSTANT),
            Column("met_at", Kind.INSTANT),
        ),
        rows=tuple((one.kind, one.handoff, one.owner, one.due_at, one.met_at) for one in listed),
        group="finding",
        left_out=sum(account.found_kinds.values()) - len(listed),
    )


def _ledger(account: Account) -> Section:
    """The whole ledger at this moment, as one row of figures."""
    figures = account.ledger
    named: dict[Column, Cell] = {
        Column("entries"): figures.entries,
        Column("root", Kind.TEXT): figures.root,
        Column("sent"): figures.sent,
        Column("received"): figures.received,
        Column("rejected_by_partner"): figures.rejected_by_partner,
        Column("rejected_by_us"): figures.rejected_by_us,
        Column("waiting_to_be_sent"): figures.waiting,
        Column("without_receipt"): figures.without_receipt,
        Column("parked"): figures.parked,
        Column("sequence_gaps", Kind.TEXT): ", ".join(figures.sequence_gaps) or None,
        Column("sequence_repeated", Kind.TEXT): ", ".join(map(str, figures.sequence_repeated))
        or None,
    }
    return Section(
        id="ledger",
        columns=tuple(named),
        rows=(tuple(named.values()),),
        layout=Layout.FIGURES,
    )


def _unbalanced(account: Account) -> Section:
    """What does not add up, before everything else."""
    return Section(
        id="unbalanced",
        columns=(
            Column("rule", Kind.CODE, "rule."),
            Column("subject", Kind.PLACE),
            Column("expected"),
            Column("found"),
        ),
        rows=tuple((one.rule, one.subject, one.expected, one.found) for one in account.unbalanced),
    )
