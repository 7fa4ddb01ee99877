"""What the help of the commands about evidence says in Spanish, by its English words."""

from collections.abc import Mapping
from types import MappingProxyType

EVIDENCE: Mapping[str, str] = MappingProxyType(
    {
        "Proof of what was said, for whoever asks for it.": (
            "Prueba de lo que se dijo, para quien la pida."
        ),
        "A bundle, as `evidence export` wrote it.": (
            "Un paquete, como lo escribió `evidence export`."
        ),
        "The roots to trust, as `evidence trust` wrote them; without it, those of this side.": (
            "Las raíces de confianza, como las escribió `evidence trust`; sin esto, las de este "
            "lado."
        ),
        "Say step by step what a bundle proves, and by which keys; exit 6 when a part is broken.": (
            "Dice paso a paso qué prueba un paquete y con qué claves; termina con 6 si una parte "
            "está rota."
        ),
        "Write the roots of both sides as this side trusts them, for whoever verifies elsewhere.": (
            "Escribe las raíces de ambos lados como este lado confía en ellas, para quien "
            "verifique en otra parte."
        ),
    }
)
