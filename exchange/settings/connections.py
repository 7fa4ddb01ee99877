"""How the partner is reached, and where we are: two listeners that never share a route."""

from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit, urlunsplit

from pydantic import Field, ValidationInfo, field_validator

from exchange.errors import Sentence
from exchange.settings.kinds import (
    Address,
    AnchoredPath,
    ExistingFile,
    ListenAddress,
    Section,
    Urn,
    is_loopback,
)


class Partner(Section):
    """The other authority, and how we reach it."""

    urn: Urn = Field(
        description=Sentence(
            "the partner's name in every envelope", "el nombre de la contraparte en cada sobre"
        )
    )
    url: str = Field(
        description=Sentence(
            "where its partner listener answers, without a path",
            "dónde responde su receptor para la contraparte, sin ruta",
        )
    )
    ca_file: ExistingFile | None = Field(
        None,
        description=Sentence(
            "who may have issued its certificate (PEM), or that certificate itself",
            "quién puede haber emitido su certificado (PEM), o ese mismo certificado",
        ),
    )
    client_certificate_file: ExistingFile | None = Field(
        None,
        description=Sentence("the certificate we show (PEM)", "el certificado que mostramos (PEM)"),
    )
    client_key_file: ExistingFile | None = Field(
        None, description=Sentence("its private key (PEM)", "su llave privada (PEM)")
    )

    @field_validator("url")
    @classmethod
    def _speaks_tls_off_this_machine(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/"):
            wanted = Sentence(
                'wants "https://host:port" without a path',
                'se necesita "https://host:puerto" sin ruta',
            )
            raise ValueError(wanted)
        if parts.scheme == "http" and not is_loopback(parts.hostname):
            wanted = Sentence(
                "wants https:// for a partner that is not on this machine",
                "se necesita https:// para una contraparte que no está en esta máquina",
            )
            raise ValueError(wanted)
        return urlunsplit((parts.scheme, parts.netloc, "", "", ""))

    @field_validator("client_key_file")
    @classmethod
    def _has_both_halves(cls, key: Path | None, info: ValidationInfo) -> Path | None:
        if (key is None) != (info.data.get("client_certificate_file") is None):
            wanted = Sentence(
                "wants partner.client_certificate_file beside it, or neither",
                "se necesita partner.client_certificate_file a su lado, o ninguno",
            )
            raise ValueError(wanted)
        return key


class Listen(Section):
    """The two listeners, which never share a route."""

    partner: ListenAddress = Field(
        Address("127.0.0.1", 8443),
        description=Sentence("where the partner speaks to us", "dónde nos habla la contraparte"),
    )
    internal: ListenAddress = Field(
        Address("127.0.0.1", 8080),
        description=Sentence(
            "where our ports and officials speak to us; on loopback",
            "dónde nos hablan nuestros puertos y funcionarios; en esta máquina",
        ),
    )
    certificate_file: ExistingFile | None = Field(
        None,
        description=Sentence(
            "the certificate of the partner listener (PEM)",
            "el certificado del receptor para la contraparte (PEM)",
        ),
    )
    key_file: ExistingFile | None = Field(
        None, description=Sentence("its private key (PEM)", "su llave privada (PEM)")
    )
    client_ca_file: ExistingFile | None = Field(
        None,
        description=Sentence(
            "the authorities that issue the partner's client certificate (PEM)",
            "las autoridades que emiten el certificado de cliente de la contraparte (PEM)",
        ),
    )
    partner_socket: AnchoredPath | None = Field(
        None,
        description=Sentence(
            'the Unix socket of the partner listener when tls = "behind-proxy"',
            'el socket Unix del receptor para la contraparte si tls = "behind-proxy"',
        ),
    )
    tls: Literal["none", "direct", "behind-proxy"] = Field(
        "none",
        description=Sentence(
            "who ends TLS: nobody (loopback only), we, or a proxy before us",
            "quién termina TLS: nadie (solo en esta máquina), nosotros, o un proxy delante",
        ),
    )

    @field_validator("internal")
    @classmethod
    def _keeps_tokens_on_this_machine(cls, internal: Address) -> Address:
        if not internal.on_loopback:
            wanted = Sentence(
                "wants a loopback address: a proxy before it ends TLS, and tokens stay here",
                "se necesita una dirección de esta máquina: los tokens se quedan aquí",
            )
            raise ValueError(wanted)
        return internal

    @field_validator("tls")
    @classmethod
    def _has_what_it_needs(cls, tls: str, info: ValidationInfo) -> str:
        partner = info.data.get("partner")
        if tls == "none" and isinstance(partner, Address) and not partner.on_loopback:
            wanted = Sentence(
                'wants "direct" or "behind-proxy": listen.partner is not on loopback',
                'se necesita "direct" o "behind-proxy": listen.partner no es de esta máquina',
            )
            raise ValueError(wanted)
        needed = {
            "none": (),
            "direct": ("certificate_file", "key_file", "client_ca_file"),
            "behind-proxy": ("partner_socket",),
        }[tls]
        missing = [f"listen.{name}" for name in needed if not info.data.get(name)]
        if missing:
            wanted = Sentence(
                f'"{tls}" wants {", ".join(missing)}', f'"{tls}" necesita {", ".join(missing)}'
            )
            raise ValueError(wanted)
        return tls
