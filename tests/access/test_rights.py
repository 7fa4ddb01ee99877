"""The table of rights denies by default."""

from itertools import product

import pytest

from exchange.access.clients import Client, require
from exchange.access.rights import RIGHTS, ROLES_OF_SIDE, Action, Role, roles_with
from exchange.errors import Forbidden

ALLOWED = {
    "port-officer": {"decide", "read-handoffs", "read-reports", "hold", "read-holds"},
    "port-supervisor": {
        *{"decide", "read-handoffs", "read-reports", "hold", "read-holds", "cancel"},
        *{"lift-family", "lift-data", "lift-other"},
    },
    "asylum-officer": {"read-handoffs", "hold", "read-holds", "lift-fear"},
    "medical-officer": {"read-handoffs", "hold", "read-holds", "lift-medical"},
    "legal-advisor": {"read-handoffs", "hold", "read-holds", "lift-legal"},
    "receiving-officer": {
        "read-arrivals",
        "read-handoffs",
        "acknowledge",
        "receive",
        "issue-visa",
        "read-reports",
    },
    "liaison": {"read-arrivals", "read-handoffs", "read-reports"},
    "auditor": {"read-arrivals", "read-handoffs", "read-holds", "read-reports", "read-journal"},
    "operator": {"operate"},
}


@pytest.mark.parametrize(("role", "action"), list(product(Role, Action)))
def test_a_role_may_do_what_its_row_says_and_nothing_else(role: Role, action: Action) -> None:
    """Every pair of role and action is allowed or denied as the table here repeats it."""
    client = Client("somebody", role, frozenset({"2504"}))
    assert client.may(action, "2504") == (action in ALLOWED[role])


@pytest.mark.parametrize("action", list(Action))
def test_every_action_can_be_done_by_somebody(action: Action) -> None:
    """No action is out of everybody's reach."""
    assert roles_with(action)


def test_every_role_has_a_row_and_a_side() -> None:
    """A new role cannot be forgotten in either table."""
    assert set(RIGHTS) == set(Role)
    assert ROLES_OF_SIDE["us"] | ROLES_OF_SIDE["mx"] == set(Role)


def test_a_right_ends_at_the_port() -> None:
    """An officer of San Ysidro decides nothing at El Paso, and is told what it would take."""
    client = Client("san-ysidro", Role.PORT_OFFICER, frozenset({"2504"}))
    require(client, Action.DECIDE, "2504")
    with pytest.raises(Forbidden) as caught:
        require(client, Action.DECIDE, "2402")
    assert caught.value.needs == "port-officer at 2402"


def test_a_missing_right_names_the_roles_that_have_it() -> None:
    """A refusal says which role it needs, so that the caller knows whom to ask."""
    client = Client("watcher", Role.LIAISON, frozenset({"*"}))
    with pytest.raises(Forbidden) as caught:
        require(client, Action.DECIDE, "2504")
    assert caught.value.needs == "port-officer | port-supervisor"


def test_a_star_stands_for_every_port() -> None:
    """A client of every port may act at any of them."""
    require(Client("headquarters", Role.PORT_OFFICER, frozenset({"*"})), Action.DECIDE, "2402")
