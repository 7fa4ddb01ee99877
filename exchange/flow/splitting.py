"""
A family is split: those who leave and those who stay are new groups, each of its own size.

Nobody is taken back by it. Who is announced is announced anew, with the new group, and Mexico is
asked again about each; a person whose handoff was taken back already needs a new one. A hold of
one part takes nobody of the other back, from the split on. Why is not said, and not asked for.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from typing import NamedTuple

from exchange.domain.families import Part, Relative, split
from exchange.domain.handoff import HandoffId
from exchange.domain.messages.return_notice import ReturnNotice
from exchange.domain.person import Family
from exchange.domain.places import day_in
from exchange.domain.revisions import with_family
from exchange.errors import AlreadyAnswered, Fault, Invalid
from exchange.flow.acts import Decided, Effect, Keep, Seen
from exchange.flow.clock import fresh_salt, random_id
from exchange.flow.families import SPLIT, has_crossed, see_kin
from exchange.flow.holds import is_held
from exchange.flow.revisions import Revising, is_still_so
from exchange.flow.rooms import Asked, asked_by
from exchange.flow.taking_back import can_be_taken_back

ALONE = "alone"
"""What stands of a person who is of no family."""


@dataclass(frozen=True, slots=True)
class Divided:
    """
    One part of a family that was split; *announced* where its members are asked for anew.

    Where they are not, each of them needs a new handoff, and so does everybody *apart*.
    """

    group: str | None
    size: int
    members: tuple[HandoffId, ...]
    announced: bool
    apart: tuple[HandoffId, ...]


@dataclass(frozen=True, slots=True)
class FamilySplit:
    """A *group* that is no more, and the two that it became."""

    group: str
    leaving: Divided
    staying: Divided


class _Known(NamedTuple):
    """One of the family, and the newest notice of them, sealed or not, where there is one."""

    seen: Seen
    notice: ReturnNotice | None

    @property
    def handoff(self) -> HandoffId:
        return HandoffId(self.seen.row.handoff)

    @property
    def born(self) -> str | None:
        return None if self.notice is None else self.notice.person.birth_date

    @property
    def announced(self) -> ReturnNotice | None:
        """The notice that another may follow; None where none may."""
        row = self.seen.row
        return self.notice if can_be_taken_back(row) and not is_held(row) else None


class Splitting(Revising):
    """Splits families, for the supervisors of the ports."""

    async def split(
        self,
        handoff: str,
        group: str,
        leaving: frozenset[str],
        *,
        actor: str,
        ports: frozenset[str] | None = None,
        keep: Keep[FamilySplit] | None = None,
    ) -> FamilySplit:
        """
        Take those who are *leaving* out of the *group*, to which the handoff belongs.

        Raises:
            Invalid: One of them is not of the family, all of it would leave, a child would be
                left without an adult, or a window has closed.
            NotFound: We know no such handoff, or it is not of the caller's ports.
            AlreadyAnswered: It is of another group by now, or of none: what stands is given.
            WindowFull: Two families are more than Mexico takes on that day.
            SchemaNotTaken: The partner takes no version of the notice.
        """
        decide = partial(self._split, group, frozenset(map(HandoffId, leaving)))
        return await self._do(handoff, decide, actor=actor, places=ports, keep=keep)

    async def _split(
        self, group: str, leaving: frozenset[HandoffId], seen: Seen, now: datetime
    ) -> Decided[FamilySplit]:
        if seen.row.family_group != group:
            raise AlreadyAnswered(seen.row.family_group or ALONE)
        kin = await self._store.read(partial(see_kin, group))
        family = [_Known(one, (await self._look_ahead(one, now)).notice) for one in kin.newest]
        here = {one.handoff: one for one in family if not has_crossed(one.seen.row)}
        entropy = self._keyring.entropy
        goes, stays = split(
            {name: Relative(one.born, one.announced is not None) for name, one in here.items()},
            leaving,
            fresh=(random_id(entropy), random_id(entropy)),
            on=self._day(seen, now),
            crossed=[one.born for one in family if has_crossed(one.seen.row)],
        )
        asked = self._asked(goes, stays, here, now)
        return Decided(
            result=FamilySplit(group, _divided(goes, here), _divided(stays, here)),
            effects=[
                effect for part in (goes, stays) for effect in self._parted(part, here, group, now)
            ],
            still=partial(is_still_so, kin, asked),
        )

    def _day(self, seen: Seen, now: datetime) -> date:
        """Return the day on the calendar of the port: by it people are children or not."""
        port = self._agreement.places.find_port(seen.row.port or "")
        return day_in(now, port.zone if port else "Etc/UTC")

    def _parted(
        self, part: Part, here: dict[HandoffId, _Known], group: str, now: datetime
    ) -> Iterator[Effect]:
        """
        Give the effect on everybody of one part.

        Raises:
            Invalid: The window of one who is announced has closed.
            SchemaNotTaken: The partner takes no version of the notice.
        """
        for name in sorted(part.members | part.apart):
            one, becomes = here[name], part.group if name in part.members else None
            data = {"of": group, "group": becomes, "size": part.size}
            notice = one.announced
            if notice is None:
                row = replace(one.seen.row, family_group=becomes)
                yield Effect(seen=one.seen, row=row, event=SPLIT, data=data)
                continue
            if notice.return_.window.to_at <= now:
                raise Invalid([Fault("/members", "window-over")])
            salt = fresh_salt(self._keyring.entropy)
            after = with_family(notice, _family(part, notice.family), salt=salt)
            yield self._revised(one.seen, after, now, event=SPLIT, data=data)

    def _asked(
        self, goes: Part, stays: Part, here: dict[HandoffId, _Known], now: datetime
    ) -> Asked | None:
        """Return the place of the second of two families; None where there are no more than one."""
        notices = [notice for one in stays.members if (notice := here[one].announced) is not None]
        if goes.group is None or stays.group is None or not notices:
            return None
        asked = asked_by(notices[0], self._agreement.places, self._agreement.limits, now)
        return replace(asked, people=stays.size)


def _family(part: Part, before: Family | None) -> Family | None:
    """Return what a notice says of a part; the role of each in it stays."""
    if part.group is None or before is None:
        return None
    return Family(group=part.group, size=part.size, role=before.role)


def _divided(part: Part, here: dict[HandoffId, _Known]) -> Divided:
    return Divided(
        group=part.group,
        size=part.size,
        members=tuple(sorted(part.members)),
        announced=any(here[one].announced is not None for one in part.members),
        apart=tuple(sorted(part.apart)),
    )
