"""Clients: who speaks to the internal listener, in which role and for which ports."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Protocol

from exchange.access.rights import RIGHTS, Action, Role, right_to_lift, roles_with
from exchange.access.tokens import is_token, token_digest
from exchange.errors import Forbidden, Unauthenticated

EVERY_PORT = "*"


@dataclass(frozen=True, slots=True)
class Client:
    """
    An authenticated caller.

    *ports* are CBP port codes on the US side and receiving points on the Mexican side;
    ``*`` among them stands for every port.
    """

    name: str
    role: Role
    ports: frozenset[str]

    def acts_at(self, port: str) -> bool:
        """Return whether *port* is one of the client's."""
        return EVERY_PORT in self.ports or port in self.ports

    def may(self, action: Action, port: str | None = None) -> bool:
        """Return whether the client may do *action*, at *port* where one is concerned."""
        return action in RIGHTS[self.role] and (port is None or self.acts_at(port))

    def causes_shown(self, standing: Collection[str]) -> tuple[str, ...]:
        """Return those causes of holds that the client may know: whose hold it may lift, or all."""
        return tuple(
            cause
            for cause in standing
            if self.may(Action.READ_JOURNAL) or self.may(right_to_lift(cause))
        )


class StoredClient(Protocol):
    """What the store keeps of a client that is not revoked."""

    @property
    def name(self) -> str:
        """The name the operator gave."""

    @property
    def role(self) -> str:
        """One of `Role`."""

    @property
    def ports(self) -> Collection[str]:
        """Its port codes or receiving points."""


def authenticate(token: str | None, lookup: Callable[[bytes], StoredClient | None]) -> Client:
    """
    Return the client whose *token* this is.

    *lookup* finds a client that is not revoked by the digest of its token. Since only the
    digest of 256 random bits is compared, the time it takes tells nothing about a token.

    Raises:
        Unauthenticated: There is no token, or no client has it.
    """
    stored = lookup(token_digest(token)) if token and is_token(token) else None
    if stored is None:
        raise Unauthenticated
    return Client(stored.name, Role(stored.role), frozenset(stored.ports))


def require(client: Client, action: Action, port: str | None = None) -> None:
    """
    Return only when *client* may do *action* at *port*.

    Raises:
        Forbidden: Another role is needed, or the same one at another port; it names which.
    """
    if action not in RIGHTS[client.role]:
        raise Forbidden(needs=" | ".join(roles_with(action)))
    if port is not None and not client.acts_at(port):
        raise Forbidden(needs=f"{client.role} at {port}")
