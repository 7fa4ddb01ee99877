"""What the program writes to its log: events with names of one shape, and fields of one list."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from exchange.web.logs import ALLOWED

ROOT = Path(__file__).parent.parent
LEVELS = {"debug", "info", "warning", "error", "exception", "critical"}


def events() -> Iterator[tuple[str, ast.Call]]:
    """Give every call of a logger in the package, with where it stands."""
    for path in sorted((ROOT / "exchange").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in LEVELS
                and isinstance(node.func.value, ast.Name)
                and node.func.value.id.lstrip("_") in {"log", "logger"}
            ):
                yield f"{path.relative_to(ROOT)}:{node.lineno}", node


def test_an_event_is_a_noun_and_what_happened_to_it() -> None:
    """Every event is a literal `noun.past_verb`: nothing is ever built into its name."""
    shaped = re.compile(r"[a-z]+(_[a-z]+)*\.[a-z]+(_[a-z]+)*")
    offences = [
        place
        for place, call in events()
        if not (
            len(call.args) == 1
            and isinstance(call.args[0], ast.Constant)
            and shaped.fullmatch(str(call.args[0].value))
        )
    ]
    assert offences == []


def test_a_field_is_of_the_allowed_list() -> None:
    """No event has a field that the log would drop, so none can carry a person's data."""
    offences = [
        f"{place}: {keyword.arg}"
        for place, call in events()
        for keyword in call.keywords
        if keyword.arg not in ALLOWED
    ]
    assert offences == []


def test_the_allowed_list_names_nothing_of_a_person() -> None:
    """No field of the list is a member of a person, a family, a document or a body."""
    personal = {"name", "given_names", "first_surname", "second_surname", "full_name", "person"}
    personal |= {"birth_date", "sex", "nationality", "language", "number", "body", "family"}
    assert personal.isdisjoint(ALLOWED)


def test_there_are_events() -> None:
    """The checks above look at something."""
    assert len(list(events())) > 10
