"""
What happens in both runs of a pair, and in which ways it may end: drawn from the number of a pair.

A family is announced, is brought to a stage, and is then taken back, or its cases end. In the two
runs of a pair that happens for another cause, to another member, by another act and at another
moment of the minute before the tick; all else is equal. In some stages nothing may be told at all,
and then that nothing happened is an ending too.
"""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import timedelta
from random import Random

from exchange.demo.people import Document, People
from exchange.domain.causes import HOLD_CAUSES, Cause
from exchange.domain.wire import utc_text
from exchange.installation.shipped import shipped_places
from tests.sim.faults import Fault, Partition, Place, Silence, Stop
from tests.sim.ports import DECIDED_BEFORE
from tests.sim.sides import BEGUN_AT

TICK = 180.0
"""The tick at which whatever is taken back is said, in seconds from the beginning."""

ACTED, ASKED, BESIDE = 0.7, 0.2, 0.45
"""
At which part of a second an ending happens, the partner asks, and other people are at work.

How busy we are for some milliseconds is seen by who asks in the very same ones. That is no answer
to anything, and is kept out: nobody asks while an ending is being recorded.
"""

SIZE_MAX = 5
LIFTABLE = (Cause.FAMILY, Cause.DATA, Cause.OTHER)
"""For these a port's supervisor may lift the hold again."""

ROLES = ("PARENT", "SPOUSE", "CHILD", "CHILD", "OTHER")
OPENS_AFTER = timedelta(hours=6)
"""How long after the beginning the window of everybody opens."""

UNSEALED, UNPROVEN, NOTICED, ACCEPTED, REFUSED, DEFERRED, REVISED, DEPARTED, DOCUMENTED, BACK = (
    "unsealed",
    "unproven",
    "noticed",
    "accepted",
    "refused",
    "deferred",
    "revised",
    "departed",
    "documented",
    "cancelled",
)
"""Where the handoffs stand when they end; unproven are those of which no receipt has come."""

NEVER, NOTHING, HELD, HELD_TWICE, LIFTED, WITHDRAWN, WITHHELD, CLOSED = (
    "never decided",
    "nothing done",
    "held",
    "held twice",
    "held and lifted",
    "withdrawn",
    "withheld anew",
    "closed",
)
_BACK = (HELD, WITHDRAWN, HELD_TWICE, WITHDRAWN, LIFTED, HELD, WITHHELD)
ENDINGS: dict[str, tuple[str, ...]] = {
    UNSEALED: (NEVER, *_BACK),
    UNPROVEN: _BACK,
    NOTICED: _BACK,
    ACCEPTED: _BACK,
    REFUSED: _BACK,
    DEFERRED: _BACK,
    REVISED: _BACK,
    DEPARTED: (NOTHING, HELD, HELD_TWICE, LIFTED, WITHDRAWN),
}
"""How what stands in a stage may end, all alike for the partner."""

STANDS = {UNSEALED: "unannounced", UNPROVEN: "noticed", REVISED: "accepted"}
"""The stage by our own record, where its name is another."""

SILENT = frozenset({UNSEALED, DEPARTED})
"""Where nothing is said, however it ends."""

CLOSABLE = (NOTICED, REFUSED, DEFERRED, DOCUMENTED, BACK)

CALM, BRINK, STRADDLE, CUT, LOST, DEAF, STOPPED, KILLED = (
    "calm",
    "just before the tick",
    "while the tick passes",
    "no wire until after the tick",
    "no wire, and all reset",
    "no answer until after the tick",
    "stopped in between",
    "killed in between",
)
SITUATIONS = (CALM, BRINK, STRADDLE, CUT, LOST, DEAF, STOPPED, KILLED)
SCENES = [
    *((stage, situation, False) for stage in ENDINGS for situation in SITUATIONS),
    *((stage, situation, True) for stage in CLOSABLE for situation in SITUATIONS),
]
"""Every stage in every situation, taken back or closed."""
_STRIDE = 23
"""Pairs that follow one another are far from one another in the scenes; prime to their number."""


@dataclass(frozen=True, slots=True)
class Kill(Fault):
    """Our process is killed at a moment; how many steps it had made is not the partner's affair."""

    kind = "kill"

    async def act(self, place: Place) -> None:
        """Kill it."""
        place.sides["us"].kill(power=False, down_seconds=4.0)


@dataclass(frozen=True, slots=True)
class Ending:
    """How a family's handoffs end in one run: by which act, for which causes, to whom, and when."""

    kind: str
    causes: tuple[str, ...]
    order: tuple[int, ...]
    """The members in the order in which somebody comes to them; a hold begins with the first."""
    at: float

    def __str__(self) -> str:
        named = ", ".join(self.causes)
        return f"{self.kind} for {named} in the order {self.order} at {self.at:.3f}"


@dataclass(frozen=True, slots=True)
class Probe:
    """Something that somebody at the partner's end asks of us."""

    at: float
    kind: str


PROBES = (
    "keys",
    "keys again",
    "checkpoint",
    "consistency",
    "proof",
    "cosign",
    "handoff",
    "nothing there",
    "empty",
    "malformed",
    "repeat",
    "repeat changed",
)


@dataclass(frozen=True, slots=True)
class Story:
    """Everything in which the two runs of a pair are equal."""

    number: int
    stage: str
    situation: str
    closes: bool
    family: tuple[Document, ...]
    others: tuple[Document, ...]
    """Four people beside them: announced, taken back, held, and announced after the tick."""
    others_at: tuple[float, float]
    """When the second and the third of them are taken back and held."""
    answered_at: float | None
    """When an official in Mexico answers or sees the first of the family, before the tick."""
    seen_at: float | None
    probes: tuple[Probe, ...]
    faults: tuple[Fault, ...]
    policy: str
    ends_at: float

    @property
    def decided_at(self) -> float:
        """When the ports enter the decisions about the family."""
        return TICK - 70.0 if self.stage == UNSEALED else 2.0

    @property
    def stands(self) -> str:
        """The stage of each of the family's handoffs, by our record, before they end."""
        return STANDS.get(self.stage, self.stage)

    @property
    def said(self) -> tuple[str, int]:
        """What is said in the end of each of the family's handoffs, and how often."""
        if self.closes:
            return "case-closure", 1
        return "return-cancellation", 0 if self.stage in SILENT else 1

    @property
    def settings(self) -> dict[str, dict[str, object]]:
        """The settings of both sides that are not as ``exchange init`` writes them."""
        changed: dict[str, dict[str, object]] = {"": {"signature_policy": self.policy}}
        changed["watch"] = {"look_seconds": 60.0}
        changed["outbox"] = {"delivery_timeout_seconds": 8.0, "lease_seconds": 12.0}
        if self.stage == UNSEALED:  # who failed to deliver is quiet while the family comes and goes
            changed["outbox"] |= {"backoff_first_seconds": 60.0}
        return changed


@dataclass(frozen=True, slots=True)
class Pair:
    """A story and its two endings."""

    story: Story
    one: Ending
    other: Ending

    def __str__(self) -> str:
        story = self.story
        what = "closed" if story.closes else "taken back"
        scene = f"{len(story.family)} people {story.stage}, {what}, {story.situation}"
        return f"pair {story.number}: {scene}\n  one:   {self.one}\n  other: {self.other}"


def pair_of(number: int) -> Pair:
    """Return what the number of a pair decides: its scene in turn, the rest by chance."""
    chance = Random(f"{number}:pair")
    stage, situation, closes = SCENES[number * _STRIDE % len(SCENES)]
    size = 1 if situation == STRADDLE else chance.randint(1, SIZE_MAX)
    people = _people(chance, size + 4)
    story = Story(
        number=number,
        stage=stage,
        situation=situation,
        closes=closes,
        family=_as_family(chance, people[:size]),
        others=tuple(people[size:]),
        others_at=(_moment(chance, 12, 57, BESIDE), _moment(chance, 12, 57, BESIDE)),
        answered_at=_late(chance, situation) if closes else _moment(chance, 3, 57, ASKED),
        seen_at=_late(chance, situation),
        probes=_probes(chance),
        faults=_faults(stage, situation),
        policy="hybrid" if chance.random() < 0.1 else "es256",
        ends_at=TICK + _lasts(stage, situation),
    )
    one, other = _endings(chance, story)
    return Pair(story, one, other)


def _lasts(stage: str, situation: str) -> float:
    """Return how long after the tick all is said: what comes too late for it waits a minute."""
    if stage in (UNSEALED, UNPROVEN) or situation in (CUT, LOST, DEAF):
        return 150.0
    return 80.0 if situation == STRADDLE else 60.0


def _late(chance: Random, situation: str) -> float | None:
    """Return a moment after the end and before the tick: what is said then hinders no end."""
    at = _moment(chance, 3, 8, ASKED)
    return at if situation not in (BRINK, STRADDLE) and chance.random() < 0.5 else None


def _moment(chance: Random, least: int, most: int, part: float) -> float:
    """Return a moment from *most* to *least* seconds before the tick."""
    return TICK - chance.randint(least, most) - 1 + part


def _endings(chance: Random, story: Story) -> tuple[Ending, Ending]:
    """Return two ways to end that the partner must not tell apart, different in some respect."""
    kinds = (CLOSED,) if story.closes else ENDINGS[story.stage]
    at, other_at = _when(chance, story), _when(chance, story)
    if story.situation == STRADDLE:
        other_at = at
        # What others said at the tick leaves a little later while an act is being done, and one
        # act takes longer than another: here the very same is done, for another cause.
        kinds = (chance.choice([kind for kind in kinds if kind in (HELD, WITHDRAWN, CLOSED)]),)
    while True:
        one = _ending(chance, story, chance.choice(kinds), at)
        other = _ending(chance, story, chance.choice(kinds), other_at)
        if (one.kind, one.causes, one.order) != (other.kind, other.causes, other.order):
            return one, other


def _when(chance: Random, story: Story) -> float:
    if story.stage == UNSEALED:
        return story.decided_at + 1.5 + ACTED
    if story.situation == STRADDLE:
        return TICK - chance.uniform(0.002, 0.06)
    if story.situation == BRINK:
        return TICK - 2 + ACTED + chance.uniform(-0.2, 0.2)
    return _moment(chance, 14, 57, ACTED)


def _ending(chance: Random, story: Story, kind: str, at: float) -> Ending:
    size = len(story.family)
    among: Sequence[Cause] = tuple(Cause)
    if kind == LIFTED:
        among = LIFTABLE
    elif kind in (HELD, HELD_TWICE):
        among = sorted(HOLD_CAUSES)
    order = list(range(size))
    chance.shuffle(order)
    causes = [str(chance.choice(among)) for _ in range(max(size, 2))]
    if chance.random() < 0.5:
        causes = causes[:1] * len(causes)
    if kind in (NEVER, NOTHING):
        causes = []
    return Ending(kind, tuple(causes), tuple(order), at)


def _probes(chance: Random) -> tuple[Probe, ...]:
    """Return what the partner asks in the minute before the tick, and after it."""
    moments = [_moment(chance, 1, 57, ASKED) for _ in range(7)]
    moments += [TICK + chance.randint(0, 40) + ASKED for _ in range(3)]
    return tuple(Probe(at, chance.choice(PROBES)) for at in sorted(set(moments)))


def _faults(stage: str, situation: str) -> tuple[Fault, ...]:
    """Return what goes wrong: what the stage needs, and what the situation is."""
    if stage == UNSEALED:  # nothing can be delivered, so that the drafts stay what they are
        needed: list[Fault] = [Partition(TICK - 90, situation == LOST, 150.0)]
    elif stage == UNPROVEN:
        needed = [Silence(1.5, "mx", TICK + 40)]
    elif situation in (CUT, LOST):
        needed = [Partition(TICK - 65, situation == LOST, 130.0)]
    elif situation == DEAF:
        needed = [Silence(TICK - 65, "mx", 130.0)]
    else:
        needed = []
    if situation == STOPPED:
        needed.append(Stop(TICK - 12, "us", 4.0))
    if situation == KILLED:
        needed.append(Kill(TICK - 12))
    return tuple(needed)


def _people(chance: Random, count: int) -> list[Document]:
    """Return decisions about *count* people who are to cross in one window at one port."""
    people = People(chance.getrandbits(32), shipped_places(), BEGUN_AT - DECIDED_BEFORE)
    drawn = people.singles(count)
    for one in drawn:
        one["return"] = deepcopy(drawn[0]["return"]) | {"window": window(OPENS_AFTER)}
        one["hearing"] = drawn[0]["hearing"] | {"hearing": one["hearing"]["hearing"]}
    return drawn


def window(after: timedelta) -> dict[str, str]:
    """Return a window that opens so long after the beginning."""
    opens = BEGUN_AT + after
    return {"from": utc_text(opens), "to": utc_text(opens + timedelta(hours=2))}


def _as_family(chance: Random, people: Sequence[Document]) -> tuple[Document, ...]:
    if len(people) > 1:
        group = People(chance.getrandbits(32), shipped_places(), BEGUN_AT).uuid()
        for role, one in zip(ROLES, people, strict=False):
            one["family"] = {"group": group, "size": len(people), "role": role}
    return tuple(people)
