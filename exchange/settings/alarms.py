"""Who is told of alarms: a webhook for duty officers, signed, on connections of its own."""

from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field, ValidationInfo, field_validator

from exchange.errors import Sentence
from exchange.proof.webhooks import read_secret
from exchange.settings.kinds import ExistingFile, Seconds, Section, is_loopback


class Alarms(Section):
    """How a duty officer is told; without a webhook nobody is."""

    webhook_url: str | None = Field(
        None,
        description=Sentence(
            "where an alarm is told to whoever wakes the duty officer (Standard Webhooks)",
            "dónde se avisa de una alarma a quien despierta a la guardia (Standard Webhooks)",
        ),
    )
    secret_file: ExistingFile | None = Field(
        None,
        description=Sentence(
            "the file with the webhook's secret, whsec_… (mode 0600)",
            "el archivo con el secreto del webhook, whsec_… (modo 0600)",
        ),
    )
    ca_file: ExistingFile | None = Field(
        None,
        description=Sentence(
            "who may have issued the webhook's certificate (PEM); else any that the system trusts",
            "quién puede haber emitido el certificado del webhook (PEM); sin esto, en quien confía "
            "el sistema",
        ),
    )
    lease_seconds: Seconds = Field(
        60,
        description=Sentence(
            "how long a claimed telling is left alone before it falls due again",
            "cuánto se deja en paz un aviso tomado antes de que vuelva a tocar",
        ),
    )
    timeout_seconds: Seconds = Field(
        15,
        description=Sentence("how long one telling may take", "cuánto puede tardar un aviso"),
    )
    backoff_first_seconds: Seconds = Field(
        2,
        description=Sentence(
            "the wait after a telling that failed; it doubles, with jitter",
            "la espera tras un aviso fallido; se duplica, con variación",
        ),
    )
    backoff_max_seconds: Seconds = Field(
        60,
        description=Sentence(
            "the longest wait between two tellings that fail",
            "la espera más larga entre dos avisos fallidos",
        ),
    )
    told_within_seconds: Seconds = Field(
        300,
        description=Sentence(
            "how long somebody may wait to be told before that is an alarm itself",
            "cuánto puede esperar alguien un aviso antes de que eso mismo sea una alarma",
        ),
    )

    @field_validator("webhook_url")
    @classmethod
    def _speaks_tls_off_this_machine(cls, url: str | None) -> str | None:
        if url is None:
            return None
        parts = urlsplit(url)
        plain = parts.scheme == "http" and is_loopback(parts.hostname or "")
        if (
            not parts.hostname
            or parts.username
            or parts.fragment
            or not (plain or parts.scheme == "https")
        ):
            wanted = Sentence(
                'wants "https://host/path", or http:// on this machine, without a user',
                'se necesita "https://host/ruta", o http:// en esta máquina, sin usuario',
            )
            raise ValueError(wanted)
        return url

    @field_validator("secret_file")
    @classmethod
    def _is_there_with_the_webhook(cls, file: Path | None, info: ValidationInfo) -> Path | None:
        if "webhook_url" in info.data and (file is None) != (info.data["webhook_url"] is None):
            wanted = Sentence(
                "wants alarms.webhook_url beside it, or neither",
                "se necesita alarms.webhook_url a su lado, o ninguno",
            )
            raise ValueError(wanted)
        if file is not None:
            _require_secret(file)
        return file

    @field_validator("timeout_seconds")
    @classmethod
    def _ends_within_the_lease(cls, timeout: float, info: ValidationInfo) -> float:
        if timeout >= info.data.get("lease_seconds", timeout + 1):
            wanted = Sentence(
                "wants less than alarms.lease_seconds, or one level would be told twice",
                "se necesita menos que alarms.lease_seconds, o un nivel se avisaría dos veces",
            )
            raise ValueError(wanted)
        return timeout

    @field_validator("backoff_max_seconds")
    @classmethod
    def _is_not_under_the_first(cls, longest: float, info: ValidationInfo) -> float:
        if longest < info.data.get("backoff_first_seconds", 0):
            wanted = Sentence(
                "wants at least alarms.backoff_first_seconds",
                "se necesita al menos alarms.backoff_first_seconds",
            )
            raise ValueError(wanted)
        return longest

    def secret(self) -> bytes:
        """Return what signs: never log it. Only where there is a webhook is there one."""
        return b"" if self.secret_file is None else read_secret(self.secret_file.read_text("ascii"))


def _require_secret(file: Path) -> None:
    """Let only a secret pass that the specification knows; nothing of it is repeated."""
    try:
        read_secret(file.read_text("ascii"))
    except ValueError:
        wanted = Sentence(
            "wants a file with whsec_ and the base64 of 24 to 64 random octets",
            "se necesita un archivo con whsec_ y el base64 de 24 a 64 octetos al azar",
        )
        raise ValueError(wanted) from None
