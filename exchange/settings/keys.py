"""Our own keys, and the partner's that we trust."""

from pathlib import Path

from pydantic import Field

from exchange.errors import Sentence
from exchange.settings.kinds import ExistingDirectory, ExistingFile, Seconds, Section


class Keys(Section):
    """Our own keys, and the partner's that we trust."""

    directory: ExistingDirectory = Field(
        Path("keys"),
        description=Sentence(
            "the encrypted private keys, public.jws and roots.json",
            "las llaves privadas cifradas, public.jws y roots.json",
        ),
    )
    passphrase_file: ExistingFile = Field(
        Path("keys/passphrase"),
        description=Sentence(
            "what opens the private keys (mode 0600)", "lo que abre las llaves privadas (modo 0600)"
        ),
    )
    trust_directory: ExistingDirectory = Field(
        Path("trust"),
        description=Sentence(
            "the partner's roots and key set, as trusted by fingerprint",
            "las raíces y llaves de la contraparte, confiadas por su huella",
        ),
    )
    poll_seconds: Seconds = Field(
        60,
        description=Sentence(
            "how often the partner's key set is asked for; also the heartbeat",
            "cada cuánto se piden las llaves de la contraparte; también es el latido",
        ),
    )
    look_seconds: Seconds = Field(
        5,
        description=Sentence(
            "how often our own key files and TLS certificates are looked at for newer ones",
            "cada cuánto se revisa si hay llaves propias y certificados TLS más recientes",
        ),
    )
