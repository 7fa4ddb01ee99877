"""In which of several ways a rule is broken: stable codes, with a sentence in each language."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from exchange.domain.families import GAPS
from exchange.errors import Sentence


class Why(StrEnum):
    """One way in which a rule is broken."""

    NATIONALITY = "nationality"
    AGE = "age"
    PORT_CLOSED = "port-closed"
    OTHER_RULES = "other-rules"
    DOUBT_AT_THE_LINE = "doubt-at-the-line"
    OTHER_PERSON = "other-person"
    ONE_DOCUMENT = "one-document"
    ONE_PERSON = "one-person"
    SPLIT = "split"
    NO_FAMILY = "no-family"
    NO_ADULT = "no-adult"
    DOCUMENT_ENDED = "document-ended"
    HEARING_PAST = "hearing-past"
    NONE_SCHEDULED = "none-scheduled"
    HEARING_DENIED = "hearing-denied"
    TWO_HEARINGS = "two-hearings"
    TWO_DATES = "two-dates"
    OTHER_HEARING = "other-hearing"
    OTHER_PORT = "other-port"
    OTHER_DAY = "other-day"
    REFUSED = "refused"
    TURNED_BACK = "turned-back"
    DATE_NOT_DELIVERED = "date-not-delivered"
    ALERT = "alert"
    OUTAGE = "outage"
    OTHER_WINDOW = "other-window"
    NO_EXIT = "no-exit"
    NO_PRESENTATION = "no-presentation"
    ANNOUNCED = "announced"
    DEPARTED = "departed"
    NOT_PERMITTED = "not-permitted"
    CAUSE_GIVEN = "cause-given"
    MORE_THAN_AGREED = "more-than-agreed"
    GAP = "gap"
    REPEATED = "repeated"
    SETS_DIFFER = "sets-differ"
    RECEPTIONS_DIFFER = "receptions-differ"
    DOCUMENTS_DIFFER = "documents-differ"
    STATEMENTS_DIFFER = "statements-differ"
    STATED_EARLY = "stated-early"
    LATE_ENTRY = "late-entry"
    CLOCK = "clock"
    SHARE_OF_WINDOW = "share-of-window"
    ONE_CODE = "one-code"
    NOT_TAKEN_UP = "not-taken-up"
    OLD_VALUE = "old-value"
    OVER_THE_LINE = "over-the-line"
    NOT_TAKEN_BACK = "not-taken-back"


_OWN: Mapping[str, Sentence] = MappingProxyType(
    {
        Why.NATIONALITY: Sentence("the nationality", "la nacionalidad"),
        Why.AGE: Sentence("the age", "la edad"),
        Why.PORT_CLOSED: Sentence(
            "nobody is received there that day", "ese día nadie es recibido ahí"
        ),
        Why.OTHER_RULES: Sentence(
            "screened under rules not in force that day",
            "revisada bajo reglas no vigentes ese día",
        ),
        Why.DOUBT_AT_THE_LINE: Sentence(
            "the official at the line doubted it", "el funcionario en la línea lo dudó"
        ),
        Why.OTHER_PERSON: Sentence(
            "two notices of one case record different people",
            "dos avisos de un mismo caso registran personas distintas",
        ),
        Why.ONE_DOCUMENT: Sentence(
            "one document number stands in two cases",
            "un mismo número de documento está en dos casos",
        ),
        Why.ONE_PERSON: Sentence(
            "two cases record one name and one birth date",
            "dos casos registran un mismo nombre y fecha de nacimiento",
        ),
        Why.SPLIT: Sentence("some have crossed and others have not", "unos cruzaron y otros no"),
        Why.NO_FAMILY: Sentence("announced without a family", "avisada sin familia"),
        Why.NO_ADULT: Sentence(
            "no adult of the family was received",
            "no se recibió a ningún adulto de la familia",
        ),
        Why.DOCUMENT_ENDED: Sentence(
            "the document ends too soon", "el documento vence demasiado pronto"
        ),
        Why.HEARING_PAST: Sentence("the hearing is past", "la audiencia ya pasó"),
        Why.NONE_SCHEDULED: Sentence("no hearing is scheduled", "no hay audiencia programada"),
        Why.HEARING_DENIED: Sentence(
            "the hearing was said not to be the current one",
            "se dijo que la audiencia no es la vigente",
        ),
        Why.TWO_HEARINGS: Sentence(
            "two hearings of one case stand at once",
            "dos audiencias de un mismo caso rigen a la vez",
        ),
        Why.TWO_DATES: Sentence(
            "one version of a hearing has two dates",
            "una misma versión de una audiencia tiene dos fechas",
        ),
        Why.OTHER_HEARING: Sentence(
            "the person came for another hearing than the one that stands",
            "la persona acudió a otra audiencia que la que rige",
        ),
        Why.OTHER_PORT: Sentence("another port", "otro puerto"),
        Why.OTHER_DAY: Sentence("another day", "otro día"),
        Why.REFUSED: Sentence("the new notice was refused", "se rechazó el nuevo aviso"),
        Why.TURNED_BACK: Sentence(
            "the person was turned back at the line", "la persona no fue recibida en la línea"
        ),
        Why.DATE_NOT_DELIVERED: Sentence(
            "the person was not told of the change",
            "no se informó a la persona del cambio",
        ),
        Why.ALERT: Sentence("a welfare alert was raised", "se dio una alerta de bienestar"),
        Why.OUTAGE: Sentence("there was an outage", "hubo una interrupción"),
        Why.OTHER_WINDOW: Sentence(
            "the person was expected in another window",
            "se esperaba a la persona en otra ventana",
        ),
        Why.NO_EXIT: Sentence(
            "presented, and no exit was recorded", "se presentó y no se registró salida"
        ),
        Why.NO_PRESENTATION: Sentence(
            "left for the port, and did not present", "salió hacia el puerto y no se presentó"
        ),
        Why.ANNOUNCED: Sentence(
            "announced after the end of the case", "avisada tras el fin del caso"
        ),
        Why.DEPARTED: Sentence("crossed after the end of the case", "cruzó tras el fin del caso"),
        Why.NOT_PERMITTED: Sentence("said what it may not say", "dijo lo que no puede decir"),
        Why.CAUSE_GIVEN: Sentence(
            "gave a cause where there is one constant", "dio una causa donde hay una constante"
        ),
        Why.MORE_THAN_AGREED: Sentence(
            "sent a member that no schema names",
            "envió un miembro que ningún esquema nombra",
        ),
        Why.GAP: Sentence("numbers are missing", "faltan números"),
        Why.REPEATED: Sentence(
            "one number is borne by two messages", "dos mensajes llevan un mismo número"
        ),
        Why.SETS_DIFFER: Sentence(
            "both sides hold different messages", "las partes tienen mensajes distintos"
        ),
        Why.RECEPTIONS_DIFFER: Sentence(
            "more people were seen than crossed", "se vio a más personas de las que cruzaron"
        ),
        Why.DOCUMENTS_DIFFER: Sentence(
            "more documents were given than people were received",
            "se dieron más documentos que personas recibidas",
        ),
        Why.STATEMENTS_DIFFER: Sentence(
            "the two sides count differently", "las partes cuentan distinto"
        ),
        Why.STATED_EARLY: Sentence(
            "stated before the day had ended", "declarado antes de que terminara el día"
        ),
        Why.LATE_ENTRY: Sentence("said long after it was", "dicho mucho después"),
        Why.CLOCK: Sentence("a clock is off", "un reloj está desajustado"),
        Why.SHARE_OF_WINDOW: Sentence("too many of one window", "demasiadas de una misma ventana"),
        Why.ONE_CODE: Sentence("too many with one code", "demasiadas con un mismo código"),
        Why.NOT_TAKEN_UP: Sentence("nobody has taken it up", "nadie lo ha atendido"),
        Why.OLD_VALUE: Sentence(
            "the wrong value was said again", "se volvió a decir el valor equivocado"
        ),
        Why.OVER_THE_LINE: Sentence("the person is over the line", "la persona ya cruzó la línea"),
        Why.NOT_TAKEN_BACK: Sentence("the handoff was not taken back", "la entrega no se retiró"),
    }
)

CAUSES: Mapping[str, Sentence] = MappingProxyType({**GAPS, **_OWN})
"""What each code says; what a family lacks has the words of ``domain.families``."""
