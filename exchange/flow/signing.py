"""Signatures on many messages at once, in a few threads and never inside a transaction."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import Executor
from typing import TypeAlias

from exchange.flow.agreement import Agreement
from exchange.flow.clock import Clock
from exchange.flow.keyring import Keyring
from exchange.proof.envelope import Envelope
from exchange.proof.jws import Line, Signer, Typ
from exchange.proof.lines import seal

Unsigned: TypeAlias = tuple[Envelope, bytes]
"""What signatures are made for: an envelope, and the body it binds."""


class Signing:
    """Signs with the keys that the agreement asks for at that moment."""

    def __init__(
        self,
        *,
        agreement: Agreement,
        keyring: Keyring,
        clock: Clock,
        pool: Executor | None = None,
        threads: int = 2,
    ) -> None:
        self._agreement = agreement
        self._keyring = keyring
        self._clock = clock
        self._pool = pool
        self._threads = threads

    async def sign(self, messages: Sequence[Unsigned]) -> list[Line]:
        """
        Return the lines of *messages*, in their order.

        A few threads sign at once: ``cryptography`` lets the interpreter go meanwhile.

        Raises:
            KeysUnusable: No key of ours may sign now.
        """
        signers = self._keyring.signers_for(Typ.MESSAGE, self._agreement.we_sign, self._clock())
        loop = asyncio.get_running_loop()
        share = -(-len(messages) // self._threads) or 1
        shares = [messages[at : at + share] for at in range(0, len(messages), share)]
        signed = await asyncio.gather(
            *(loop.run_in_executor(self._pool, _seal_each, one, signers) for one in shares)
        )
        return [line for lines in signed for line in lines]


def _seal_each(messages: Sequence[Unsigned], signers: Sequence[Signer]) -> list[Line]:
    return [seal(envelope, body, signers) for envelope, body in messages]
