"""What was said about one handoff, on record with both sides: sent by one, heard by the other."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from secrets import token_bytes
from typing import Any, TypeAlias

from sqlalchemy import Connection

from exchange.cli.database import write
from exchange.domain.messages.body import Body
from exchange.domain.parties import Side
from exchange.flow.keyring import Keyring, context_of
from exchange.installation.opening import open_keyring
from exchange.proof import grammar
from exchange.proof.envelope import make_envelope, new_jti
from exchange.proof.jws import Line, Typ
from exchange.proof.lines import seal
from exchange.proof.policy import DEFAULT
from exchange.settings import load_settings
from exchange.store.bodies import NewBody, insert_data_keys, record_bodies
from exchange.store.columns import Direction, Kind
from exchange.store.ledger import NewEntry, record_entries
from tests.builders import HANDOFF, a_shared, said
from tests.cli.commands import Commands
from tests.store.rows import stored_handoff

US, MX = "urn:handoff:us:cbp", "urn:handoff:mx:inm"


Later: TypeAlias = Callable[[list[str]], Body]
"""A body that names what was said before it, by the ids of the messages."""


def record_said(commands: Commands, *said_in_order: Body | Later, **row: Any) -> None:
    """Have both sides hold these messages of the US side about one handoff, said in this order."""
    now = datetime.now(UTC) - timedelta(minutes=1)
    keyrings = {
        side: open_keyring(
            load_settings(commands.directory / side / "exchange.toml"), now=now, entropy=token_bytes
        )
        for side in Side
    }
    lines: list[tuple[Line, dict[str, Any]]] = []
    bodies: list[Body] = []
    for seq, one in enumerate(said_in_order, start=1):
        bodies.append(one([str(known["jti"]) for _, known in lines]) if callable(one) else one)
        lines.append(_sealed(bodies[-1], seq, keyrings[Side.US], now + timedelta(seconds=seq)))
    for side, keyring in keyrings.items():
        write(
            load_settings(commands.directory / side / "exchange.toml"),
            lambda connection, side=side, keyring=keyring: _record(  # type: ignore[misc] # bound at once
                connection, side, keyring, bodies, lines, row
            ),
        )


def _sealed(body: Body, seq: int, keyring: Keyring, at: datetime) -> tuple[Line, dict[str, Any]]:
    octets = grammar.canonical(body.model_dump(mode="json"))
    envelope = make_envelope(
        iss=US,
        aud=MX,
        jti=new_jti(at, token_bytes),
        sealed_at=at,
        seq=seq,
        schema=said(body).type.schema,
        sub=HANDOFF,
        irt=None,
        body=octets,
    )
    line = seal(envelope, octets, keyring.signers_for(Typ.MESSAGE, DEFAULT, at))
    return line, {"jti": envelope.jti, "seq": seq, "schema": envelope.schema, "recorded_at": at}


def _record(
    connection: Connection,
    side: Side,
    keyring: Keyring,
    bodies: list[Body],
    lines: list[tuple[Line, dict[str, Any]]],
    row: dict[str, Any],
) -> None:
    shared = a_shared(*bodies)
    given = {"stage": shared.stage, "local_stage": None, "shared": shared.model_dump_json()}
    handoff = stored_handoff(connection, handoff=HANDOFF, **(given | row))
    key = keyring.new_data_key()
    insert_data_keys(connection, {handoff.number: key.wrapped})
    kept = record_bodies(
        connection,
        [
            NewBody(
                keyring.lock(key, line.body or b"", context=context_of(HANDOFF)), handoff.number
            )
            for line, _ in lines
        ],
    )
    record_entries(
        connection,
        [
            NewEntry(
                direction=Direction.SENT if side is Side.US else Direction.RECEIVED,
                kind=Kind.MESSAGE,
                issuer=US,
                envelope=line.payload,
                signatures=line.signatures,
                pld=line.pld,
                sig=line.sig,
                handoff=handoff.number,
                body=body,
                **columns,
            )
            for (line, columns), body in zip(lines, kept, strict=True)
        ],
    )
