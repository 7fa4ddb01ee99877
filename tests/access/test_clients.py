"""A token is the only way in, and only its digest is looked up."""

from dataclasses import dataclass

import pytest

from exchange.access.clients import Client, authenticate
from exchange.access.rights import Role
from exchange.access.tokens import is_token, new_token, token_digest
from exchange.errors import Unauthenticated


@dataclass(frozen=True)
class Row:
    """A client as the store gives it."""

    name: str = "san-ysidro"
    role: str = "port-officer"
    ports: tuple[str, ...] = ("2504",)


def test_the_client_with_the_token_is_found() -> None:
    """A token leads to the client that was given it, with its role and ports."""
    token = new_token()
    found = authenticate(token, {token_digest(token): Row()}.get)
    assert found == Client("san-ysidro", Role.PORT_OFFICER, frozenset({"2504"}))


@pytest.mark.parametrize("token", [None, "", "xch_", "Bearer", "xch_" + "A" * 43])
def test_no_token_or_a_strange_one_is_nobody(token: str | None) -> None:
    """Nothing, something shapeless and a token of nobody are refused alike."""
    with pytest.raises(Unauthenticated):
        authenticate(token, {token_digest(new_token()): Row()}.get)


def test_what_is_no_token_is_never_looked_up() -> None:
    """A text without a token's shape does not reach the database."""

    def lookup(digest: bytes) -> Row | None:
        raise AssertionError(digest)

    with pytest.raises(Unauthenticated):
        authenticate("x" * 10_000, lookup)


def test_tokens_are_random_and_shaped() -> None:
    """Each token is new, has the prefix that scanners look for, and 43 characters of chance."""
    tokens = {new_token() for _ in range(100)}
    assert len(tokens) == 100
    assert all(
        is_token(token) and token.startswith("xch_") and len(token) == 47 for token in tokens
    )


def test_the_digest_is_sha_256() -> None:
    """The stored digest is 32 bytes that do not contain the token."""
    token = new_token()
    assert len(token_digest(token)) == 32
    assert token.encode() not in token_digest(token)
