"""Good requests, in every form that clause 2 allows."""

from exchange.conformance.case import Case, Group, row, step
from exchange.conformance.makers import body_spelled, envelope_spelled, good, high_s, spelled
from exchange.conformance.wants import takes
from exchange.conformance.ways import chunked, expecting, posted
from exchange.proof.jws import LINE_BYTES_MAX, LINES_MAX

FULL = tuple(f"line-{number}" for number in range(1, LINES_MAX + 1))


def turned_around(octets: bytes) -> bytes:
    """Put the last member of a JSON object first, with spacing between all of its tokens."""
    head, _, tail = octets[1:-1].rpartition(b',"')
    return b'{ "' + tail.replace(b'":', b'" : ', 1) + b" ,\t" + head + b" }"


def _padded(octets: bytes) -> bytes:
    """Space a line out until it is as long as a line may be."""
    return b"{" + b" " * (LINE_BYTES_MAX - len(octets)) + octets[1:]


CASES: tuple[Case, ...] = (
    row(
        Group.GOOD, "one-message", "5.2",
        ("One good message.", "Un mensaje correcto."),
        {"a": good()},
        step("a", takes("a")),
    ),
    row(
        Group.GOOD, "two-messages", "5.2",
        ("Two good messages in one request.", "Dos mensajes correctos en una solicitud."),
        {"a": good(), "b": good()},
        step("a b", takes("a", "b")),
    ),
    row(
        Group.GOOD, "most-lines", "2.1",
        ("64 good messages in one request.", "64 mensajes correctos en una solicitud."),
        {name: good() for name in FULL},
        step(" ".join(FULL), takes(*FULL)),
    ),
    row(
        Group.GOOD, "last-line-feed", "2.1",
        ("A message with an LF after it.", "Un mensaje con un LF al final."),
        {"a": good()},
        step("a", takes("a"), frame=lambda lines: lines[0] + b"\n"),
    ),
    row(
        Group.GOOD, "longest-line", "6.4",
        (
            "A message spaced out to exactly 262,144 octets.",
            "Un mensaje espaciado hasta exactamente 262,144 octetos.",
        ),
        {"a": spelled(_padded)},
        step("a", takes("a")),
    ),
    row(
        Group.GOOD, "chunked-body", "2.1",
        ("A message in a chunked body.", "Un mensaje en un cuerpo por fragmentos (chunked)."),
        {"a": good()},
        step("a", takes("a"), way=chunked),
    ),
    row(
        Group.GOOD, "expect-continue", "2.1",
        ("A message after Expect: 100-continue.", "Un mensaje tras Expect: 100-continue."),
        {"a": good()},
        step("a", takes("a"), way=expecting),
    ),
    row(
        Group.GOOD, "media-type-parameters", "2.1",
        (
            "Content-Type application/jsonl with a parameter.",
            "Content-Type application/jsonl con un parámetro.",
        ),
        {"a": good()},
        step("a", takes("a"), way=posted(media_type="application/jsonl; charset=utf-8")),
    ),
    row(
        Group.GOOD, "identity-encoding", "2.1",
        ("Content-Encoding: identity.", "Content-Encoding: identity."),
        {"a": good()},
        step("a", takes("a"), way=posted(Content_Encoding="identity")),
    ),
    row(
        Group.GOOD, "line-spelled-otherwise", "2.2",
        (
            "A line with its members in another order and spacing between them.",
            "Una línea con sus miembros en otro orden y espacios entre ellos.",
        ),
        {"a": spelled(turned_around)},
        step("a", takes("a")),
    ),
    row(
        Group.GOOD, "envelope-spelled-otherwise", "3.2",
        (
            "An envelope with its members in another order and spacing between them.",
            "Un sobre con sus miembros en otro orden y espacios entre ellos.",
        ),
        {"a": envelope_spelled(turned_around)},
        step("a", takes("a")),
    ),
    row(
        Group.GOOD, "body-spelled-otherwise", "3.2",
        (
            "A body with its members in another order and spacing between them.",
            "Un cuerpo con sus miembros en otro orden y espacios entre ellos.",
        ),
        {"a": body_spelled(lambda octets: octets.replace(b'":', b'" : ').replace(b",", b", "))},
        step("a", takes("a")),
    ),
    row(
        Group.GOOD, "high-s", "4.18",
        (
            "A message whose ES256 signature has a high s.",
            "Un mensaje cuya firma ES256 tiene una s alta.",
        ),
        {"a": high_s},
        step("a", takes("a")),
    ),
)  # fmt: skip
