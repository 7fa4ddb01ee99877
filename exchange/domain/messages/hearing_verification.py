"""Mexico doubts a date that it was shown, and asks whether it is the one that stands."""

from exchange.domain.messages.body import Body
from exchange.domain.wire import HearingVersion, UuidText


class HearingVerification(Body):
    """Whether this version of this hearing is current: a confirmation answers."""

    hearing: UuidText
    version: HearingVersion
