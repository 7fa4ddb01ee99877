"""The help of ``erase``, ``preservations`` and ``person`` in Spanish, by its English words."""

from collections.abc import Mapping
from types import MappingProxyType

ERASURE: Mapping[str, str] = MappingProxyType(
    {
        "Whose data are erased.": "De quién se borran los datos.",
        "Show whose data are due to be erased by the rules of retention, and what is kept back.": (
            "Muestra de quién toca borrar los datos según las reglas de conservación, y qué no se "
            "borra."
        ),
        "Propose whose data are erased: what is due, or the handoffs named. Another confirms.": (
            "Propone de quién se borran los datos: lo que toca, o las entregas que se nombran. "
            "Otra persona confirma."
        ),
        "Those that somebody asked for; else what is due.": (
            "Las que alguien pidió; si no, lo que toca."
        ),
        "Who asked for the handoffs that are named, or why.": (
            "Quién pidió las entregas que se nombran, o por qué."
        ),
        "Show what would be proposed, only.": "Solo muestra lo que se propondría.",
        "The file with your own token: it says who you are, and the journal has it.": (
            "El archivo con su propio token: dice quién es usted, y queda en el diario."
        ),
        "Erase what somebody else proposed. It cannot be undone; `db vacuum` clears the rest.": (
            "Borra lo que otra persona propuso. No se puede deshacer; `db vacuum` limpia lo demás."
        ),
        "The proposal, as `list` shows it.": "La propuesta, como la muestra `list`.",
        "End a proposal with nothing erased.": "Termina una propuesta sin borrar nada.",
        "Show every proposal and what was erased; keep its JSON outside, for `replay`.": (
            "Muestra cada propuesta y lo que se borró; guarde su JSON aparte, para `replay`."
        ),
        "Erase again what was erased before, in a database that came back from a backup.": (
            "Borra otra vez lo ya borrado, en una base de datos recuperada de un respaldo."
        ),
        "What `erase list --json` printed before.": "Lo que escribió antes `erase list --json`.",
        "Whose data are kept whatever a rule says.": (
            "De quién se conservan los datos diga lo que diga una regla."
        ),
        "Keep a handoff's data from being erased; to do so again changes nothing.": (
            "Evita que se borren los datos de una entrega; repetirlo no cambia nada."
        ),
        "Keep a handoff's data for this no more; the rules of retention have it again.": (
            "Deja de conservar los datos de una entrega por esto; vuelven a regir las reglas."
        ),
        "Show whose data are kept whatever a rule says, and whose were.": (
            "Muestra de quién se conservan los datos por mandato, y de quién se conservaron."
        ),
        "Whose data it is about.": "De quién son los datos.",
        "What the data are kept for. It is never sent.": (
            "Para qué se conservan los datos. Nunca se envía."
        ),
        "What was said about a person, for the person.": (
            "Lo que se dijo de una persona, para la persona."
        ),
        "The handoff of the person.": "La entrega de la persona.",
        "Write what both sides have said about the person, to read or for a program. Journaled.": (
            "Escribe lo que ambos lados dijeron de la persona, para leer o para un programa. Queda "
            "en el diario."
        ),
        "Have a new key wrap every data key, in batches. Restart the service, then --finish.": (
            "Hace que una llave nueva envuelva cada llave de datos, por lotes. Reinicie el "
            "servicio y luego --finish."
        ),
        "Destroy the old key, once the service was restarted.": (
            "Destruye la llave anterior, ya reiniciado el servicio."
        ),
        "Write the database anew, so that nothing erased is left in it. Stop the service first.": (
            "Escribe de nuevo la base de datos para que no quede nada de lo borrado. Detenga antes "
            "el servicio."
        ),
    }
)
