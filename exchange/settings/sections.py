"""What is kept where, and every limit: the tables of the TOML file that name no address."""

from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit

from pydantic import Field, ValidationInfo, field_validator

from exchange.errors import Sentence
from exchange.settings.kinds import (
    AnchoredPath,
    ExistingFile,
    Seconds,
    Section,
    anchored,
)


class Database(Section):
    """Where the ledger, the journal and everything derived from them are kept."""

    url: str = Field(
        "sqlite:///exchange.db",
        description=Sentence(
            "sqlite:///FILE or postgresql://user@host/name, without a password",
            "sqlite:///ARCHIVO o postgresql://usuario@host/nombre, sin contraseña",
        ),
    )
    password_file: ExistingFile | None = Field(
        None,
        description=Sentence(
            "the file with the password of a PostgreSQL user",
            "el archivo con la contraseña de un usuario de PostgreSQL",
        ),
    )
    commit_timeout_seconds: Seconds = Field(
        10,
        description=Sentence(
            "how long PostgreSQL may wait for its standby before a caller gets 503",
            "cuánto puede esperar PostgreSQL a su réplica antes de que quien llama reciba 503",
        ),
    )

    @field_validator("url")
    @classmethod
    def _is_known_and_has_no_secret(cls, url: str) -> str:
        if url.startswith("sqlite:///"):
            return f"sqlite:///{anchored(Path(url.removeprefix('sqlite:///')))}"
        parts = urlsplit(url)
        if parts.scheme not in {"postgresql", "postgresql+psycopg"}:
            wanted = Sentence(
                "wants sqlite:///FILE or postgresql://…",
                "se necesita sqlite:///ARCHIVO o postgresql://…",
            )
            raise ValueError(wanted)
        if parts.password is not None:
            wanted = Sentence(
                "wants no password: name its file in database.password_file",
                "sin contraseña: nombre su archivo en database.password_file",
            )
            raise ValueError(wanted)
        return f"postgresql+psycopg://{_each_host_apart(parts)}"

    def full_url(self) -> str:
        """Return the URL for the store, with the password of the file in it: never log it."""
        if self.password_file is None:
            return self.url
        from sqlalchemy import make_url  # noqa: PLC0415  # a third of a second at start-up

        password = self.password_file.read_text(encoding="utf-8").strip()
        return make_url(self.url).set(password=password).render_as_string(hide_password=False)


def _each_host_apart(parts: SplitResult) -> str:
    """Return what follows the scheme; of several hosts each becomes a ``host`` of the query."""
    user, at, hosts = parts.netloc.rpartition("@")
    query = parse_qsl(parts.query)
    if "," in hosts:
        query = [*(("host", host) for host in hosts.split(",")), *query]
        hosts = ""
    asked = f"?{urlencode(query, safe='/:,')}" if query else ""
    return f"{user}{at}{hosts}{parts.path}{asked}"


class Outbox(Section):
    """How messages leave."""

    lines_per_request_max: Annotated[int, Field(ge=1, le=64)] = Field(
        64, description=Sentence("lines in one request", "líneas por solicitud")
    )
    requests_in_flight_max: Annotated[int, Field(ge=1, le=64)] = Field(
        2,
        description=Sentence(
            "requests at once; with fewer each carries more lines, and costs less",
            "solicitudes a la vez; con menos, cada una lleva más líneas y cuesta menos",
        ),
    )
    lease_seconds: Seconds = Field(
        60,
        description=Sentence(
            "how long a claimed message is left alone before it falls due again",
            "cuánto se deja en paz un mensaje tomado antes de que vuelva a tocar",
        ),
    )
    delivery_timeout_seconds: Seconds = Field(
        30,
        description=Sentence(
            "how long one request may take, from connection to receipt",
            "cuánto puede tardar una solicitud, de la conexión a la constancia",
        ),
    )
    backoff_first_seconds: Seconds = Field(
        1,
        description=Sentence(
            "the wait after the first failure; it doubles, with jitter",
            "la espera tras la primera falla; se duplica, con variación",
        ),
    )
    backoff_max_seconds: Seconds = Field(
        60,
        description=Sentence(
            "the longest wait between two probes", "la espera más larga entre dos intentos"
        ),
    )
    retry_after_max_seconds: Seconds = Field(
        300,
        description=Sentence(
            "the longest Retry-After of the partner that we honour",
            "el Retry-After más largo de la contraparte que respetamos",
        ),
    )
    signing_threads_max: Annotated[int, Field(ge=1, le=64)] = Field(
        2, description=Sentence("signatures made at once", "firmas hechas a la vez")
    )

    @field_validator("backoff_max_seconds")
    @classmethod
    def _is_not_under_the_first(cls, longest: float, info: ValidationInfo) -> float:
        if longest < info.data.get("backoff_first_seconds", 0):
            wanted = Sentence(
                "wants at least outbox.backoff_first_seconds",
                "se necesita al menos outbox.backoff_first_seconds",
            )
            raise ValueError(wanted)
        return longest

    @field_validator("delivery_timeout_seconds")
    @classmethod
    def _ends_within_the_lease(cls, timeout: float, info: ValidationInfo) -> float:
        if timeout >= info.data.get("lease_seconds", timeout + 1):
            wanted = Sentence(
                "wants less than outbox.lease_seconds, or a message would go out twice",
                "se necesita menos que outbox.lease_seconds, o un mensaje saldría dos veces",
            )
            raise ValueError(wanted)
        return timeout


class Cancellation(Section):
    """When cancellations leave."""

    release_seconds: Annotated[int, Field(ge=1, le=3_600)] = Field(
        60,
        description=Sentence(
            "they leave at multiples of this since the epoch, whatever their cause",
            "salen en múltiplos de esto desde la época, sea cual sea su causa",
        ),
    )


class Watch(Section):
    """What is looked at, and how early somebody is told."""

    look_seconds: Seconds = Field(
        10,
        description=Sentence(
            "how often everything that may be wrong is looked at",
            "cada cuánto se revisa todo lo que puede estar mal",
        ),
    )
    expiry_warning_days: Annotated[
        frozenset[Annotated[int, Field(ge=1, le=366)]], Field(min_length=1)
    ] = Field(
        frozenset({60, 30, 14, 7}),
        description=Sentence(
            "how long before a key or key set ends an alarm says so, each time anew",
            "con cuánta anticipación avisa una alarma, cada vez de nuevo, que termina una llave o "
            "juego de llaves",
        ),
    )


class Reconciliation(Section):
    """How what both sides have said is kept in step with the rules."""

    look_seconds: Seconds = Field(
        10,
        description=Sentence(
            "how often whatever was said since is looked at by the rules of reconciliation",
            "cada cuánto revisan las reglas de conciliación lo que se ha dicho desde entonces",
        ),
    )


class Statements(Section):
    """How the account of each day is said, and compared with the other side's."""

    look_seconds: Seconds = Field(
        60,
        description=Sentence(
            "how often days that closed, and what is said of them since, are looked for",
            "cada cuánto se buscan los días cerrados y lo que se ha dicho de ellos desde entonces",
        ),
    )
    closes_after_seconds: Annotated[int, Field(ge=60, le=86_400)] = Field(
        3_600,
        description=Sentence(
            "how long after 24 h UTC a day has closed and is stated",
            "cuánto después de las 24 h UTC se cierra un día y se declara",
        ),
    )
    days_max: Annotated[int, Field(ge=1, le=366)] = Field(
        31,
        description=Sentence(
            "how many of the last days are made up, and compared",
            "cuántos de los últimos días se recuperan y se comparan",
        ),
    )
    compared_after_seconds: Seconds = Field(
        600,
        description=Sentence(
            "how long two statements may differ before they are compared: a message may be late",
            "cuánto pueden diferir dos estados de cuenta antes de compararse: un mensaje puede "
            "tardar",
        ),
    )
    unanswered_after_seconds: Seconds = Field(
        86_400,
        description=Sentence(
            "how long the next step of a comparison may take before it is given up",
            "cuánto puede tardar el siguiente paso de una comparación antes de abandonarla",
        ),
    )


class Shutdown(Section):
    """How the service ends."""

    drain_seconds: Seconds = Field(
        10,
        description=Sentence(
            "how long work already taken may still need after SIGTERM",
            "cuánto puede tardar aún lo ya tomado después de SIGTERM",
        ),
    )


class Log(Section):
    """What is written down about the running of the service: ids only, never a person."""

    level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description=Sentence("from where on", "desde qué nivel")
    )
    file: AnchoredPath | None = Field(
        None,
        description=Sentence(
            "JSON Lines go here; without it, to stderr",
            "aquí van las líneas JSON; sin esto, a stderr",
        ),
    )
