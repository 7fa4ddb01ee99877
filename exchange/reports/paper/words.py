"""
Every word of the paper, in the four languages of the people who get one.

Spanish and English are the languages of the exchange. Portuguese and Haitian Creole are kept to
short plain sentences, and no native reader has gone through them yet: ``UNREAD`` says so.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal, NamedTuple, get_args

PaperLanguage = Literal["es", "en", "pt", "ht"]

LANGUAGES: Final[tuple[PaperLanguage, ...]] = get_args(PaperLanguage)

UNREAD: Final[frozenset[PaperLanguage]] = frozenset({"pt", "ht"})
"""The languages whose words need a native reader before use."""

_SPOKEN: Final[Mapping[str, PaperLanguage]] = MappingProxyType(
    {"spa": "es", "eng": "en", "por": "pt", "hat": "ht"}
)


class Words(NamedTuple):
    """The same said in each language."""

    es: str
    en: str
    pt: str
    ht: str

    def spoken(self, language: PaperLanguage) -> str:
        """Return what is said in *language*."""
        return str(getattr(self, language))


def language_of(spoken: str) -> PaperLanguage:
    """Return the paper's language for someone who speaks *spoken* (ISO 639-3), else Spanish."""
    return _SPOKEN.get(spoken, "es")


TITLE = Words(
    "Cuándo y dónde debe presentarse",
    "When and where to present yourself",
    "Quando e onde você deve se apresentar",
    "Kilè ak ki kote pou w prezante tèt ou",
)
TEST = Words(
    "PRUEBA · ESTE PAPEL NO ES VÁLIDO",
    "TEST · THIS PAPER IS NOT VALID",
    "TESTE · ESTE PAPEL NÃO É VÁLIDO",
    "TÈS · PAPYE SA A PA VALAB",
)

# --- Who ------------------------------------------------------------------------------------

PERSON = Words("Persona", "Person", "Pessoa", "Moun")
GIVEN_NAMES = Words(
    "Nombres: {names}", "Given names: {names}", "Nomes próprios: {names}", "Non: {names}"
)
FIRST_SURNAME = Words(
    "Primer apellido: {name}",
    "First surname: {name}",
    "Primeiro sobrenome: {name}",
    "Premye siyati: {name}",
)
SECOND_SURNAME = Words(
    "Segundo apellido: {name}",
    "Second surname: {name}",
    "Segundo sobrenome: {name}",
    "Dezyèm siyati: {name}",
)
NO_SECOND_SURNAME = Words(
    "Segundo apellido: no tiene",
    "Second surname: none",
    "Segundo sobrenome: não tem",
    "Dezyèm siyati: pa genyen",
)
BORN = Words("Nacimiento: {on}", "Born: {on}", "Nascimento: {on}", "Dat nesans: {on}")
NO_DAY = Words(
    "{month} de {year} (día no registrado)",
    "{month} {year} (day not recorded)",
    "{month} de {year} (dia não registrado)",
    "{month} {year} (jou a pa ekri)",
)
NO_MONTH = Words(
    "{year} (día y mes no registrados)",
    "{year} (day and month not recorded)",
    "{year} (dia e mês não registrados)",
    "{year} (jou a ak mwa a pa ekri)",
)

# --- When and where -------------------------------------------------------------------------

PRESENT = Words("Preséntese", "Present yourself", "Apresente-se", "Prezante tèt ou")
HEARING = Words("Su audiencia", "Your hearing", "Sua audiência", "Odyans ou")
PORT = Words(
    "En el puerto de entrada {name} (código {code}), {city}",
    "At the port of entry {name} (code {code}), {city}",
    "No posto de entrada {name} (código {code}), {city}",
    "Nan pòt antre {name} (kòd {code}), {city}",
)
UNKNOWN_PORT = Words(
    "En el puerto de entrada de código {code}, cuyo nombre no se conoce aquí",
    "At the port of entry with code {code}, whose name is not known here",
    "No posto de entrada de código {code}, cujo nome não é conhecido aqui",
    "Nan pòt antre ki gen kòd {code}; yo pa konnen non li isit la",
)
HEARING_PLACE = Words(
    "El mensaje no dice dónde es la audiencia.",
    "The message does not say where the hearing is held.",
    "A mensagem não diz onde é a audiência.",
    "Mesaj la pa di ki kote odyans lan ap fèt.",
)
RECEIVING_POINT = Words(
    "Dónde le recibe México",
    "Where Mexico receives you",
    "Onde o México recebe você",
    "Ki kote Meksik resevwa w",
)
POINT = Words("{name}, {city}", "{name}, {city}", "{name}, {city}", "{name}, {city}")
UNKNOWN_POINT = Words(
    "Punto de recepción {code}, cuyo nombre no se conoce aquí",
    "Receiving point {code}, whose name is not known here",
    "Ponto de recepção {code}, cujo nome não é conhecido aqui",
    "Pwen resepsyon {code}; yo pa konnen non li isit la",
)
NONE_SCHEDULED = Words(
    "Por ahora no hay ninguna audiencia programada.",
    "No hearing is scheduled for now.",
    "No momento não há nenhuma audiência marcada.",
    "Kounye a pa gen okenn odyans ki fikse.",
)
NOWHERE = Words(
    "Este papel no le pide presentarse en ninguna fecha. Cuando haya una, pida un papel nuevo.",
    "This paper asks you to be nowhere on any date. Once there is a date, ask for a new paper.",
    "Este papel não pede que você se apresente em nenhuma data. Quando houver uma, peça um papel "
    "novo.",
    "Papye sa a pa mande w prezante okenn dat. Lè gen yon dat, mande yon nouvo papye.",
)

# --- Which clock ----------------------------------------------------------------------------

ZONES: Final[Mapping[str, Words]] = MappingProxyType(
    {
        name: words
        for names, words in (
            (
                ("America/Los_Angeles", "America/Tijuana"),
                Words("Hora del Pacífico", "Pacific time", "Hora do Pacífico", "Lè Pasifik"),
            ),
            (
                ("America/Denver", "America/Ciudad_Juarez"),
                Words("Hora de la Montaña", "Mountain time", "Hora da Montanha", "Lè Montay"),
            ),
            (
                ("America/Phoenix",),
                Words("Hora de Arizona", "Arizona time", "Hora do Arizona", "Lè Arizona"),
            ),
            (
                ("America/Hermosillo",),
                Words("Hora de Sonora", "Sonora time", "Hora de Sonora", "Lè Sonora"),
            ),
            (
                ("America/Chicago", "America/Matamoros", "America/Ojinaga"),
                Words("Hora del Centro", "Central time", "Hora Central", "Lè Santral"),
            ),
            (
                ("America/New_York",),
                Words("Hora del Este", "Eastern time", "Hora do Leste", "Lè Lès"),
            ),
        )
        for name in names
    }
)
"""What people call the zones of the ports, of the receiving points, and of the courts."""

OTHER_ZONE = Words(
    "Hora de la zona {zone}", "Time of the zone {zone}", "Hora da zona {zone}", "Lè zòn {zone}"
)
SAME_CLOCK = Words(
    "Es la hora del reloj en {places}.",
    "This is the time on the clocks in {places}.",
    "É a hora do relógio em {places}.",
    "Se lè ki sou revèy nan {places}.",
)
OTHER_CLOCK = Words(
    "En {places} el reloj marca entonces {time}, {date}.",
    "In {places} the clocks then show {time}, {date}.",
    "Em {places} o relógio marca então {time}, {date}.",
    "Nan {places} revèy la make {time}, {date}.",
)
AND = Words(" y en ", " and ", " e em ", " ak nan ")
FORWARD = Words(
    "Atención: entre el día anterior y esta hora los relojes se adelantan {minutes} minutos.",
    "Take care: between the day before and this time the clocks go forward {minutes} minutes.",
    "Atenção: entre o dia anterior e esta hora os relógios são adiantados {minutes} minutos.",
    "Atansyon: ant lavèy ak lè sa a, revèy yo vanse {minutes} minit.",
)
BACK = Words(
    "Atención: entre el día anterior y esta hora los relojes se atrasan {minutes} minutos.",
    "Take care: between the day before and this time the clocks go back {minutes} minutes.",
    "Atenção: entre o dia anterior e esta hora os relógios são atrasados {minutes} minutos.",
    "Atansyon: ant lavèy ak lè sa a, revèy yo rekile {minutes} minit.",
)

DOUBTS: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "no-such-local-time": Words(
            "Esta hora no existe: ese día los relojes la saltan. Pida un papel corregido.",
            "This time does not exist: the clocks skip it that day. Ask for a corrected paper.",
            "Esta hora não existe: nesse dia os relógios a pulam. Peça um papel corrigido.",
            "Lè sa a pa egziste: jou sa a revèy yo sote l. Mande yon papye korije.",
        ),
        "ambiguous-local-time": Words(
            "Esta hora ocurre dos veces: ese día los relojes se atrasan. Vaya a la primera y pida "
            "que se la confirmen.",
            "This time comes twice: the clocks go back that day. Be there the first time, and ask "
            "to have it confirmed.",
            "Esta hora ocorre duas vezes: nesse dia os relógios são atrasados. Vá na primeira e "
            "peça confirmação.",
            "Lè sa a rive de fwa: jou sa a revèy yo rekile. Vini nan premye fwa a, epi mande yo "
            "konfime l.",
        ),
        "other-moment": Words(
            "El mensaje da además otro momento. Vale la hora local escrita aquí; pida que se la "
            "confirmen.",
            "The message also gives another moment. The local time written here holds; ask to have "
            "it confirmed.",
            "A mensagem dá também outro momento. Vale a hora local escrita aqui; peça confirmação.",
            "Mesaj la bay yon lòt lè tou. Se lè lokal ki ekri la a ki konte; mande yo konfime l.",
        ),
        "unknown-zone": Words(
            "Aquí no se conoce esa zona horaria. Pida que le confirmen la hora.",
            "That time zone is not known here. Ask to have the time confirmed.",
            "Esse fuso horário não é conhecido aqui. Peça que confirmem a hora.",
            "Yo pa konnen zòn lè sa a isit la. Mande yo konfime lè a.",
        ),
    }
)
"""What to say about a time that may not be the one that was meant, by ``domain.places`` code."""

# --- Who says it ----------------------------------------------------------------------------

ISSUED_BY = Words("Quién lo emite", "Issued by", "Quem emite", "Ki moun ki bay li")
AUTHORITIES: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "us": Words(
            "Autoridad de Estados Unidos",
            "Authority of the United States",
            "Autoridade dos Estados Unidos",
            "Otorite Etazini",
        ),
        "mx": Words(
            "Autoridad de México", "Authority of Mexico", "Autoridade do México", "Otorite Meksik"
        ),
    }
)
SEALED = Words(
    "Mensaje firmado el {at}",
    "Message signed on {at}",
    "Mensagem assinada em {at}",
    "Mesaj la te siyen {at}",
)
SOURCE = Words(
    "Calendario del tribunal consultado el {at}",
    "The court's schedule was read on {at}",
    "Calendário do tribunal consultado em {at}",
    "Yo te li orè tribinal la {at}",
)
CORRECTED = Words(
    "Corregido el {at}. El mensaje firmado dice aquí: {said}",
    "Corrected on {at}. The signed message says here: {said}",
    "Corrigido em {at}. A mensagem assinada diz aqui: {said}",
    "Yo te korije sa {at}. Mesaj siyen an di la a: {said}",
)
PRINTED = Words(
    "Impreso el {at} por: {by}",
    "Printed on {at} by: {by}",
    "Impresso em {at} por: {by}",
    "Enprime {at} pa: {by}",
)

# --- The code -------------------------------------------------------------------------------

CODE = Words("Código de este papel", "Code of this paper", "Código deste papel", "Kòd papye sa a")
REVISION = Words(
    "Aviso, revisión {revision}; audiencia, versión {version}",
    "Notice, revision {revision}; hearing, version {version}",
    "Aviso, revisão {revision}; audiência, versão {version}",
    "Avi, revizyon {revision}; odyans, vèsyon {version}",
)
CHECK = Words(
    "Cualquiera de las dos autoridades puede comprobar si este papel sigue vigente. El código no "
    "contiene ningún dato suyo.",
    "Either authority can check whether this paper is still current. The code holds nothing about "
    "you.",
    "Qualquer das duas autoridades pode verificar se este papel ainda vale. O código não contém "
    "nenhum dado seu.",
    "Nenpòt nan de otorite yo ka verifye si papye sa a toujou bon. Kòd la pa gen okenn enfòmasyon "
    "sou ou.",
)
KEEP = Words(
    "Lleve este papel con usted. Si le dan uno más nuevo, vale el más nuevo.",
    "Keep this paper with you. If you are given a newer one, the newer one holds.",
    "Leve este papel com você. Se receber um mais novo, vale o mais novo.",
    "Kenbe papye sa a avè w. Si yo ba w yon papye ki pi nouvo, se pi nouvo a ki konte.",
)
REPEATS = Words(
    "Este papel repite lo que dice el mensaje firmado. No quita ni cambia ningún derecho.",
    "This paper repeats what the signed message says. It takes away no right and changes none.",
    "Este papel repete o que diz a mensagem assinada. Não tira nem muda nenhum direito.",
    "Papye sa a repete sa mesaj siyen an di. Li pa retire ni chanje okenn dwa.",
)
