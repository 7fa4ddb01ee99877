"""What the help of `exchange ledger` and `journal` says in Spanish, by its English words."""

from collections.abc import Mapping
from types import MappingProxyType

LOGS: Mapping[str, str] = MappingProxyType(
    {
        "The ledger of what was exchanged.": "El libro de lo intercambiado.",
        "Write the ledger as JSON Lines in its order, each line as anyone can verify it.": (
            "Escribe el libro como líneas JSON en su orden, cada una verificable por cualquiera."
        ),
        "Verify every hash, signature, body and receipt; the first that fails ends it (exit 6).": (
            "Verifica cada resumen, firma, cuerpo y constancia; la primera falla termina (6)."
        ),
        "Print the newest checkpoint of the ledger as it was signed.": (
            "Escribe el último punto de control del libro tal como se firmó."
        ),
        "Print the proof that an entry stands in the ledger, under its newest checkpoint.": (
            "Escribe la prueba de que un asiento consta en el libro, bajo su último punto de "
            "control."
        ),
        "The entry, by its index in the export.": "El asiento, por su índice en la exportación.",
        "What happened on our side alone.": "Lo que ocurrió solo en nuestro lado.",
        "Show what the journal says, in its order, at most 1,000 entries after one.": (
            "Muestra lo que dice el diario, en su orden, a lo más 1000 asientos después de uno."
        ),
        "Only what happened to this one, by its id.": (
            "Solo lo que ocurrió con esta, por su identificador."
        ),
        "The entry after which to begin.": "El asiento después del cual empezar.",
        "Verify every entry and every checkpoint of the journal; what does not hold is named (6).": (  # noqa: E501  # the English words, as they stand
            "Verifica cada asiento y cada punto de control del diario; nombra lo que no se "
            "sostiene (6)."
        ),
    }
)
