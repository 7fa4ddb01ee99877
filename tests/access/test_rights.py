"""The table of rights denies by default."""

from itertools import product
from pathlib import Path

import pytest

from exchange.access.clients import Client, require
from exchange.access.rights import RIGHTS, ROLES, ROLES_OF_SIDE, Action, Role, roles_with
from exchange.errors import Forbidden, Language

DOCUMENT = Path(__file__).parents[2] / "docs/rights.md"

ALLOWED = {
    "port-officer": {
        *{"revise", "change-hearing", "record-presentation"},
        *{"decide", "read-handoffs", "read-reports", "hold", "read-holds", "correct", "alert"},
        *{"depart", "read-bulletins", "read-alarms", "take-up-alarms"},
    },
    "port-supervisor": {
        *{"revise", "change-hearing", "record-presentation", "close-case"},
        *{"decide", "read-handoffs", "read-reports", "hold", "read-holds", "correct", "alert"},
        *{"cancel", "split", "depart", "depart-on-paper", "read-bulletins", "publish-contacts"},
        *{"lift-family", "lift-data", "lift-other", "read-alarms", "take-up-alarms"},
        "resolve",
    },
    "asylum-officer": {
        *{"read-handoffs", "hold", "read-holds", "alert", "read-bulletins"},
        *{"lift-fear", "read-alarms"},
    },
    "medical-officer": {
        *{"read-handoffs", "hold", "read-holds", "alert", "read-bulletins"},
        *{"lift-medical", "read-alarms"},
    },
    "legal-advisor": {
        *{"read-handoffs", "hold", "read-holds", "alert", "read-bulletins"},
        *{"lift-legal", "read-alarms"},
    },
    "receiving-officer": {
        "read-arrivals",
        "read-handoffs",
        "acknowledge",
        "receive",
        "issue-visa",
        *{"change-visa", "deliver-hearing", "doubt-hearing", "record-exit", "correct", "alert"},
        *{"advise-capacity", "publish-contacts", "read-bulletins"},
        *{"read-reports", "read-alarms", "take-up-alarms"},
    },
    "liaison": {
        *{"read-arrivals", "read-handoffs", "read-reports", "read-bulletins", "read-alarms"},
        "resolve",
    },
    "records-officer": {"read-reports", "erase", "preserve", "export-person"},
    "auditor": {
        *{"read-arrivals", "read-handoffs", "read-holds", "read-reports", "read-journal"},
        *{"read-bulletins", "read-alarms"},
    },
    "operator": {"operate", "read-alarms", "take-up-alarms"},
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
    assert set(RIGHTS) == set(ROLES) == set(Role)
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


def drawn(language: Language) -> str:
    """Return the rows of the table as the document has them in one language."""
    return "\n".join(
        f"| `{role}` | {ROLES[role].spoken(language)} "
        f"| {', '.join(f'`{action}`' for action in Action if action in RIGHTS[role])} |"
        for role in Role
    )


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_document_shows_the_table(language: Language) -> None:
    """docs/rights.md has every role with what it does and may."""
    assert drawn(language) in DOCUMENT.read_text(encoding="utf-8")


def test_each_hold_has_one_role_that_lifts_it() -> None:
    """To let go on is one role's for each cause, and that role may also hold."""
    lifts = [action for action in Action if action.startswith("lift-")]
    for action in lifts:
        (role,) = roles_with(action)
        assert Action.HOLD in RIGHTS[role]
    assert len(lifts) == 6


@pytest.mark.parametrize("role", Role)
def test_causes_are_shown_to_who_may_know(role: Role) -> None:
    """A client sees the causes that it may lift; who reads the journal sees all."""
    standing = ("fear", "legal", "medical", "other")
    own = {
        Role.ASYLUM_OFFICER: ("fear",),
        Role.LEGAL_ADVISOR: ("legal",),
        Role.MEDICAL_OFFICER: ("medical",),
        Role.PORT_SUPERVISOR: ("other",),
        Role.AUDITOR: standing,
    }
    client = Client("somebody", role, frozenset({"2504"}))
    assert client.causes_shown(standing) == own.get(role, ())
