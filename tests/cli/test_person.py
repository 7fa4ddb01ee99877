"""``exchange person export``: the person's own data, to read and for a program, journaled."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

import pytest
from sqlalchemy import Connection

from exchange.cli.database import write
from exchange.cli.person_words import MEMBERS
from exchange.domain.messages.catalogue import (
    MESSAGE_TYPES,
    RECEPTION,
    RETURN_NOTICE,
)
from exchange.domain.wire import Closed
from exchange.flow.clock import system_entropy
from exchange.flow.keyring import context_of
from exchange.flow.person import LEFT_OUT
from exchange.installation.opening import open_keyring
from exchange.proof.grammar import canonical
from exchange.settings import load_settings
from exchange.store.bodies import NewBody, insert_data_keys, record_bodies
from exchange.store.columns import Direction
from exchange.store.handoffs import insert_handoffs
from exchange.store.journal import list_events
from exchange.store.ledger import record_entries
from tests.builders import HANDOFF, a_notice, a_reception
from tests.cli.commands import Commands, Ended
from tests.proof.builders import ENVELOPE
from tests.store.rows import entry, new_handoff


@pytest.fixture
def told(commands: Commands) -> Commands:
    """A US side that announced a person and heard of the reception."""
    settings = load_settings(commands.directory / "us/exchange.toml")
    keyring = open_keyring(settings, now=datetime.now(UTC), entropy=system_entropy)
    key = keyring.new_data_key()
    said = (
        (RETURN_NOTICE, Direction.SENT, a_notice()),
        (RECEPTION, Direction.RECEIVED, a_reception()),
    )

    def store(connection: Connection) -> None:
        (number,) = insert_handoffs(connection, [new_handoff(handoff=HANDOFF)])
        insert_data_keys(connection, {number: key.wrapped})
        for kind, direction, body in said:
            octets = canonical(body.model_dump(mode="json"))
            locked = keyring.lock(key, octets, context=context_of(HANDOFF))
            (stored,) = record_bodies(connection, [NewBody(locked, handoff=number)])
            envelope = replace(ENVELOPE, schema=kind.schema, sub=HANDOFF).octets()
            new = entry(
                direction=direction,
                schema=kind.schema,
                handoff=number,
                body=stored,
                envelope=envelope,
            )
            record_entries(connection, [new])

    write(settings, store)
    token = commands.us("clients", "add", "ana", "--role", "records-officer", "--every-port")
    (commands.directory / "ana").write_text(token.out, encoding="utf-8")
    return commands


def export(commands: Commands, *arguments: object, handoff: str = HANDOFF) -> Ended:
    """Export what is known of the person."""
    token = ("--token-file", commands.directory / "ana")
    return commands.us("person", "export", handoff, *token, *arguments)


def test_a_program_gets_what_both_sides_said(told: Commands) -> None:
    """Each message with who said it and when; neither salt nor official is in it."""
    found = export(told, "--json").json()
    assert found["handoff"] == HANDOFF
    notice, reception = found["messages"]
    assert (notice["type"], notice["direction"]) == ("return-notice", "sent")
    assert notice["says"]["person"]["given_names"] == a_notice().person.given_names
    assert (reception["type"], reception["direction"]) == ("reception", "received")
    assert not {*notice["says"], *reception["says"]} & set(LEFT_OUT)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("said about you", "given names: ", "\nnotice, ", "carried out: yes")),
        ("es", ("dicho de usted", "nombres: ", "aviso", "realizado: sí")),
    ],
)
def test_the_person_reads_it_in_their_language(
    told: Commands, language: str, words: tuple[str, ...]
) -> None:
    """Every member has a name of its own, and what was not said has no line."""
    page = export(told, "--lang", language).out
    assert [word for word in words if word not in page] == []
    assert "None" not in page


def test_the_journal_has_who_asked(told: Commands) -> None:
    """Before anything is read it says who asked for whom; a file is written where one is named."""
    file = told.directory / "person.json"
    assert export(told, "--json", "-o", file).code == 0
    assert json.loads(file.read_bytes())["handoff"] == HANDOFF
    settings = load_settings(told.directory / "us/exchange.toml")
    events = write(settings, partial(list_events, limit=10))
    assert [(one.kind, one.actor) for one in events] == [("person.exported", "ana")]


def test_nobody_is_exported_whom_we_do_not_know(told: Commands) -> None:
    """An unknown handoff is not found, and whoever may not is refused."""
    assert export(told, handoff="00000000-0000-4000-8000-000000000009").code == 4
    token = told.us("clients", "add", "op", "--role", "operator")
    (told.directory / "ana").write_text(token.out, encoding="utf-8")
    assert export(told).code == 5


def members(model: type[Closed]) -> Iterator[str]:
    """Give the name of every member of a body, and of what is in it."""
    for name, field in model.model_fields.items():
        yield field.alias or name
        for kind in (field.annotation, *getattr(field.annotation, "__args__", ())):
            if isinstance(kind, type) and issubclass(kind, Closed):
                yield from members(kind)


def test_every_member_of_every_message_has_its_words() -> None:
    """Whatever may be said about a handoff can be read, in both languages."""
    said = {name for kind in MESSAGE_TYPES if kind.subject for name in members(kind.model)}
    assert set(MEMBERS) == said - set(LEFT_OUT)
