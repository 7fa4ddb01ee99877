"""What the help of the commands about evidence says in Spanish, by its English words."""

from collections.abc import Mapping
from types import MappingProxyType

EVIDENCE: Mapping[str, str] = MappingProxyType(
    {
        "Proof of what was said, for whoever asks for it.": (
            "Prueba de lo que se dijo, para quien la pida."
        ),
        "Write one file with all that proves what was said; the journal says who took it out.": (
            "Escribe un archivo con todo lo que prueba lo que se dijo; el diario dice quién lo "
            "sacó."
        ),
        "What it is about: the id of either.": "De qué trata: el id de cualquiera de los dos.",
        "All that was said on a day in UTC.": "Todo lo que se dijo un día en UTC.",
        "Who takes it out.": "Quién lo saca.",
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
