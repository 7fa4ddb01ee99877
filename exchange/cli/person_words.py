"""What each member of a message is called on the page that a person reads."""

from collections.abc import Mapping
from types import MappingProxyType

from exchange.errors import Sentence

MEMBERS: Mapping[str, Sentence] = MappingProxyType(
    {
        "answer": Sentence("answer", "respuesta"),
        "answered_at": Sentence("answered at", "respondido el"),
        "at": Sentence("when", "cuándo"),
        "basis": Sentence("because", "porque"),
        "birth_date": Sentence("date of birth", "fecha de nacimiento"),
        "case": Sentence("case number", "número de caso"),
        "code": Sentence("code", "código"),
        "completed": Sentence("carried out", "realizado"),
        "country": Sentence("country of issue", "país de expedición"),
        "crossing": Sentence("crossing", "cruce"),
        "curp_assigned": Sentence("CURP assigned", "CURP asignada"),
        "current": Sentence("stands", "vigente"),
        "cycle": Sentence("return number", "número de retorno"),
        "document": Sentence("document", "documento"),
        "entries": Sentence("entries", "entradas"),
        "expires_on": Sentence("expires on", "vence el"),
        "family": Sentence("family", "familia"),
        "first_surname": Sentence("first surname", "primer apellido"),
        "from": Sentence("from", "desde"),
        "full_name_as_recorded": Sentence("full name as recorded", "nombre completo registrado"),
        "given_names": Sentence("given names", "nombres"),
        "group": Sentence("group", "grupo"),
        "hearing": Sentence("hearing", "audiencia"),
        "hearing_at": Sentence("time of the hearing", "hora de la audiencia"),
        "identity": Sentence("identity", "identidad"),
        "issued_at": Sentence("issued at", "expedido el"),
        "kind": Sentence("kind", "tipo de salida"),
        "language": Sentence("language", "idioma"),
        "local": Sentence("local time", "hora local"),
        "message": Sentence("message", "mensaje"),
        "method": Sentence("how", "cómo"),
        "nationality": Sentence("nationality", "nacionalidad"),
        "number": Sentence("number", "número"),
        "office": Sentence("office", "oficina"),
        "outcome": Sentence("outcome", "resultado"),
        "person": Sentence("person", "persona"),
        "pointer": Sentence("place in the message", "lugar en el mensaje"),
        "port": Sentence("port", "puerto"),
        "present_at": Sentence("time to present", "hora de presentarse"),
        "presentation_port": Sentence("port to present at", "puerto donde presentarse"),
        "reason": Sentence("reason", "motivo"),
        "receiving_point": Sentence("receiving point", "punto de recepción"),
        "return": Sentence("return", "retorno"),
        "revision": Sentence("revision", "revisión"),
        "role": Sentence("role in the family", "papel en la familia"),
        "rule_set": Sentence("rules applied", "reglas aplicadas"),
        "screening": Sentence("screening", "control previo"),
        "second_surname": Sentence("second surname", "segundo apellido"),
        "sex": Sentence("sex", "sexo"),
        "size": Sentence("size", "integrantes"),
        "source_as_of": Sentence("court's calendar read at", "calendario del tribunal leído el"),
        "status": Sentence("status", "estado"),
        "to": Sentence("until", "hasta"),
        "travel_document": Sentence("travel document", "documento de viaje"),
        "type": Sentence("type", "tipo"),
        "utc": Sentence("UTC", "hora universal"),
        "valid_from": Sentence("valid from", "válido desde"),
        "valid_until": Sentence("valid until", "válido hasta"),
        "value": Sentence("reads", "debe decir"),
        "version": Sentence("version", "versión"),
        "window": Sentence("window", "ventana"),
        "zone": Sentence("time zone", "zona horaria"),
    }
)
YES, NO = Sentence("yes", "sí"), Sentence("no", "no")  # the same word, in both languages
SENT, RECEIVED = Sentence("said by us", "dicho por nosotros"), Sentence("received", "recibido")
HEADING = Sentence(
    "What both authorities have said about you", "Lo que ambas autoridades han dicho de usted"
)
