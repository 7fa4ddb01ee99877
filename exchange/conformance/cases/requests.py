"""Requests that are refused as a whole, the form of problems, outages, and key sets."""

from exchange.conformance import ways
from exchange.conformance.bodies import CANARY
from exchange.conformance.case import Case, Group, Need, row, step
from exchange.conformance.makers import garbage, good, spelled
from exchange.conformance.wants import Closed, Keys, ProblemOf, Unheard, repeats, takes
from exchange.proof.jws import LINE_BYTES_MAX, LINES_MAX

REQUEST_BYTES_MAX = 4 * 1024 * 1024
BAD_TYPE = ProblemOf(415, "bad-content-type")
OVERFULL = tuple(f"line-{number}" for number in range(LINES_MAX + 1))


def _one_too_long(octets: bytes) -> bytes:
    return b"{" + b" " * (LINE_BYTES_MAX + 1 - len(octets)) + octets[1:]


CASES: tuple[Case, ...] = (
    row(
        Group.REQUEST, "too-many-lines", "2.1",
        ("65 good lines in one request.", "65 líneas correctas en una solicitud."),
        {name: good() for name in OVERFULL},
        step(" ".join(OVERFULL), ProblemOf(413, "too-many-lines")),
    ),
    row(
        Group.REQUEST, "line-too-large", "6.4",
        (
            "A good line spaced out to 262,145 octets.",
            "Una línea correcta espaciada hasta 262,145 octetos.",
        ),
        {"a": spelled(_one_too_long)},
        step("a", ProblemOf(413, "too-large")),
    ),
    row(
        Group.REQUEST, "request-too-large", "6.4",
        (
            "A request of one octet over 4 MiB, its length announced.",
            "Una solicitud de un octeto más que 4 MiB, con su longitud anunciada.",
        ),
        {"a": garbage(b"x" * (REQUEST_BYTES_MAX + 1))},
        step("a", ProblemOf(413, "too-large", or_closed=True)),
    ),
    row(
        Group.REQUEST, "chunks-too-large", "6.4",
        (
            "A chunked request of one octet over 4 MiB.",
            "Una solicitud por fragmentos de un octeto más que 4 MiB.",
        ),
        {"a": garbage(b"x" * (REQUEST_BYTES_MAX + 1))},
        step("a", ProblemOf(413, "too-large", or_closed=True), way=ways.chunked),
    ),
    row(
        Group.REQUEST, "bad-content-type", "2.1",
        ("A good line as application/json.", "Una línea correcta como application/json."),
        {"a": good()},
        step("a", BAD_TYPE, way=ways.posted(media_type="application/json")),
    ),
    row(
        Group.REQUEST, "no-content-type", "2.1",
        ("A good line without a Content-Type.", "Una línea correcta sin Content-Type."),
        {"a": good()},
        step("a", BAD_TYPE, way=ways.posted(media_type=None)),
    ),
    row(
        Group.REQUEST, "bad-encoding", "2.1",
        ("A good line in a compressed body.", "Una línea correcta en un cuerpo comprimido."),
        {"a": good()},
        step("a", ProblemOf(415, "bad-encoding"), way=ways.compressed),
    ),
    row(
        Group.REQUEST, "not-found", "7.1",
        ("GET of a path that no clause names.", "GET de una ruta que ninguna cláusula nombra."),
        {"a": garbage(b"")},
        step("a", ProblemOf(404, "not-found"), way=ways.asked("GET", f"/v1/{CANARY}")),
    ),
    row(
        Group.REQUEST, "method-not-allowed", "7.1",
        ("GET /v1/messages.", "GET /v1/messages."),
        {"a": garbage(b"")},
        step("a", ProblemOf(405, "method-not-allowed"), way=ways.asked("GET", "/v1/messages")),
    ),
    row(
        Group.REQUEST, "not-http", "7.1",
        (
            "A good line on the connection, without HTTP.",
            "Una línea correcta en la conexión, sin HTTP.",
        ),
        {"a": good()},
        step("a", ProblemOf(400, "bad-request", or_closed=True), way=ways.not_http),
    ),
    row(
        Group.REQUEST, "words-in-two-languages", "7.2",
        (
            "A line that is too large, sent in English and in Spanish.",
            "Una línea demasiado grande, enviada en inglés y en español.",
        ),
        {"a": garbage(b"x" * (LINE_BYTES_MAX + 1))},
        step(
            "a",
            ProblemOf(413, "too-large", in_two_languages=True),
            way=ways.in_two_languages,
        ),
    ),
    row(
        Group.REQUEST, "body-too-slow", "6.4",
        (
            "A head and half of a body, and then nothing for 15 s; then the same lines whole.",
            "Un encabezado y medio cuerpo, y luego nada por 15 s; luego las mismas líneas enteras.",
        ),
        {"a": good()},
        step("a", ProblemOf(408, "request-too-slow"), way=ways.body_too_slow),
        step("a", takes("a")),
    ),
    row(
        Group.REQUEST, "head-too-slow", "6.4",
        (
            "Half of a head, and then nothing for 15 s.",
            "Medio encabezado, y luego nada por 15 s.",
        ),
        {"a": good()},
        step("a", Closed(), way=ways.head_too_slow),
        step("a", takes("a")),
    ),
    row(
        Group.REQUEST, "silent-connections", "6.4",
        (
            "A good line while 60 connections are open on which nothing is said.",
            "Una línea correcta con 60 conexiones abiertas en las que nada se dice.",
        ),
        {"a": good()},
        step("a", takes("a"), way=ways.beside_silent_ones),
    ),
    row(
        Group.REQUEST, "no-certificate", "2.7",
        ("A connection without a certificate.", "Una conexión sin certificado."),
        {"a": garbage(b"")},
        step("a", ProblemOf(403, "forbidden", or_closed=True), way=ways.without_certificate),
        needs=(Need.TLS,),
    ),
    row(
        Group.OUTAGE, "request-cut", "6.3",
        (
            "A request that is cut in its body; then the same lines whole.",
            "Una solicitud cortada en su cuerpo; luego las mismas líneas enteras.",
        ),
        {"a": good(), "b": good()},
        step("a b", Unheard(), way=ways.half_sent),
        step("a b", takes("a", "b")),
    ),
    row(
        Group.OUTAGE, "answer-lost", "6.3",
        (
            "A request whose answer is lost; then the same line, twice.",
            "Una solicitud cuya respuesta se pierde; luego la misma línea, dos veces.",
        ),
        {"a": good()},
        step("a", Unheard(), way=ways.answer_lost),
        step("a", takes("a")),
        step("a", repeats("a")),
    ),
    row(
        Group.KEYS, "key-set", "8.1",
        (
            "GET /v1/keys.",
            "GET /v1/keys.",
        ),
        {"a": garbage(b"")},
        step("a", Keys.WHOLE, way=ways.asked("GET", "/v1/keys")),
    ),
    row(
        Group.KEYS, "schemas-understood", "8.1",
        (
            "GET /v1/keys: every type that we may say is in its schemas.",
            "GET /v1/keys: cada tipo que podemos decir está en sus schemas.",
        ),
        {"a": garbage(b"")},
        step("a", Keys.UNDERSTANDS, way=ways.asked("GET", "/v1/keys")),
    ),
    row(
        Group.KEYS, "date", "8.4",
        ("GET /v1/keys: its Date tells the time.", "GET /v1/keys: su Date dice la hora."),
        {"a": garbage(b"")},
        step("a", Keys.DATED, way=ways.asked("GET", "/v1/keys")),
    ),
    row(
        Group.KEYS, "unchanged-keys", "8.4",
        (
            "GET /v1/keys with the ETag that it had.",
            "GET /v1/keys con el ETag que tenía.",
        ),
        {"a": garbage(b"")},
        step("a", Keys.UNCHANGED, way=ways.keys_asked_again),
    ),
    row(
        Group.KEYS, "changed-keys", "8.4",
        (
            "GET /v1/keys with an ETag that it never had.",
            "GET /v1/keys con un ETag que nunca tuvo.",
        ),
        {"a": garbage(b"")},
        step("a", Keys.WHOLE, way=ways.keys_asked_with_another_tag),
    ),
)  # fmt: skip
