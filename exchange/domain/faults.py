"""
What a port is told is wrong with its document: stable codes, with a sentence in each language.

The sentences never repeat what was sent. ``fault_code`` is how a finding of the model becomes
one of the codes.
"""

from collections.abc import Mapping
from types import MappingProxyType

from exchange.errors import Fault, Sentence

__all__ = ["FAULTS", "Fault", "Sentence", "fault_at"]


FAULTS: Mapping[str, Sentence] = MappingProxyType(
    {
        "not-json": Sentence(
            "This is not the JSON that the exchange takes: no member twice, integers only.",
            "No es el JSON que admite el intercambio: sin miembros repetidos, solo enteros.",
        ),
        "unknown-case": Sentence(
            "There is no earlier cycle of this case; write null for a new case.",
            "No hay un ciclo anterior de este caso; escriba null para un caso nuevo.",
        ),
        "unknown-receiving-point": Sentence(
            "There is no receiving point of this id.",
            "No existe un punto de recepción con este identificador.",
        ),
        "missing": Sentence(
            "This member must be present; write null where that is allowed.",
            "Este miembro debe estar presente; escriba null donde se permita.",
        ),
        "unknown-member": Sentence(
            "This object has a member that the schema does not name.",
            "Este objeto tiene un miembro que el esquema no nombra.",
        ),
        "wrong-type": Sentence(
            "This is not the kind of JSON value that the schema asks for.",
            "No es el tipo de valor JSON que pide el esquema.",
        ),
        "bad-format": Sentence(
            "This text is not written as the schema asks.",
            "Este texto no está escrito como pide el esquema.",
        ),
        "out-of-range": Sentence(
            "This is shorter, longer, smaller or greater than the schema allows.",
            "Es más corto, largo, pequeño o grande de lo que permite el esquema.",
        ),
        "not-in-list": Sentence(
            "This is not one of the codes that the schema lists.",
            "No es uno de los códigos que enumera el esquema.",
        ),
        "inconsistent": Sentence(
            "This does not go with another member: it is null exactly where that one says so.",
            "No concuerda con otro miembro: es null exactamente donde aquel lo indica.",
        ),
        "repeated": Sentence(
            "A code stands in this list more than once.",
            "Un código aparece más de una vez en esta lista.",
        ),
        "not-nfc": Sentence(
            "This name is not in Unicode NFC: send composed characters.",
            "Este nombre no está en Unicode NFC: envíe caracteres compuestos.",
        ),
        "same-person": Sentence(
            "Whoever releases a decision must not be the one who took it.",
            "Quien autoriza una decisión no puede ser quien la tomó.",
        ),
        "in-the-past": Sentence(
            "This is past: it must still have lain ahead when the decision was taken, and now.",
            "Ya pasó: debía estar por venir al tomarse la decisión, y ahora.",
        ),
        "in-the-future": Sentence(
            "This must not lie after the decision was taken.",
            "No puede ser posterior a la toma de la decisión.",
        ),
        "not-begun": Sentence(
            "This day has not begun at any place yet.",
            "Este día aún no comienza en ningún lugar.",
        ),
        "ends-first": Sentence(
            "The last day is before the first.",
            "El último día es anterior al primero.",
        ),
        "day-or-days": Sentence(
            "Ask for one day, or for the first and the last of several: one of the two.",
            "Pida un día, o el primero y el último de varios: una de las dos cosas.",
        ),
        "out-of-order": Sentence(
            "These times are in the wrong order: a window opens before it closes, it closes "
            "before the person must present themselves, and that is not after the hearing.",
            "Estos tiempos no están en orden: la ventana abre antes de cerrar, cierra antes de "
            "la cita en el puerto, y esa cita no es posterior a la audiencia.",
        ),
        "too-soon": Sentence(
            "The window opens too soon for a notice to be answered in time.",
            "La ventana abre demasiado pronto para que el aviso se responda a tiempo.",
        ),
        "too-early": Sentence(
            "The window is too far off: a notice goes out a few days before it.",
            "La ventana está demasiado lejos: un aviso sale pocos días antes.",
        ),
        "not-revisable": Sentence(
            "A revision cannot change this: take the handoff back and begin another.",
            "Una revisión no puede cambiar esto: retire la entrega e inicie otra.",
        ),
        "unchanged": Sentence(
            "This says what already stands.",
            "Esto dice lo que ya rige.",
        ),
        "reduced-group": Sentence(
            "A family that is split becomes new groups: the old one keeps its size.",
            "Una familia que se divide forma grupos nuevos: el anterior conserva su tamaño.",
        ),
        "split-instead": Sentence(
            "A revision takes nobody out of a family: a supervisor splits it.",
            "Una revisión no saca a nadie de una familia: un supervisor la divide.",
        ),
        "other-than-family": Sentence(
            "A family travels together: somebody of it is announced for another place or window.",
            "Una familia viaja junta: alguien de ella está avisado para otro lugar u otra ventana.",
        ),
        "other-rules": Sentence(
            "Somebody of the family was cleared under other rules than those in force there: take "
            "the handoffs back and begin others.",
            "Alguien de la familia fue autorizado con reglas distintas de las que allí rigen: "
            "retire las entregas e inicie otras.",
        ),
        "family-crossed": Sentence(
            "Somebody of the family has crossed already: split it first.",
            "Alguien de la familia ya cruzó: divídala primero.",
        ),
        "window-over": Sentence(
            "The window of this person has closed: revise it first.",
            "La ventana de esta persona ya cerró: revísela primero.",
        ),
        "wrong-version": Sentence(
            "This version must be one more than the one that stands, or say again what that says.",
            "Esta versión debe ser una más que la que rige, o repetir lo que aquella dice.",
        ),
        "other-hearing": Sentence(
            "Another hearing still stands for this cycle: there is one at a time.",
            "Otra audiencia rige aún en este ciclo: hay una a la vez.",
        ),
        "none-scheduled": Sentence(
            "No hearing is scheduled in this cycle.",
            "No hay ninguna audiencia programada en este ciclo.",
        ),
        "case-ended": Sentence(
            "The case has ended: nothing more is scheduled for it.",
            "El caso terminó: nada más se programa para él.",
        ),
        "grace-not-over": Sentence(
            "The person may still come: the grace has not ended.",
            "La persona aún puede llegar: la tolerancia no ha terminado.",
        ),
        "point-closed": Sentence(
            "The receiving point is closed on this day.",
            "El punto de recepción está cerrado este día.",
        ),
        "outside-hours": Sentence(
            "The receiving point does not receive during the whole of this window.",
            "El punto de recepción no recibe durante toda esta ventana.",
        ),
        "over-capacity": Sentence(
            "The receiving point has no room left on this day.",
            "El punto de recepción ya no tiene cupo este día.",
        ),
        "other-document": Sentence(
            "This is not the number of the document that the person was given.",
            "No es el número del documento que se entregó a la persona.",
        ),
        "unknown-hearing": Sentence(
            "No such version of this hearing was announced for the handoff.",
            "No se anunció tal versión de esta audiencia para la entrega.",
        ),
        "before-reception": Sentence(
            "By the record the person had not been received at this time.",
            "Según el registro, a esta hora la persona aún no había sido recibida.",
        ),
        "unknown-message": Sentence(
            "This side has said no such message about the handoff.",
            "Esta parte no ha dicho tal mensaje sobre la entrega.",
        ),
        "no-such-member": Sentence(
            "The message has no such member.",
            "El mensaje no tiene tal miembro.",
        ),
        "revise-instead": Sentence(
            "What Mexico still has to act on is not corrected: revise the notice.",
            "Lo que México aún debe atender no se corrige: revise el aviso.",
        ),
        "not-a-member": Sentence(
            "This is no handoff of the family.",
            "No es una entrega de la familia.",
        ),
        "not-a-part": Sentence(
            "Somebody must leave the family, and somebody must stay.",
            "Alguien debe dejar la familia y alguien debe quedarse.",
        ),
        "child-alone": Sentence(
            "A child would be left without an adult of the family.",
            "Una niña, niño o adolescente quedaría sin un adulto de la familia.",
        ),
        "no-outage": Sentence(
            "The channel was not down at this time: no paper stands in for it.",
            "El canal no estaba caído a esta hora: ningún papel lo suple.",
        ),
        "unknown-port": Sentence(
            "There is no land port with this code.",
            "No existe un puerto terrestre con este código.",
        ),
        "not-a-pair": Sentence(
            "This receiving point takes nobody from that port.",
            "Este punto de recepción no recibe a nadie de ese puerto.",
        ),
        "unknown-zone": Sentence(
            "There is no time zone of this name.",
            "No existe una zona horaria con este nombre.",
        ),
        "wrong-zone": Sentence(
            "This is not the time zone of the port named.",
            "No es la zona horaria del puerto indicado.",
        ),
        "no-such-local-time": Sentence(
            "The clocks of this zone skip this local time.",
            "Los relojes de esta zona saltan esta hora local.",
        ),
        "ambiguous-local-time": Sentence(
            "The clocks of this zone show this local time twice.",
            "Los relojes de esta zona muestran esta hora local dos veces.",
        ),
    },
)

_CODES: Mapping[str, str] = MappingProxyType(
    {
        "missing": "missing",
        "extra_forbidden": "unknown-member",
        "literal_error": "not-in-list",
        "string_pattern_mismatch": "bad-format",
        "string_unicode": "bad-format",
        "string_too_short": "out-of-range",
        "string_too_long": "out-of-range",
        "greater_than_equal": "out-of-range",
        "less_than_equal": "out-of-range",
        "too_long": "out-of-range",
        "value_error": "inconsistent",
    },
)


def fault_at(kind: str, location: tuple[int | str, ...]) -> Fault:
    """
    Return the fault for one finding of a model: its error type and its location.

    An unknown member is reported at the object that has it: its name is the sender's own
    text and may be anything.
    """
    code = _CODES.get(kind, "wrong-type")
    named = location[:-1] if code == "unknown-member" else location
    return Fault("".join(f"/{part}" for part in named), code)
