"""The port, official or operator who called must act."""

from collections.abc import Mapping, Sequence

from exchange.errors.said import ExchangeError, Fault, Sentence


class CallerMistaken(ExchangeError):
    """The port, official or operator who called must change something."""

    code = "bad-request"


class Invalid(CallerMistaken):
    """The document sent does not fit: every fault is named by its pointer."""

    code = "invalid"

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__()
        self.faults = tuple(faults)


class WithheldFromReturn(CallerMistaken):
    """Screening withheld the person: the reasons are given, and nothing is sent."""

    code = "withheld"

    def __init__(self, *, rule_set: str, reasons: Sequence[str]) -> None:
        super().__init__()
        self.rule_set = rule_set
        self.reasons = tuple(reasons)


class DecisionConflict(CallerMistaken):
    """The same ``decision_id`` came before with another content: use a new one."""

    code = "decision-conflict"


class IdempotencyConflict(CallerMistaken):
    """The same ``Idempotency-Key`` came before with another request: use a new one."""

    code = "idempotency-conflict"


class AlreadyAnswered(CallerMistaken):
    """Someone else was first: what stands is given."""

    code = "already-answered"

    def __init__(self, standing: str) -> None:
        super().__init__()
        self.standing = standing


class NotPossible(CallerMistaken):
    """The handoff is in a stage that does not allow this act: the stage is given."""

    code = "not-possible"

    def __init__(self, stage: str) -> None:
        super().__init__()
        self.stage = stage


class Departed(CallerMistaken):
    """The hold is recorded, but the person is over the line: call the duty officer there now."""

    code = "departed"

    def __init__(self, stage: str) -> None:
        super().__init__()
        self.stage = stage


class NotCleared(CallerMistaken):
    """The person may not cross now: every condition that does not hold is given, by its name."""

    code = "not-cleared"

    def __init__(self, conditions: Mapping[str, Sentence]) -> None:
        super().__init__()
        self.conditions = dict(conditions)


class Held(CallerMistaken):
    """A hold stands on the person or the family: it is lifted first, by the role that may."""

    code = "held"


class CaseClosed(CallerMistaken):
    """The case has ended: it gets no handoff and no hearing any more."""

    code = "case-closed"


class WindowFull(CallerMistaken):
    """The receiving point has no room in this window: the next window that has is given."""

    code = "window-full"

    def __init__(self, fault: Fault, *, next_window: tuple[str, str] | None) -> None:
        super().__init__()
        self.faults = (fault,)
        self.next_window = next_window


class NotHeld(CallerMistaken):
    """No hold of this cause stands: there is nothing to lift."""

    code = "not-held"


class NotErasable(CallerMistaken):
    """A person's data cannot be erased now: each handoff that is kept back is named, with why."""

    code = "not-erasable"


class SamePerson(CallerMistaken):
    """Somebody else confirms what one has proposed to erase."""

    code = "same-person"


class NotPreserved(CallerMistaken):
    """The handoff is not preserved on this ground: there is nothing to lift."""

    code = "not-preserved"


class AlarmStands(CallerMistaken):
    """The alarm ends with its cause, and nobody can close it before: what ends it is given."""

    code = "alarm-stands"


class NotFound(CallerMistaken):
    """There is no such handoff, or it is not yours to see."""

    code = "not-found"


class MethodNotAllowed(CallerMistaken):
    """The route exists but does not take this method: those it takes are in Allow."""

    code = "method-not-allowed"

    def __init__(self, allowed: Sequence[str]) -> None:
        super().__init__()
        self.allowed = tuple(allowed)


class Unauthenticated(CallerMistaken):
    """No bearer token, or one we do not know: ask the operator for one."""

    code = "unauthenticated"


class Forbidden(CallerMistaken):
    """Your role or port does not allow this: the role needed is given."""

    code = "forbidden"

    def __init__(self, needs: str) -> None:
        super().__init__()
        self.needs = needs


class NotAcceptable(CallerMistaken):
    """What is asked for cannot be had in any of the media types that the caller accepts."""

    code = "not-acceptable"


class UsageWrong(CallerMistaken):
    """The command was called with an argument that makes no sense (exit 2)."""

    code = "usage"


class NotAPartner(CallerMistaken):
    """What answers at the address shows no key set of the roots that we trust."""

    code = "not-a-partner"
