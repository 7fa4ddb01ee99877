"""
What ``docs/protocol.md`` shows: each block below a ``<!-- made: NAME -->`` is made here.

Run ``python -m tests.vectors.protocol`` to write the blocks again. The keys are those of
``tests/keys.py``, made from their names when needed; only the hybrid line, whose ML-DSA
signature is new each time, is the one kept in ``lines.json``.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from exchange.domain.deadlines import Limits
from exchange.domain.drawing import draw_moves
from exchange.domain.messages.body import Body
from exchange.domain.messages.catalogue import (
    ACKNOWLEDGMENT,
    MESSAGE_TYPES,
    RETURN_NOTICE,
    MessageType,
)
from exchange.domain.parties import Side
from exchange.flow.remarks import SKEW_SECONDS_MAX
from exchange.flow.watch import CHANNEL_SECONDS_MAX, GAP_SECONDS
from exchange.proof import grammar
from exchange.proof.encoding import b64u
from exchange.proof.envelope import InReplyTo, MessageId, make_envelope, new_jti
from exchange.proof.jws import (
    HEADER_BYTES_MAX,
    LINE_BYTES_MAX,
    LINES_MAX,
    Line,
    covered_octets,
    read_line,
)
from exchange.proof.keys import Roots, fingerprint
from exchange.proof.keysets import write_key_set
from exchange.proof.lines import seal
from exchange.proof.receipts import ReceiptItem, Status, make_receipt, write_receipt
from exchange.settings.inbox import Inbox
from exchange.settings.keys import Keys
from exchange.settings.sections import Outbox
from tests.builders import (
    HANDOFF,
    NOW,
    a_cancellation,
    a_capacity_advisory,
    a_case_closure,
    a_comparison,
    a_comparison_result,
    a_contact_list,
    a_correction,
    a_departure,
    a_hearing_confirmation,
    a_hearing_delivery,
    a_hearing_notice,
    a_hearing_verification,
    a_notice,
    a_presentation,
    a_reception,
    a_statement,
    a_visa_change,
    a_visa_issuance,
    a_welfare_alert,
    an_acknowledgment,
    an_exit,
)
from tests.keys import MX, US, Party, entropy_from, key_set_of, publish
from tests.vectors.conformance import lists
from tests.vectors.make import FILE

DOCUMENT = Path(__file__).parents[2] / "docs" / "protocol.md"
ANSWERED_AT = NOW + timedelta(minutes=20)
ROOTS = MX.root_keys[:1]
"""Mexico's roots in the example: ES384 alone, as of a partner without post-quantum keys."""

_BLOCK = re.compile(r"(<!-- made: ([a-z-]+) -->\n)(?:\n```\n.*?\n```\n)?", re.DOTALL)


def render(text: str) -> str:
    """*text* with every block made anew."""
    made = blocks()
    return _BLOCK.sub(lambda found: f"{found[1]}\n```\n{made[found[2]]}\n```\n", text)


def blocks() -> dict[str, str]:
    """Each block's name and content."""
    return _example() | _keys() | _tables() | lists()


def _example() -> dict[str, str]:
    """A notice and its receipt, the answer to it and the receipt for that."""
    jti = _jtis()
    salts = entropy_from("salts of docs/protocol.md")
    notice = _message(US, RETURN_NOTICE, a_notice(salt=b64u(salts(16))), jti())
    irt = InReplyTo(_jti_of(notice), notice.pld)
    notice_receipt = _receipt(MX, notice, jti())
    acknowledgment = an_acknowledgment(salt=b64u(salts(16)))
    answer = _message(MX, ACKNOWLEDGMENT, acknowledgment, jti(), irt=irt)
    answer_receipt = _receipt(US, answer, jti())
    return {
        "notice-body": (notice.body or b"").decode(),
        "notice-envelope": notice.payload.decode(),
        "notice-header": notice.signatures[0].protected.decode(),
        "notice-covered": covered_octets(notice, notice.signatures[0]).decode(),
        "notice-signature": b64u(notice.signatures[0].signature),
        "notice-line": notice.octets().decode(),
        "notice-digests": f"{b64u(notice.pld)}\n{b64u(notice.sig)}",
        "receipt": notice_receipt.payload.decode(),
        "receipt-line": notice_receipt.octets().decode(),
        "answer-body": (answer.body or b"").decode(),
        "answer-envelope": answer.payload.decode(),
        "answer-line": answer.octets().decode(),
        "answer-receipt-line": answer_receipt.octets().decode(),
        "cancellation-body": _body(a_cancellation(salt=b64u(salts(16)))),
        "reception-body": _body(a_reception(salt=b64u(salts(16)))),
        "visa-body": _body(a_visa_issuance(salt=b64u(salts(16)))),
        **{f"{name}-body": _body(make(salt=b64u(salts(16)))) for name, make in _LATER.items()},
    }


_LATER: Mapping[str, Callable[..., Body]] = {
    "departure": a_departure,
    "hearing-notice": a_hearing_notice,
    "hearing-confirmation": a_hearing_confirmation,
    "presentation": a_presentation,
    "closure": a_case_closure,
    "visa-change": a_visa_change,
    "delivery": a_hearing_delivery,
    "verification": a_hearing_verification,
    "exit": an_exit,
    "correction": a_correction,
    "alert": a_welfare_alert,
    "advisory": a_capacity_advisory,
    "contacts": a_contact_list,
    "statement": a_statement,
    "comparison": a_comparison,
    "result": a_comparison_result,
}


def _keys() -> dict[str, str]:
    """The public keys of the example, Mexico's roots and key set, and the hybrid line."""
    roots = Roots.of(ROOTS)
    heard = tuple(kind.schema for kind in MESSAGE_TYPES if kind.is_said_by(Side.US))
    key_set = replace(key_set_of(MX.urn, [publish(MX.sign)]), schemas=heard)
    key_set_line = write_key_set(key_set, ROOTS)
    return {
        "us-key": _canonical(US.sign.half.public.jwk() | {"kid": US.sign.kid}),
        "us-pq-key": _canonical(US.pq_sign.half.public.jwk() | {"kid": US.pq_sign.kid}),
        "mx-key": _canonical(MX.sign.half.public.jwk() | {"kid": MX.sign.kid}),
        "mx-roots": _canonical(roots.document()),
        "mx-fingerprint": fingerprint(roots),
        "mx-key-set": read_line(key_set_line).payload.decode(),
        "mx-key-set-line": key_set_line.decode(),
        "hybrid-line": json.loads(FILE.read_text("utf-8"))["hedged"]["message"],
    }


def _tables() -> dict[str, str]:
    """The stages, limits and deadlines, as the code has them."""
    limits = {
        "lines of a request": LINES_MAX,
        "octets of a line": LINE_BYTES_MAX,
        "octets of a request": Inbox().request_bytes_max,
        "octets of a protected header": HEADER_BYTES_MAX,
        "levels of JSON": grammar.DEPTH_MAX,
        "seconds for the head of a request": int(Inbox().head_timeout_seconds),
        "seconds for its body": int(Inbox().body_timeout_seconds),
        "seconds a silent connection is kept": int(Inbox().keep_alive_seconds),
        "connections at once": Inbox().connections_max,
        "requests a second": Inbox().requests_per_second_max,
        "seconds an answer is waited for": int(Outbox().delivery_timeout_seconds),
        "seconds of the first back-off": int(Outbox().backoff_first_seconds),
        "seconds of the longest back-off": int(Outbox().backoff_max_seconds),
        "seconds of Retry-After honoured": int(Outbox().retry_after_max_seconds),
        "seconds between two heartbeats": int(Keys.model_fields["poll_seconds"].default),
        "seconds of silence before an alarm": CHANNEL_SECONDS_MAX,
        "seconds two clocks may differ": SKEW_SECONDS_MAX,
        "seconds a gap in seq may last": GAP_SECONDS,
    }
    deadlines = [
        (
            getattr(Limits(), name),
            "days" if name.endswith("_days") else "seconds",
            field.description,
        )
        for name, field in Limits.model_fields.items()
        if field.annotation is int  # whom an alarm is told further up is each side's own matter
    ]
    return {
        "stages": draw_moves("en"),
        "limits": "\n".join(f"{value:>9,}  {what}" for what, value in limits.items()),
        "deadlines": "\n".join(
            f"{value:>10,} {unit:<7}  {what}" for value, unit, what in deadlines
        ),
    }


def _message(
    party: Party, kind: MessageType, body: Body, jti: MessageId, *, irt: InReplyTo | None = None
) -> Line:
    octets = _body(body).encode()
    envelope = make_envelope(
        iss=party.urn,
        aud=_other(party).urn,
        jti=jti,
        sealed_at=NOW if irt is None else ANSWERED_AT,
        seq=41 if irt is None else 17,
        schema=kind.schema,
        sub=HANDOFF,
        irt=irt,
        body=octets,
    )
    return seal(envelope, octets, party.classical)


def _receipt(party: Party, message: Line, jti: MessageId) -> Line:
    item = ReceiptItem(
        jti=_jti_of(message),
        pld=message.pld,
        sig=message.sig,
        status=Status.ACCEPTED,
        code=None,
        pointer=None,
    )
    at = ANSWERED_AT if party is US else NOW
    receipt = make_receipt(
        iss=party.urn, aud=_other(party).urn, jti=jti, signed_at=at, items=[item]
    )
    return write_receipt(receipt, party.classical)


def _jtis() -> Callable[[], MessageId]:
    entropy = entropy_from("docs/protocol.md")
    minutes = iter((0, 0, 20, 20))
    return lambda: new_jti(NOW + timedelta(minutes=next(minutes)), entropy)


def _jti_of(message: Line) -> MessageId:
    return MessageId(str(grammar.parse_object(message.payload)["jti"]))


def _other(party: Party) -> Party:
    return MX if party is US else US


def _body(body: Body) -> str:
    return _canonical(body.model_dump(mode="json"))


def _canonical(value: object) -> str:
    return grammar.canonical(value).decode()


if __name__ == "__main__":
    DOCUMENT.write_text(render(DOCUMENT.read_text("utf-8")), "utf-8")
