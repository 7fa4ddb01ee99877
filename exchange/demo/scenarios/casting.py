"""
Who takes part in a scenario, and every deed of it at its moment.

What the file does not say of somebody is what should happen; what it says happens instead.
"""

import datetime as dt
from collections.abc import Iterator
from random import Random

from exchange.demo.people import People
from exchange.demo.scenarios.actors import Actor, Cast, Deed
from exchange.demo.scenarios.drawing import Drawing
from exchange.demo.scenarios.mistakes import in_utc
from exchange.demo.scenarios.wording import Scenario
from exchange.domain.places import Places
from exchange.domain.screening import RuleBook


def one_in(scale: int, scenario: Scenario) -> Scenario:
    """Return the scenario with one of *scale* people of each crowd; who has a name stays."""
    if scale == 1:
        return scenario
    crowds = []
    for crowd in scenario.crowd:
        ports = {port: max(1, count // scale) for port, count in crowd.ports.items()}
        unknown = crowd.published - sum(crowd.ports.values())
        published = sum(ports.values()) + unknown // scale
        crowds.append(crowd.model_copy(update={"ports": ports, "published": published}))
    return scenario.model_copy(update={"crowd": tuple(crowds)})


def cast(scenario: Scenario, places: Places, rules: RuleBook) -> Cast:
    """Return who takes part in the scenario, and what is done."""
    begins = dt.datetime.combine(scenario.begins, dt.time(), dt.UTC)
    drawing = Drawing(People(scenario.seed, places, begins), places, Random(scenario.seed))  # noqa: S311  # can be repeated
    actors = {one.name: one for one in drawing.people(scenario.person)}
    unknown = 0
    for number, crowd in enumerate(scenario.crowd, start=1):
        found = drawing.crowd(crowd, number, rules)
        actors.update((one.name, one) for one in found)
        unknown += crowd.published - len(found)
    deeds = [deed for actor in actors.values() for deed in _usual(actor)]
    deeds += [
        Deed(in_utc(step.at, actors[step.who[0]].port, places), step.do, name, step)
        for step in scenario.step
        for name in step.who
    ]
    deeds.sort(key=lambda deed: deed.at)
    return Cast(actors, deeds, unknown)


def _usual(actor: Actor) -> Iterator[Deed]:
    """Give what is done about somebody where no step says otherwise."""
    does, document = actor.behaviour, actor.document
    decided = dt.datetime.fromisoformat(document["decided_at"])
    opens = dt.datetime.fromisoformat(document["return"]["window"]["from"])
    yield Deed(decided, "decide", actor.name)
    if does.answer != "none":
        yield Deed(decided + _minutes(does.answer_minutes), "answer", actor.name)
    crossed = opens + _minutes(does.cross_minutes)
    if does.crosses == "gate":
        yield Deed(crossed, "cross", actor.name)
    elif does.crosses == "unrecorded":
        yield Deed(crossed, "slip-over", actor.name)
    if does.seen != "nobody":
        seen = crossed + _minutes(does.seen_minutes)
        yield Deed(seen, "receive", actor.name)
        if does.document_days:
            given = seen + dt.timedelta(hours=does.document_hours)
            yield Deed(given, "document", actor.name)


def _minutes(count: int) -> dt.timedelta:
    return dt.timedelta(minutes=count)
