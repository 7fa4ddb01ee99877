"""Both ledgers agree exactly when each message and a receipt of it are the same on both sides."""

from collections.abc import Callable

import orjson
import pytest

from exchange.demo.agreement import Held, compare
from exchange.proof.encoding import b64u
from exchange.proof.jws import Line, Signature


def a_message(jti: str, text: str = "as sent") -> Line:
    """Return a message under a ``jti``."""
    envelope = orjson.dumps({"jti": jti, "text": text})
    return Line(envelope, (Signature(b"{}", bytes(64)),), b"a body")


def a_receipt(*messages: Line, signature: bytes = bytes(64)) -> Line:
    """Return a receipt that names *messages*."""
    said = orjson.dumps({"items": [{"pld": b64u(message.pld)} for message in messages]})
    return Line(said, (Signature(b"{}", signature),), None)


def two_sides() -> tuple[Held, Held]:
    """Return two ledgers that agree: two messages with one receipt, and one the other way."""
    us, mx = Held(), Held()
    notices = (a_message("1"), a_message("2"))
    answer = a_message("3")
    for sender, receiver, messages in ((us, mx, notices), (mx, us, (answer,))):
        for message in messages:
            sender.add("sent", "message", message)
            receiver.add("received", "message", message)
        sender.add("received", "receipt", a_receipt(*messages))
        receiver.add("sent", "receipt", a_receipt(*messages))
    return us, mx


def test_equal_ledgers_agree() -> None:
    """Three messages, each with a receipt on both sides."""
    agreement = compare(*two_sides())
    assert (agreement.agree, agreement.messages) == (True, 3)


def _sent_only(us: Held, _: Held) -> None:
    us.add("sent", "message", a_message("4"))


def _received_only(_: Held, mx: Held) -> None:
    mx.add("received", "message", a_message("4"))


def _without_receipt(us: Held, mx: Held) -> None:
    us.add("sent", "message", a_message("4"))
    mx.add("received", "message", a_message("4"))


def _receipt_of_other_bytes(us: Held, mx: Held) -> None:
    _without_receipt(us, mx)
    mx.add("sent", "receipt", a_receipt(a_message("4")))
    us.add("received", "receipt", a_receipt(a_message("4"), signature=b"\1" * 64))


@pytest.mark.parametrize(
    ("spoil", "how"),
    [
        (_sent_only, "only-the-sender-holds-it"),
        (_received_only, "only-the-receiver-holds-it"),
        (_without_receipt, "no-receipt-that-both-hold"),
        (_receipt_of_other_bytes, "no-receipt-that-both-hold"),
    ],
    ids=["sent-only", "received-only", "without-receipt", "other-bytes"],
)
def test_each_difference_is_named(spoil: Callable[[Held, Held], None], how: str) -> None:
    """One message that differs is named with how it does, and the ledgers do not agree."""
    us, mx = two_sides()
    spoil(us, mx)
    agreement = compare(us, mx)
    assert not agreement.agree
    assert [(one.speaker, one.jti, one.how) for one in agreement.differences] == [("us", "4", how)]


def test_an_altered_message_differs_twice() -> None:
    """The same ``jti`` with other octets is one message too many on either side."""
    us, mx = two_sides()
    us.add("sent", "message", a_message("4"))
    mx.add("received", "message", a_message("4", "as altered"))
    assert {one.how for one in compare(us, mx).differences} == {
        "only-the-sender-holds-it",
        "only-the-receiver-holds-it",
    }
