"""The two listeners of one side, which never share a route."""

from collections.abc import Callable
from functools import partial

from aiohttp import web

from exchange import __version__
from exchange.domain.parties import Side
from exchange.flow.naming import Naming
from exchange.flow.sharing import sign_report
from exchange.installation.shipped import shipped_acceptance
from exchange.service.legs import Legs, Means
from exchange.service.outside import partner_address
from exchange.settings import Settings
from exchange.web.alarms import AlarmDesk
from exchange.web.app import internal_app, partner_app
from exchange.web.arrivals import ArrivalList
from exchange.web.calls import Calls
from exchange.web.cases import Cases
from exchange.web.corrections import CorrectionList
from exchange.web.desk import ReceivingDesk
from exchange.web.discrepancies import DiscrepancyDesk
from exchange.web.either import EitherDesk
from exchange.web.gate import Drain, TokenBucket
from exchange.web.handoffs import Handoffs
from exchange.web.limits import BodyLimits, ConnectionLimits
from exchange.web.listeners import Listener
from exchange.web.metrics import Metrics
from exchange.web.operations import Operations
from exchange.web.partner import PartnerDoor
from exchange.web.persons import Persons
from exchange.web.ports import PortDesk
from exchange.web.reports import Reports
from exchange.web.statements import StatementDesk
from exchange.web.tls import party_of_connection, party_of_header
from exchange.web.worklist import TaskList

_PARTY_OF = {"none": None, "direct": party_of_connection, "behind-proxy": party_of_header}


class Doors:
    """The partner's door and our own, on the legs behind them."""

    def __init__(
        self, means: Means, legs: Legs, drain: Drain, monotonic: Callable[[], float]
    ) -> None:
        settings = means.settings
        metrics = Metrics(
            partner=means.partner, tally=means.tally, version=__version__, side=settings.side
        )
        limits = connection_limits(settings)
        self.partner = Listener(
            partner_app(_partner_door(means, legs, drain, monotonic), metrics.requests),
            address=partner_address(settings),
            limits=limits,
            tls=means.certificates.server,
            hit=metrics.requests.hits_of("partner"),
        )
        self.internal = Listener(
            _internal_app(means, legs, drain, monotonic, metrics),
            address=(settings.listen.internal.host, settings.listen.internal.port),
            limits=limits,
            hit=metrics.requests.hits_of("internal"),
        )


def connection_limits(settings: Settings) -> ConnectionLimits:
    """Return what the settings say of every connection."""
    inbox = settings.inbox
    return ConnectionLimits(
        head_seconds=inbox.head_timeout_seconds,
        keep_alive_seconds=inbox.keep_alive_seconds,
        connections_max=inbox.connections_max,
        answer_seconds=inbox.answer_timeout_seconds,
        linger_seconds=inbox.linger_seconds,
        waiting_max=inbox.connections_waiting_max,
        buffer_bytes_max=inbox.buffer_bytes_max,
        head_line_bytes_max=inbox.head_line_bytes_max,
        head_fields_max=inbox.head_fields_max,
    )


def _partner_door(
    means: Means, legs: Legs, drain: Drain, monotonic: Callable[[], float]
) -> PartnerDoor:
    inbox = means.settings.inbox
    rate = inbox.requests_per_second_max
    return PartnerDoor(
        receive=legs.inbox.receive,
        partner=means.agreement.theirs,
        published_keys=lambda: means.keyring.published,
        note_held=means.keyring.note_held,
        clock=means.clock,
        drain=drain,
        bucket=TokenBucket(rate, rate, monotonic),
        party_of=_PARTY_OF[means.settings.listen.tls],
        request_bytes_max=inbox.request_bytes_max,
        body_seconds=inbox.body_timeout_seconds,
    )


def _internal_app(
    means: Means, legs: Legs, drain: Drain, monotonic: Callable[[], float], metrics: Metrics
) -> web.Application:
    agreement = means.agreement
    inbox = means.settings.inbox
    calls = Calls(
        store=means.store,
        clock=means.clock,
        monotonic=monotonic,
        drain=drain,
        bodies=BodyLimits(inbox.document_bytes_max, inbox.body_timeout_seconds),
    )
    handoffs = Handoffs(agreement.side, means.store, means.changes, drain, calls)
    corrected = CorrectionList(means.store, means.keyring, means.clock, handoffs.place_of)
    return internal_app(
        desk=_desk(means, legs, calls),
        either=EitherDesk(
            agreement.side,
            legs.corrections,
            legs.welfare,
            legs.bulletins,
            corrected,
            AlarmDesk(means.store, legs.alarms, calls),
            DiscrepancyDesk(means.store, legs.resolving, calls),
            StatementDesk(agreement.side, means.store, means.clock, calls),
            calls,
        ),
        handoffs=handoffs,
        reports=Reports(
            agreement.side,
            means.store,
            agreement.places,
            agreement.limits,
            means.clock,
            calls,
            partial(sign_report, agreement=agreement, keyring=means.keyring, clock=means.clock),
            Naming(
                store=means.store, side=agreement.side, keyring=means.keyring, clock=means.clock
            ),
        ),
        operations=Operations(
            store=means.store,
            partner=means.partner,
            metrics=metrics,
            drain=drain,
            clock=means.clock,
            version=__version__,
            side=means.settings.side,
            can_sign=lambda: not means.keyring.find_unusable(agreement.we_sign, means.clock()),
        ),
        requests=metrics.requests,
    )


def _desk(means: Means, legs: Legs, calls: Calls) -> PortDesk | ReceivingDesk:
    agreement = means.agreement
    if agreement.side is Side.US:
        return PortDesk(
            legs.intake,
            legs.cancellations,
            legs.holds,
            legs.departures,
            Cases(
                legs.revisions,
                legs.hearings,
                legs.presentations,
                legs.closures,
                legs.splitting,
            ),
            calls,
        )
    persons = Persons(
        means.store,
        agreement.places,
        means.keyring,
        shipped_acceptance(means.settings.acceptance_rules),
        means.clock,
    )
    return ReceivingDesk(
        legs.answers,
        legs.stays,
        ArrivalList(persons),
        TaskList(persons, agreement.limits),
        calls,
    )
