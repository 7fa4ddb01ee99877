"""What the help of `exchange keys` says in Spanish, by its English words."""

from collections.abc import Mapping
from types import MappingProxyType

KEYS: Mapping[str, str] = MappingProxyType(
    {
        "Make a further key and publish it; the running side takes it up by itself.": (
            "Crea una llave más y la publica; el lado en marcha la adopta por sí solo."
        ),
        "Publish a new key and the end of the one it takes over from, so that both overlap.": (
            "Publica una llave nueva y el fin de la que releva, de modo que ambas se traslapen."
        ),
        "End a key at once, for both sides; where it was the only one, a new one takes its place.": (  # noqa: E501  # the English words, as they stand
            "Pone fin a una llave de inmediato, para ambos lados; si era la única, otra nueva "
            "ocupa su lugar."
        ),
        "What the key is for.": "Para qué es la llave.",
        "The key, as `list` names it.": "La llave, como la nombra `list`.",
        "Where the root keys are for now; without it, keys/roots.": (
            "Dónde están por ahora las llaves raíz; sin esto, keys/roots."
        ),
        "In how many days the new key begins to sign.": (
            "En cuántos días empieza a firmar la llave nueva."
        ),
        "For how many days after that the old key still may.": (
            "Por cuántos días después aún puede hacerlo la anterior."
        ),
    }
)
