"""The tables of the TOML file, in the order in which ``exchange init`` writes them."""

from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit, urlunsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from exchange.settings.kinds import (
    Address,
    AnchoredPath,
    Count,
    ExistingDirectory,
    ExistingFile,
    ListenAddress,
    Seconds,
    Urn,
    anchored,
    is_loopback,
)


class Section(BaseModel):
    """One table of the TOML file: closed, frozen, its defaults checked as its values are."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", validate_default=True, hide_input_in_errors=True
    )


class Partner(Section):
    """The other authority, and how we reach it."""

    urn: Urn = Field(description="the partner's name in every envelope")
    url: str = Field(description="where its partner listener answers, without a path")
    ca_file: ExistingFile | None = Field(
        None, description="who may have issued its certificate (PEM), or that certificate itself"
    )
    client_certificate_file: ExistingFile | None = Field(
        None, description="the certificate we show (PEM)"
    )
    client_key_file: ExistingFile | None = Field(None, description="its private key (PEM)")

    @field_validator("url")
    @classmethod
    def _speaks_tls_off_this_machine(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/"):
            wanted = 'wants "https://host:port" without a path'
            raise ValueError(wanted)
        if parts.scheme == "http" and not is_loopback(parts.hostname):
            wanted = "wants https:// for a partner that is not on this machine"
            raise ValueError(wanted)
        return urlunsplit((parts.scheme, parts.netloc, "", "", ""))

    @field_validator("client_key_file")
    @classmethod
    def _has_both_halves(cls, key: Path | None, info: ValidationInfo) -> Path | None:
        if (key is None) != (info.data.get("client_certificate_file") is None):
            wanted = "wants partner.client_certificate_file beside it, or neither"
            raise ValueError(wanted)
        return key


class Listen(Section):
    """The two listeners, which never share a route."""

    partner: ListenAddress = Field(
        Address("127.0.0.1", 8443), description="where the partner speaks to us"
    )
    internal: ListenAddress = Field(
        Address("127.0.0.1", 8080),
        description="where our ports and officials speak to us; on loopback",
    )
    certificate_file: ExistingFile | None = Field(
        None, description="the certificate of the partner listener (PEM)"
    )
    key_file: ExistingFile | None = Field(None, description="its private key (PEM)")
    client_ca_file: ExistingFile | None = Field(
        None, description="the authorities that issue the partner's client certificate (PEM)"
    )
    partner_socket: AnchoredPath | None = Field(
        None, description='the Unix socket of the partner listener when tls = "behind-proxy"'
    )
    tls: Literal["none", "direct", "behind-proxy"] = Field(
        "none", description="who ends TLS: nobody (loopback only), we, or a proxy before us"
    )

    @field_validator("internal")
    @classmethod
    def _keeps_tokens_on_this_machine(cls, internal: Address) -> Address:
        if not internal.on_loopback:
            wanted = "wants a loopback address: a proxy before it ends TLS, and tokens stay here"
            raise ValueError(wanted)
        return internal

    @field_validator("tls")
    @classmethod
    def _has_what_it_needs(cls, tls: str, info: ValidationInfo) -> str:
        partner = info.data.get("partner")
        if tls == "none" and isinstance(partner, Address) and not partner.on_loopback:
            wanted = 'wants "direct" or "behind-proxy": listen.partner is not on loopback'
            raise ValueError(wanted)
        needed = {
            "none": (),
            "direct": ("certificate_file", "key_file", "client_ca_file"),
            "behind-proxy": ("partner_socket",),
        }[tls]
        missing = [f"listen.{name}" for name in needed if not info.data.get(name)]
        if missing:
            wanted = f'"{tls}" wants {", ".join(missing)}'
            raise ValueError(wanted)
        return tls


class Database(Section):
    """Where the ledger, the journal and everything derived from them are kept."""

    url: str = Field(
        "sqlite:///exchange.db",
        description="sqlite:///FILE or postgresql://user@host/name, without a password",
    )
    password_file: ExistingFile | None = Field(
        None, description="the file with the password of a PostgreSQL user"
    )

    @field_validator("url")
    @classmethod
    def _is_known_and_has_no_secret(cls, url: str) -> str:
        if url.startswith("sqlite:///"):
            return f"sqlite:///{anchored(Path(url.removeprefix('sqlite:///')))}"
        parts = urlsplit(url)
        if parts.scheme not in {"postgresql", "postgresql+psycopg"}:
            wanted = "wants sqlite:///FILE or postgresql://…"
            raise ValueError(wanted)
        if parts.password is not None:
            wanted = "wants no password: name its file in database.password_file"
            raise ValueError(wanted)
        return urlunsplit(parts._replace(scheme="postgresql+psycopg"))

    def full_url(self) -> str:
        """Return the URL for the store, with the password of the file in it: never log it."""
        if self.password_file is None:
            return self.url
        from sqlalchemy import make_url  # noqa: PLC0415  # a third of a second at start-up

        password = self.password_file.read_text(encoding="utf-8").strip()
        return make_url(self.url).set(password=password).render_as_string(hide_password=False)


class Keys(Section):
    """Our own keys, and the partner's that we trust."""

    directory: ExistingDirectory = Field(
        Path("keys"), description="the encrypted private keys, public.jws and roots.json"
    )
    passphrase_file: ExistingFile = Field(
        Path("keys/passphrase"), description="what opens the private keys (mode 0600)"
    )
    trust_directory: ExistingDirectory = Field(
        Path("trust"), description="the partner's roots and key set, as trusted by fingerprint"
    )
    poll_seconds: Seconds = Field(
        60, description="how often the partner's key set is asked for; also the heartbeat"
    )


class Outbox(Section):
    """How messages leave."""

    lines_per_request_max: Annotated[int, Field(ge=1, le=64)] = Field(
        64, description="lines in one request"
    )
    requests_in_flight_max: Annotated[int, Field(ge=1, le=64)] = Field(
        2, description="requests at once; with fewer each carries more lines, and costs less"
    )
    lease_seconds: Seconds = Field(
        60, description="how long a claimed message is left alone before it falls due again"
    )
    delivery_timeout_seconds: Seconds = Field(
        30, description="how long one request may take, from connection to receipt"
    )
    backoff_first_seconds: Seconds = Field(
        1, description="the wait after the first failure; it doubles, with jitter"
    )
    backoff_max_seconds: Seconds = Field(60, description="the longest wait between two probes")
    retry_after_max_seconds: Seconds = Field(
        300, description="the longest Retry-After of the partner that we honour"
    )
    signing_threads_max: Annotated[int, Field(ge=1, le=64)] = Field(
        2, description="signatures made at once"
    )

    @field_validator("backoff_max_seconds")
    @classmethod
    def _is_not_under_the_first(cls, longest: float, info: ValidationInfo) -> float:
        if longest < info.data.get("backoff_first_seconds", 0):
            wanted = "wants at least outbox.backoff_first_seconds"
            raise ValueError(wanted)
        return longest

    @field_validator("delivery_timeout_seconds")
    @classmethod
    def _ends_within_the_lease(cls, timeout: float, info: ValidationInfo) -> float:
        if timeout >= info.data.get("lease_seconds", timeout + 1):
            wanted = "wants less than outbox.lease_seconds, or a message would go out twice"
            raise ValueError(wanted)
        return timeout


class Inbox(Section):
    """What the partner listener takes."""

    request_bytes_max: Annotated[int, Field(ge=1_024, le=1 << 26)] = Field(
        4 * 1024 * 1024, description="octets of one request, stopped while reading"
    )
    head_timeout_seconds: Seconds = Field(10, description="for the head of a request")
    body_timeout_seconds: Seconds = Field(10, description="for the body of a request")
    keep_alive_seconds: Seconds = Field(
        75, description="how long a silent connection is kept between two requests"
    )
    connections_max: Count = Field(256, description="connections at once")
    requests_per_second_max: Count = Field(
        500, description="requests a second from the partner before 429"
    )


class Cancellation(Section):
    """When cancellations leave."""

    release_seconds: Annotated[int, Field(ge=1, le=3_600)] = Field(
        60, description="they leave at multiples of this since the epoch, whatever their cause"
    )


class Shutdown(Section):
    """How the service ends."""

    drain_seconds: Seconds = Field(
        10, description="how long work already taken may still need after SIGTERM"
    )


class Log(Section):
    """What is written down about the running of the service: ids only, never a person."""

    level: Literal["debug", "info", "warning", "error"] = Field("info", description="from where on")
    file: AnchoredPath | None = Field(None, description="JSON Lines go here; without it, to stderr")
