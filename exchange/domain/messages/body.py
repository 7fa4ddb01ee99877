"""What every body has, whichever side speaks."""

from exchange.domain.wire import Closed, Salt


class Body(Closed):
    """The body of one message: closed, bounded, with its salt."""

    salt: Salt
