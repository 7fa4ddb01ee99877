"""
Which version of a message type is said: the highest that the partner's key set lists (design §4).

What it does not list is not drafted, for it would be refused when nobody stands at the desk any
more; that it lists none is an alarm of the watch.
"""

from exchange.domain.messages.catalogue import MessageType, highest_taken
from exchange.errors import SchemaNotTaken
from exchange.flow.partner import Partner


def version_of(kind: MessageType, partner: Partner) -> MessageType:
    """
    Return the version of a type in which we speak to *partner* now.

    Raises:
        SchemaNotTaken: Its key set lists none that we have.
    """
    taken = highest_taken(kind.name, partner.key_set.schemas)
    if taken is None:
        raise SchemaNotTaken
    return taken
