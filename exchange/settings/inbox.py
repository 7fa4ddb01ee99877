"""What a caller may take of us: every limit of the two listeners, each with its unit."""

from typing import Annotated

from pydantic import Field

from exchange.errors import Sentence
from exchange.settings.kinds import Count, Seconds, Section


class Inbox(Section):
    """What the listeners take: each of the two by itself has as much of everything."""

    request_bytes_max: Annotated[int, Field(ge=1_024, le=1 << 26)] = Field(
        4 * 1024 * 1024,
        description=Sentence(
            "octets of one request, stopped while reading",
            "octetos de una solicitud; se corta al leer",
        ),
    )
    document_bytes_max: Annotated[int, Field(ge=1_024, le=1 << 26)] = Field(
        256 * 1024,
        description=Sentence(
            "octets of one document of our own ports and officials",
            "octetos de un documento de nuestros propios puertos y funcionarios",
        ),
    )
    head_line_bytes_max: Annotated[int, Field(ge=1_024, le=1 << 20)] = Field(
        8_190,
        description=Sentence(
            "octets of one line in the head of a request",
            "octetos de una línea del encabezado de una solicitud",
        ),
    )
    head_fields_max: Annotated[int, Field(ge=16, le=10_000)] = Field(
        100,
        description=Sentence(
            "fields in the head of a request", "campos en el encabezado de una solicitud"
        ),
    )
    head_timeout_seconds: Seconds = Field(
        10, description=Sentence("for the head of a request", "para el encabezado de una solicitud")
    )
    body_timeout_seconds: Seconds = Field(
        10, description=Sentence("for the body of a request", "para el cuerpo de una solicitud")
    )
    answer_timeout_seconds: Seconds = Field(
        30,
        description=Sentence(
            "for an answer to be taken by whoever asked",
            "para que quien preguntó tome la respuesta",
        ),
    )
    linger_seconds: Seconds = Field(
        2,
        description=Sentence(
            "for the end of an answer to be taken once a connection is closed",
            "para que se tome el final de una respuesta ya cerrada la conexión",
        ),
    )
    keep_alive_seconds: Seconds = Field(
        75,
        description=Sentence(
            "how long a silent connection is kept between two requests",
            "cuánto se guarda una conexión callada entre dos solicitudes",
        ),
    )
    connections_max: Count = Field(
        256, description=Sentence("connections at once", "conexiones a la vez")
    )
    connections_waiting_max: Count = Field(
        512,
        description=Sentence(
            "connections that the system keeps until we take them",
            "conexiones que el sistema guarda hasta que las tomamos",
        ),
    )
    buffer_bytes_max: Annotated[int, Field(ge=16_384, le=1 << 22)] = Field(
        256 * 1024,
        description=Sentence(
            "octets of one connection that the system keeps for us, each way",
            "octetos de una conexión que el sistema nos guarda, en cada sentido",
        ),
    )
    requests_per_second_max: Count = Field(
        500,
        description=Sentence(
            "requests a second from the partner before 429",
            "solicitudes por segundo de la contraparte antes de 429",
        ),
    )
