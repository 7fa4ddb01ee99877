"""Whatever a person reads at the command line is there in English and in Spanish."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel
from typer.main import get_command

from exchange.cli.app import app
from exchange.cli.help import every_command, every_help
from exchange.cli.spanish import HELP
from exchange.errors import Language, Sentence
from exchange.settings import Settings
from exchange.settings.connections import Partner
from tests.cli.commands import Commands
from tests.cli.listener import a_decision, send

USAGE = [
    (("reconcile",), "--day: name one day", "--day: indique un día"),
    (("reconcile", "--from", "2026-01-01"), "--to: Ask for one day", "--to: Pida un día"),
    (
        ("reconcile", "--day", "all", "--port", "1"),
        "--port: There is no land port with this code. Known: 2",
        "--port: No existe un puerto terrestre con este código. Se conoce: 2",
    ),
    (("outbox", "park"), "NUMBER: is missing", "NUMBER: falta"),
    (
        ("outbox", "park", "x"),
        "NUMBER: wants a whole number",
        "NUMBER: se necesita un número entero",
    ),
    (
        ("demo", "--handoffs", "0"),
        "--handoffs: wants a whole number, at least 1, at most 100000",
        "--handoffs: se necesita un número entero, como mínimo 1, como máximo 100000",
    ),
    (
        ("init", "new", "--side", "fr"),
        "--side: wants one of us, mx",
        "--side: se necesita uno de us, mx",
    ),
    (
        ("clients", "add", "x", "--role", "king"),
        "--role: wants one of port-officer, port-supervisor",
        "--role: se necesita uno de port-officer, port-supervisor",
    ),
    (("reconcile", "--day"), "--day: wants a value", "--day: necesita un valor"),
    (("demo", "--fast=yes"), "--fast: takes no value", "--fast: no admite un valor"),
    (("status", "--colour"), "there is no option --colour", "no existe la opción --colour"),
    (
        ("reconcile", "--dya", "all"),
        "there is no option --dya; did you mean --day?",
        "no existe la opción --dya; ¿quiso decir --day?",
    ),
    (("obey",), "there is no command 'obey'", "no existe el comando 'obey'"),
    (
        ("keyz",),
        "there is no command 'keyz'; did you mean 'keys'?",
        "no existe el comando 'keyz'; ¿quiso decir 'keys'?",
    ),
    (("outbox", "list", "a", "b"), "there is no place for a b", "no hay lugar para a b"),
    (("db", "--"), "a command is missing", "falta un comando"),
    (
        ("keys", "trust", "none.jws", "--roots", "none.json", "--fingerprint", "1"),
        "none.json: there is no such file or directory",
        "none.json: no existe tal archivo o carpeta",
    ),
    (
        ("ledger", "export", "-o", "none/ledger.jsonl"),
        "none/ledger.jsonl: there is no such file or directory",
        "none/ledger.jsonl: no existe tal archivo o carpeta",
    ),
    (("send", "us"), "us: it is a directory", "us: es una carpeta"),
    (
        ("reconcile", "--day", "2099-12-31"),
        "--day: This day has not begun",
        "--day: Este día aún no comienza",
    ),
    (("reconcile", "--day", "ayer"), "--day: 'ayer' is no day", "--day: 'ayer' no es un día"),
]


@pytest.mark.parametrize(("arguments", "english", "spanish"), USAGE)
def test_a_command_called_wrongly_is_told_so_in_both_languages(
    commands: Commands, arguments: tuple[str, ...], english: str, spanish: str
) -> None:
    """Each kind of mistake exits with 2 and says on stderr what was wanted, in either language."""
    commands.patch.setenv("EXCHANGE_CONFIG", "us/exchange.toml")
    for language, heading, words in (
        ("en", "exchange: Wrong usage.", english),
        ("es", "exchange: Uso incorrecto.", spanish),
    ):
        commands.patch.setenv("EXCHANGE_LANG", language)
        ended = commands.run(*arguments)
        assert (ended.code, ended.out) == (2, "")
        assert ended.err.startswith(heading)
        assert f"  - {words}" in ended.err


def test_the_option_chooses_the_language_of_errors_too(commands: Commands) -> None:
    """What --lang says goes before the environment, for a mistake of the same line as well."""
    assert "--day: indique" in commands.us("reconcile", "--lang", "es").err
    commands.patch.setenv("EXCHANGE_LANG", "es")
    assert "--day: name one" in commands.us("reconcile", "--lang", "en").err
    assert "indique" in commands.us("reconcile").err


def everything_in_help() -> set[str]:
    """Return whatever the help of every command says."""
    return {words for command in every_command(get_command(app)) for words in every_help(command)}


def test_all_help_is_there_in_spanish() -> None:
    """The Spanish table has each command, argument and option, and nothing that is none."""
    assert set(HELP) == everything_in_help()
    assert [words for words, spanish in HELP.items() if words == spanish] == []


def test_help_is_shown_in_the_operators_language(commands: Commands) -> None:
    """Headings, commands and options are Spanish on demand, and English again afterwards."""
    for language, words in (
        ("es", ("Uso:", "Opciones", "Argumentos", "[obligatorio]", "Dónde crearla.")),
        ("en", ("Usage:", "Options", "Arguments", "[required]", "Where to make it.")),
    ):
        commands.patch.setenv("EXCHANGE_LANG", language)
        shown = commands.run("init", "--help").out
        assert [one for one in words if one not in shown] == []
        assert "<bool>" not in shown


SHOWN = [
    ("status", "stage|none", "etapa|no hay"),
    ("status", "alarms: none", "alarmas: ninguna"),
    ("outbox list", "Outbox: none", "Bandeja de salida: no hay"),
    ("keys list", "fingerprint of the roots", "huella de las raíces"),
    ("keys list", "active", "vigente"),
    ("clients list", "Clients: none", "Clientes: no hay"),
    ("config check", "are well", "está bien"),
    ("ledger verify", "the ledger holds: 0 messages", "el libro se sostiene: 0 mensajes"),
    ("journal verify", "the journal holds: 0 entries", "el diario se sostiene: 0 asientos"),
    ("journal list", "Journal: none", "Diario: no hay"),
    ("keys publish", "serial 2 is signed", "el número de serie 2 está firmado"),
    ("db upgrade", "the database is of revision", "la base de datos es de la revisión"),
    ("rules list", "effective from", "vigente desde"),
    ("rules explain us-2019-01", "opens", "abre"),
    ("reconcile --day all", "Every person is accounted for", "Hay cuenta de cada persona"),
]


@pytest.mark.parametrize(("command", "english", "spanish"), SHOWN)
def test_what_a_command_shows_is_in_the_operators_language(
    commands: Commands, command: str, english: str, spanish: str
) -> None:
    """Headings, figures and verdicts of every command that reads are in both languages."""
    commands.patch.setenv("EXCHANGE_CONFIG", "us/exchange.toml")
    for language, words, other in (("en", english, spanish), ("es", spanish, english)):
        commands.patch.setenv("EXCHANGE_LANG", language)
        shown = re.sub(r"\s+", " ", commands.run(*command.split()).out)
        wanted = words.replace("serial 2", "serial 3").replace("serie 2", "serie 3")
        assert re.search(f"{words}|{wanted}", shown), shown
        assert not re.search(other, shown)


def test_json_is_the_same_in_both_languages(commands: Commands) -> None:
    """A program reads the same members and codes whatever language its operator has."""
    said = {}
    for language in ("en", "es"):
        commands.patch.setenv("EXCHANGE_LANG", language)
        said[language] = [
            commands.us(*command.split(), "--json").json()
            for command in ("status", "outbox list", "clients list", "config check")
        ]
    assert said["en"] == said["es"]


@pytest.mark.usefixtures("listener")
def test_answers_to_decisions_are_told_in_the_operators_language(commands: Commands) -> None:
    """Accepted, withheld and refused are words of the language; reasons are codes in both."""
    commands.patch.setenv("EXCHANGE_LANG", "es")
    ended = send(
        commands,
        a_decision("d1", 422, code="withheld", reasons=["minor"]),
        a_decision("d2", 422, code="invalid", faults=[{"pointer": "", "detail": "No es JSON."}]),
        a_decision("d3", 409),
    )
    lines = ended.out.splitlines()
    assert [line.split(": ", 1)[1] for line in lines[:3]] == [
        "excluidas: minor",
        "rechazadas: No es JSON.",
        "rechazadas: sin motivo",
    ]
    assert lines[3] == "3 enviadas: 0 aceptadas, 1 excluidas, 2 rechazadas"


def fields_of(model: type[BaseModel], name: str = "") -> Iterator[tuple[str, Any]]:
    """Give every setting of *model* with its dotted name."""
    for one, field in model.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from fields_of(kind, f"{name}{one}.")
        else:
            yield f"{name}{one}", field


def test_every_setting_says_what_it_is_in_both_languages() -> None:
    """No setting is without its words, and none has the same in both languages."""
    described = {name: field.description for name, field in fields_of(Settings)}
    assert "partner.url" in described
    assert [name for name, words in described.items() if not isinstance(words, Sentence)] == []
    assert [name for name, words in described.items() if words.es == words.en] == []
    assert isinstance(Partner.model_fields["url"].description, Sentence)


SETTINGS = [
    ("SIDE", "fr", "side: wants one of us, mx", "side: se necesita uno de us, mx"),
    (
        "SIGNATURE_POLICY",
        "rsa",
        "signature_policy: wants one of hybrid, es256",
        "signature_policy: se necesita uno de hybrid, es256",
    ),
    (
        "RULES_FAMILY",
        "mine",
        "rules_family: wants one of as-announced, ",
        "rules_family: se necesita uno de as-announced, ",
    ),
    (
        "ACCEPTANCE_RULES",
        "mine",
        "acceptance_rules: wants one of mx, mx-2019-01, mx-2021-12",
        "acceptance_rules: se necesita uno de mx, mx-2019-01, mx-2021-12",
    ),
    (
        "OUTBOX__LINES_PER_REQUEST_MAX",
        "many",
        "outbox.lines_per_request_max: wants a whole number, at least 1, at most 64",
        "outbox.lines_per_request_max: se necesita un número entero, como mínimo 1, como máximo 64",
    ),
    (
        "LOG__LEVEL",
        "loud",
        "log.level: wants one of debug, info, warning, error",
        "log.level: se necesita uno de debug, info, warning, error",
    ),
    (
        "LISTEN__PARTNER",
        "8443",
        'listen.partner: wants "host:port"',
        'listen.partner: se necesita "host:puerto"',
    ),
    (
        "PARTY",
        "cbp",
        "party: wants a text that matches ",
        "party: se necesita un texto que cumpla ",
    ),
    (
        "KEYS__DIRECTORY",
        "nowhere",
        "keys.directory: wants a directory; there is none at ",
        "keys.directory: se necesita un directorio; no hay ninguno en ",
    ),
    ("OUTBOX", "[]", "outbox: wants a table", "outbox: se necesita una tabla"),
    (
        "INBOX__CONECTIONS_MAX",
        "3",
        "inbox.conections_max: there is no such setting",
        "inbox.conections_max: no existe esa opción",
    ),
    ("OUTBOX", "[", "environment: outbox is not JSON", "entorno: outbox no es JSON"),
]


@pytest.mark.parametrize(("variable", "value", "english", "spanish"), SETTINGS)
def test_a_setting_says_which_values_it_takes(
    commands: Commands, variable: str, value: str, english: str, spanish: str
) -> None:
    """`config check` names the setting and all that it allows, in the operator's language."""
    commands.patch.setenv(f"EXCHANGE_{variable}", value)
    languages: tuple[tuple[Language, str], ...] = (("en", english), ("es", spanish))
    for language, words in languages:
        commands.patch.setenv("EXCHANGE_LANG", language)
        ended = commands.us("config", "check")
        assert ended.code == 3
        assert f"  - {words}" in ended.err, ended.err


@pytest.mark.parametrize(
    ("text", "english", "spanish"),
    [
        ("side = us", "not a TOML file: line 1, column 8", "no es un archivo TOML: línea 1"),
        ('side = "us', "not a TOML file: it ends too early", "TOML: termina antes de tiempo"),
    ],
)
def test_where_a_file_stops_being_toml_is_told(
    commands: Commands, text: str, english: str, spanish: str
) -> None:
    """An operator is led to the line and column of the first mistake."""
    (commands.directory / "us/exchange.toml").write_text(text, encoding="utf-8")
    for language, words in (("en", english), ("es", spanish)):
        commands.patch.setenv("EXCHANGE_LANG", language)
        ended = commands.us("config", "check")
        assert ended.code == 3
        assert words in ended.err
