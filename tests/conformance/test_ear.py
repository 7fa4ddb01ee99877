"""The kit's own door answers as the protocol has it, and notes what a partner does wrong."""

from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from exchange.conformance.bodies import Document
from exchange.conformance.case import Case, Group, Scene
from exchange.conformance.cases import CASES
from exchange.conformance.checks import check
from exchange.conformance.duties import DUTIES
from exchange.conformance.ear import RETRY_AFTER_SECONDS, Ear, Reaction
from exchange.conformance.findings import Finding
from exchange.conformance.kit import Kit, Sent
from exchange.conformance.listening import Instruction, Listening, Waits
from exchange.conformance.order import order_findings
from exchange.conformance.road import Heard, Road
from exchange.conformance.run import Run
from exchange.conformance.wants import LinesRefused, Receipted
from exchange.domain.handoff import SharedHandoff
from exchange.domain.parties import Side
from exchange.proof.policy import DEFAULT
from tests.builders import NOW
from tests.conformance.partners import PARTIES, kit_keys
from tests.keys import entropy_from
from tests.web.serving import Moved, listening


def a_kit(side: Side) -> Kit:
    """Return a kit that plays *side*, and knows the other."""
    us, them = PARTIES[side], PARTIES[side.other]
    return Kit(
        side=side,
        ours=us.urn,
        theirs=them.urn,
        keys=kit_keys(us, DEFAULT),
        sets=DEFAULT,
        partner=kit_keys(them, DEFAULT).published.key_set,
        roots=them.roots,
        clock=lambda: NOW,
        entropy=entropy_from(f"ear of {side}"),
    )


@dataclass
class Told:
    """The kit's ear as the United States, and a Mexican partner that speaks to it."""

    ear: Ear
    partner: Kit
    road: Road
    monotonic: Moved

    async def say(self, *sent: Sent) -> Heard:
        """Post messages of the partner."""
        return await self.road.post(b"\n".join(one.octets for one in sent))

    def reception(self, **members: Any) -> Sent:
        """Make a message of the partner."""
        return self.partner.message("reception", self.partner.bodies.reception(), **members)

    def kinds(self) -> list[str]:
        """Return what was found wrong so far."""
        return [found.what for found in self.ear.findings]


@pytest.fixture
async def heard() -> AsyncIterator[Told]:
    """An ear on loopback."""
    monotonic = Moved()
    ear = Ear(a_kit(Side.US), monotonic, kit_keys(PARTIES[Side.US], DEFAULT).published.line)
    async with listening(ear.app()) as listener:
        road = Road(f"http://127.0.0.1:{listener.port}")
        async with road.open():
            yield Told(ear, a_kit(Side.MX), road, monotonic)


IN_THE_EAR = [
    case
    for case in CASES
    if Side.MX in case.sides
    and all(isinstance(want, Receipted | LinesRefused) for want in case.wants)
    and case.group is not Group.MEMORY  # which is about the run before it
]


@pytest.mark.parametrize("case", IN_THE_EAR, ids=lambda case: case.name)
async def test_the_ear_answers_as_it_asks_of_others(heard: Told, case: Case) -> None:
    """Whatever the kit says to a partner, its own door would answer rightly."""
    scene = Scene(heard.partner, case.lines)
    for one in case.steps:
        octets = one.frame([scene.line(name).octets for name in one.sends])
        assert check(one, scene, await one.way(heard.road, octets)) == []


async def test_what_cannot_be_accepted_is_a_finding(heard: Told) -> None:
    """A partner that sends what nobody signed, or what breaks its schema, is found out."""
    await heard.road.post(b"{}")
    await heard.say(heard.reception(aud="urn:handoff:us:ice:test"))
    await heard.road.post(b"\n".join([heard.reception().octets] * 65))
    await heard.road.post(heard.reception().octets, media_type="text/plain")
    assert heard.kinds() == ["partner-said", "partner-said", "partner-said", "media-type"]


@pytest.mark.parametrize(
    ("reaction", "status", "code"),
    [(Reaction.FAIL, 500, "internal"), (Reaction.BUSY, 503, "store-busy")],
)
async def test_a_reaction_keeps_nothing(
    heard: Told, reaction: Reaction, status: int, code: str
) -> None:
    """An odd answer is given once, and the message is new when it comes again."""
    heard.ear.reactions = deque([reaction])
    sent = heard.reception()
    answer = await heard.say(sent)
    assert (answer.status, f'"{code}"'.encode() in answer.octets) == (status, True)
    assert heard.ear.arrivals == []
    assert (await heard.say(sent)).status == 200
    assert len(heard.ear.arrivals) == 1


async def test_a_lost_answer_is_kept(heard: Told) -> None:
    """After an answer that was lost the same line gets the receipt that was meant for it."""
    heard.ear.reactions = deque([Reaction.LOSE])
    sent = heard.reception()
    assert (await heard.say(sent)).status == 0
    assert (await heard.say(sent)).status == 200
    assert [one.is_lost for one in heard.ear.arrivals] == [True, False]
    assert list(order_findings(heard.ear.arrivals)) == []


async def test_numbers_and_order_are_looked_at(heard: Told) -> None:
    """A gap, a number used twice, a message before an earlier one, and one again for nothing."""
    first = heard.reception()
    later = heard.reception(seq=5)
    earlier = heard.partner.message(
        "reception", heard.partner.bodies.reception(), handoff=_sub(later), seq=4
    )
    twice = heard.reception(seq=5)
    for sent in (first, first, later, earlier, twice):
        await heard.say(sent)
    kinds = [found.what for found in order_findings(heard.ear.arrivals)]
    assert sorted(kinds) == ["came-again", "order", "seq-gap", "seq-twice"]


def _sub(sent: Sent) -> str:
    assert sent.line is not None
    text: str = sent.line.payload.decode().split('"sub":"')[1][:36]
    return text


# --- Duties, and a partner whose officials do them wrong ---------------------------------------


@dataclass
class Careless:
    """An official whose program answers at once, and as it likes."""

    told: Told
    members: Document
    answers: Document | None = None
    waits_seconds: float = 10.0
    signs_anew: bool = False
    times: int = 1

    async def __call__(self, instruction: Instruction) -> None:
        """Answer, as often as it is needed."""
        partner = self.told.partner
        partner.shared[instruction.handoff or ""] = SharedHandoff(handoff=instruction.handoff or "")
        sent = partner.message(
            "acknowledgment",
            partner.bodies.acknowledgment(**self.members),
            handoff=instruction.handoff,
            answers=self.answers,
        )
        for _ in range(self.times):
            await self.told.say(sent)
            self.told.monotonic.seconds += self.waits_seconds
            if self.signs_anew and sent.line is not None:
                sent = partner.signed(sent.line.payload, sent.line.body)


async def _play(told: Told, name: str, official: Careless) -> list[str]:
    """Return what was found wrong in one duty of Mexico's officials."""
    kit = told.ear.kit
    listener = Listening(
        Run(kit, told.road, lambda _: None),
        told.ear,
        official,
        lambda _: None,
        Waits(official_seconds=0.2, beat_seconds=0.2),
    )
    duty = next(one for one in DUTIES if one.name == name and one.side is Side.US)
    listener.handoffs[duty.about] = "0f9b3a52-6d0e-4f57-9a43-5d2c1be7a001"
    notice = {"jti": "01c1b890-9900-7c3a-a37a-4055d91b9b72", "pld": "A" * 43}
    listener.notices[duty.about] = notice
    kit.message("return-notice", kit.bodies.notice())
    findings: list[Finding] = await listener._perform(  # noqa: SLF001 - one duty alone
        replace(duty, begins_with_notice=False), []
    )
    return [found.what for found in findings]


NOTICE = {"jti": "01c1b890-9900-7c3a-a37a-4055d91b9b72", "pld": "A" * 43}


async def test_an_answer_to_something_else_is_found(heard: Told) -> None:
    """It must name our notice, say what was asked, and be in its place."""
    official = Careless(heard, {"answer": "refused"})
    assert await _play(heard, "accepts", official) == [
        "body-member",
        "code-of-message",
        "not-in-reply",
    ]


async def test_nothing_that_comes_is_found(heard: Told) -> None:
    """When the time is over the duty has failed."""
    assert await _play(heard, "accepts", Careless(heard, {}, times=0)) == ["nothing-came"]


async def test_another_line_for_the_same_message_is_found(heard: Told) -> None:
    """After a lost answer the line that was stored must come again, not a new one."""
    official = Careless(heard, {"answer": "refused"}, answers=NOTICE, times=2, signs_anew=True)
    found = await _play(heard, "repeats-after-a-lost-answer", official)
    assert "not-the-same-line" in found


@pytest.mark.parametrize(
    ("seconds", "is_found"), [(RETRY_AFTER_SECONDS - 1.0, True), (RETRY_AFTER_SECONDS, False)]
)
async def test_who_does_not_wait_is_found(heard: Told, seconds: float, *, is_found: bool) -> None:
    """Retry-After is to be waited for."""
    official = Careless(heard, {}, answers=NOTICE, times=2, waits_seconds=seconds)
    found = await _play(heard, "honours-retry-after", official)
    assert ("too-soon" in found) is is_found


async def test_who_does_not_wait_longer_each_time_is_found(heard: Told) -> None:
    """After failures the pauses grow."""
    official = Careless(heard, {"answer": "deferred"}, answers=NOTICE, times=4, waits_seconds=1)
    assert "too-soon" in await _play(heard, "waits-longer-each-time", official)
