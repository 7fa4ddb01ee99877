"""The table of moves as the manual shows it, in the words of either language."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from exchange.domain.stages import BY_MX, BY_US, NO_MOVE
from exchange.errors import Language, Sentence

_HEADS: Mapping[str, Sentence] = MappingProxyType(
    {
        "": Sentence("", ""),
        "notice": Sentence("notice", "aviso"),
        "cancellation": Sentence("cancellation", "cancelación"),
        "departure": Sentence("departure", "partida"),
        "presentation": Sentence("presentation", "presentación"),
        "non-presentation": Sentence("non-presentation", "no presentación"),
        "closure": Sentence("closure", "cierre"),
        "answer": Sentence("answer", "respuesta"),
        "reception": Sentence("reception", "recepción"),
        "non-reception": Sentence("non-reception", "no recepción"),
        "visa": Sentence("visa", "visa"),
        "hearing": Sentence("hearing", "audiencia"),
        "visa change": Sentence("visa change", "cambio de visa"),
        "exit": Sentence("exit", "salida"),
        "said": Sentence("said", "dicho"),
    }
)
"""What each column is about; stages and codes are the same words in every language."""
_BY_US = Sentence("What the United States says:", "Lo que dicen los Estados Unidos:")
_BY_MX = Sentence("What Mexico says:", "Lo que dice México:")
_NO_MOVE = Sentence(
    "What changes no stage: a hearing notice; a visa change or an exit; and what else is said,\n"
    "which is a delivery, verification or confirmation of a hearing, a correction or a welfare\n"
    "alert (the United States say hearing notices and confirmations, either side corrections and\n"
    "alerts, Mexico the rest):",
    "Lo que no cambia la etapa: un aviso de audiencia; un cambio de visa o una salida; y lo demás\n"
    "que se dice, que es la entrega, verificación o confirmación de una audiencia, una corrección\n"
    "o una alerta de bienestar (los Estados Unidos dicen avisos y confirmaciones de audiencia,\n"
    "ambas partes correcciones y alertas, México lo demás):",
)

_LEGEND = Sentence(
    """\
=         the stage stays as it is
open      noticed; or what an answer says that came before the revision it answers
answered  accepted, refused or deferred, as the answer to the current revision says; an answer
          to an earlier revision changes nothing (superseded), one to a revision not yet
          announced leads back to noticed (out-of-place)

?  unknown-subject: the notice has not come
~  superseded: something newer or stronger stands
!  out-of-place: it counts, and a person must look
   The same thing said again is answered with repeat and changes nothing.
   A departure under another revision than the current one, a visa change of another document
   than the one that stands, and a delivery or confirmation of a version of the hearing that is
   not known yet are out-of-place; a hearing notice, delivery or confirmation of an older version
   is superseded; a hearing notice that gives the version that stands another date is
   out-of-place. Where the document was replaced its successor is in place.""",
    """\
=         la etapa queda como está
open      noticed; o lo que dice una respuesta que llegó antes que la revisión a la que responde
answered  accepted, refused o deferred, según diga la respuesta a la revisión vigente; una
          respuesta a una revisión anterior no cambia nada (superseded), y una a una revisión aún
          no anunciada regresa a noticed (out-of-place)

?  unknown-subject: el aviso no ha llegado
~  superseded: rige algo más nuevo o más fuerte
!  out-of-place: cuenta, y una persona debe revisarlo
   Lo mismo dicho otra vez se responde con repeat y no cambia nada.
   Una partida bajo otra revisión que la vigente, un cambio de visa de un documento que no es el
   que rige, y la entrega o confirmación de una versión de la audiencia aún desconocida son
   out-of-place; un aviso de audiencia, una entrega o una confirmación de una versión anterior es
   superseded; un aviso de audiencia que da otra fecha a la versión que rige es out-of-place. Donde
   el documento fue reemplazado, está en su lugar el que lo sucede.""",
)

_US_LOCAL = Sentence(
    """\
On the US side only, before anything is said: drafted, which sealing makes noticed, and which
a withdrawal makes withdrawn; of that nothing is ever sent.""",
    """\
Solo del lado de los Estados Unidos, antes de decir nada: drafted, que al sellarse pasa a noticed
y que una retirada vuelve withdrawn; de eso nunca se envía nada.""",
)


def draw_moves(language: Language) -> str:
    """Return the table of moves and its legend: what both sides know."""
    parts = ((_BY_US, BY_US), (_BY_MX, BY_MX), (_NO_MOVE, NO_MOVE))
    drawn = (f"{says.spoken(language)}\n\n{_worded(table, language)}" for says, table in parts)
    return "\n\n".join((*drawn, _LEGEND.spoken(language)))


def _worded(table: str, language: Language) -> str:
    """Return a table with the heads of its columns in a language, each column as wide as it is."""
    head, _, *lines = table.splitlines()
    heads = [_HEADS[cell].spoken(language) for cell in _cells(head)]
    rows = [heads, *(list(_cells(line)) for line in lines)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    rule = "-+-".join("-" * width for width in widths)
    drawn = [" | ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
    return "\n".join((drawn[0], rule, *drawn[1:]))


def _cells(line: str) -> Iterator[str]:
    return (cell.strip() for cell in line.split("|"))


def draw_stages(language: Language) -> str:
    """Return the same with what the US side has on its own, for the manual."""
    return f"{draw_moves(language)}\n\n{_US_LOCAL.spoken(language)}"
