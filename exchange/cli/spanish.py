"""What the help of each command, argument and option says in Spanish, by its English words."""

from collections.abc import Mapping
from types import MappingProxyType

from exchange.cli.spanish_erasure import ERASURE
from exchange.cli.spanish_evidence import EVIDENCE
from exchange.cli.spanish_keys import KEYS
from exchange.cli.spanish_logs import LOGS
from exchange.cli.spanish_reconciliation import RECONCILIATION

HELP: Mapping[str, str] = MappingProxyType(
    {
        "Two authorities hand people over to each other and can both prove what happened.": (
            "Dos autoridades se entregan personas y ambas pueden probar lo que ocurrió."
        ),
        "Print the version.": "Muestra la versión.",
        "Show this message and exit.": "Muestra este mensaje y termina.",
        "Print JSON for programs.": "Escribe JSON para programas.",
        "The settings; without it, exchange.toml in the current directory.": (
            "La configuración; sin esto, exchange.toml en la carpeta actual."
        ),
        # --- demo ---
        "Run both sides as two processes on fictional people, and account for every one of them.": (
            "Pone en marcha ambos lados como dos procesos con personas ficticias, y da cuenta de "
            "cada una."
        ),
        "How many return decisions.": "Cuántas decisiones de retorno.",
        "The same seed plants the same people and faults.": (
            "La misma semilla da las mismas personas y las mismas fallas."
        ),
        "Keep both working directories under DIR.": "Conserva ambas carpetas de trabajo en DIR.",
        "Do not pace the decisions for the eye.": "No espacia las decisiones para la vista.",
        "Print JSON Lines: `running` with both pids at once, then `ended`.": (
            "Escribe líneas JSON: `running` con ambos pids enseguida, luego `ended`."
        ),
        "Play a scenario in simulated time: a TOML file, or a shipped name.": (
            "Representa un escenario en tiempo simulado: un archivo TOML, o uno incluido."
        ),
        "Of a scenario's crowds, play one of N people.": (
            "De las multitudes de un escenario, representa a una de cada N personas."
        ),
        # --- init ---
        "Make a working directory: settings, keys, database. Nothing is ever written over.": (
            "Crea una carpeta de trabajo: configuración, llaves, base de datos. Nunca sobrescribe."
        ),
        "Where to make it.": "Dónde crearla.",
        "Which authority it is for.": "Para qué autoridad es.",
        "Our name in envelopes, urn:handoff:SIDE:….": (
            "Nuestro nombre en los sobres, urn:handoff:LADO:…."
        ),
        "The partner's name in envelopes.": "El nombre de la contraparte en los sobres.",
        "Where the partner listens for us.": "Dónde nos escucha la contraparte.",
        "Listen for the partner.": "Dónde escuchar a la contraparte.",
        "Listen for our own.": "Dónde escuchar a los nuestros.",
        "What signs our messages.": "Qué firma nuestros mensajes.",
        "sqlite:///FILE or postgresql://….": "sqlite:///ARCHIVO o postgresql://….",
        # --- serve, send, status, reconcile ---
        "Run one side until SIGTERM or Ctrl-C; what was taken is finished first.": (
            "Pone en marcha un lado hasta SIGTERM o Ctrl-C; antes termina lo ya tomado."
        ),
        "Push return decisions to our internal listener, with progress; safe to repeat.": (
            "Envía decisiones de retorno a nuestro receptor interno y muestra el avance; se puede "
            "repetir."
        ),
        "JSON or JSON Lines.": "JSON o líneas JSON.",
        # --- hearings ---
        "What a court does to many hearings at once.": (
            "Lo que un tribunal hace con muchas audiencias a la vez."
        ),
        "Move every hearing of a file by a rule, each as one act, with progress; safe to repeat.": (
            "Mueve por una regla cada audiencia de un archivo, cada una como un acto, y muestra el "
            "avance; se puede repetir."
        ),
        "JSON Lines: each a hearing as it stands, with its handoff.": (
            "Líneas JSON: en cada una, una audiencia como está y su entrega."
        ),
        "A move rule's file, or a shipped name.": (
            "El archivo de una regla de cambio, o el nombre de una incluida."
        ),
        "Show each move; nothing is done.": "Muestra cada cambio; no hace nada.",
        "The file with the client's token; without it, send.token beside keys/.": (
            "El archivo con el token del cliente; sin esto, send.token junto a keys/."
        ),
        "Show how many handoffs stand in each stage, or the timeline of one.": (
            "Muestra cuántas entregas hay en cada etapa, o la cronología de una."
        ),
        "Its id; without it, counts by stage.": (
            "Su identificador; sin esto, la cuenta por etapas."
        ),
        "Of what is printed; without it, the environment's.": (
            "De lo que se escribe; sin esto, el del entorno."
        ),
        "Show which stage each message leads to from each, and the code that answers it.": (
            "Muestra a qué etapa lleva cada mensaje desde cada una, y el código que lo responde."
        ),
        # --- paper ---
        "The paper that tells a person when and where to be.": (
            "El papel que dice a una persona cuándo y dónde presentarse."
        ),
        "Draw the person's paper as a one-page PDF; the word `draw` may be left out.": (
            "Dibuja el papel de la persona, un PDF de una página; la palabra `draw` puede omitirse."
        ),
        "Whose paper, by its id.": "De quién es el papel, por su identificador.",
        "Of the paper; without it, the person's own where it is one of these.": (
            "Del papel; sin esto, el de la persona si es uno de estos."
        ),
        "Say whether a paper's code is current; exit 4 when it is unknown, 5 when it does not hold.": (  # noqa: E501  # the English words, as they stand
            "Dice si el código de un papel está vigente; termina con 4 si no se conoce, con 5 si "
            "no vale."
        ),
        "What the QR code holds, or its letters typed.": (
            "Lo que contiene el código QR, o sus letras escritas."
        ),
        # --- ledger ---
        "Without it, stdout.": "Sin esto, la salida estándar.",
        # --- keys ---
        "The public keys of both sides.": "Las llaves públicas de ambos lados.",
        "Show both sides' key sets, roots and fingerprints; the partner's once it is trusted.": (
            "Muestra las llaves, raíces y huellas de ambos lados; las de la contraparte una vez "
            "confiadas."
        ),
        "Sign our key set anew with the root keys, as the next serial; it is in force at once.": (
            "Firma de nuevo nuestro juego de llaves con las raíces, con el número siguiente; rige "
            "de inmediato."
        ),
        **KEYS,
        "Write it there too.": "Escríbelo también ahí.",
        "Trust the partner's roots if their fingerprint is the one you were read, and its key set.": (  # noqa: E501  # the English words, as they stand
            "Confía en las raíces de la contraparte si su huella es la que le leyeron, y en sus "
            "llaves."
        ),
        "The partner's public.jws.": "El public.jws de la contraparte.",
        "The partner's roots.json.": "El roots.json de la contraparte.",
        "The twelve groups that the partner read to you over another channel.": (
            "Los doce grupos que la contraparte le leyó por otro medio."
        ),
        # --- outbox ---
        "Messages that wait to be delivered.": "Mensajes por entregar.",
        "Show the messages that wait, parked ones too, oldest first (at most 1,000).": (
            "Muestra los mensajes por entregar, también los apartados, del más antiguo al más "
            "nuevo (1 000 como máximo)."
        ),
        "Make a message due now, parked or not.": "Hace que un mensaje salga ya, apartado o no.",
        "The row, as `list` shows it.": "La fila, como la muestra `list`.",
        "Set a message aside until someone retries it.": (
            "Aparta un mensaje hasta que alguien lo reintente."
        ),
        "Why, for whoever looks at it next.": "Por qué, para quien lo vea después.",
        # --- rules ---
        "The dated rule sets of screening.": "Las reglas fechadas del control previo.",
        "Show the rule sets that are shipped, the latest last.": (
            "Muestra los conjuntos de reglas incluidos, el más reciente al final."
        ),
        "Say in words what a rule set withholds, and from which day it opens each port.": (
            "Dice en palabras a quién excluye un conjunto de reglas y desde qué día abre cada "
            "puerto."
        ),
        "A rule set's file, or a shipped name.": (
            "El archivo de un conjunto de reglas, o el nombre de uno incluido."
        ),
        # --- schemas, config, db ---
        "The published JSON Schemas and OpenAPI descriptions.": (
            "Los esquemas JSON publicados y las descripciones OpenAPI."
        ),
        "Write the schema of every message type and the OpenAPI of each listener, a file each.": (
            "Escribe el esquema de cada tipo de mensaje y la OpenAPI de cada receptor, un archivo "
            "por cada uno."
        ),
        "Where the schema files are.": "Dónde están los archivos de esquemas.",
        "Say whether the files are what the models say, or which are not (exit 6).": (
            "Dice si los archivos son lo que dicen los modelos, o cuáles no (termina con 6)."
        ),
        "The settings of this side.": "La configuración de este lado.",
        "Read the settings as `serve` would; name every fault at once, or say that all is well.": (
            "Lee la configuración como lo haría `serve`; nombra todas las faltas a la vez, o dice "
            "que todo está bien."
        ),
        "The database.": "La base de datos.",
        "Bring the database to the tables of this program; safe to repeat. Stop the service first.": (  # noqa: E501  # the English words, as they stand
            "Lleva la base de datos a las tablas de este programa; se puede repetir. Detenga antes "
            "el servicio."
        ),
        # --- conformance ---
        "Test the partner's own implementation of the protocol; exit 1 when a case fails.": (
            "Prueba la implementación propia de la contraparte; termina con 1 si un caso falla."
        ),
        "Where the partner under test listens.": "Dónde escucha la contraparte a prueba.",
        "Make DIR the kit's own working directory, and end.": (
            "Hace de DIR la carpeta de trabajo de la prueba, y termina."
        ),
        "Which side the kit plays: the partner's other.": (
            "Qué lado representa la prueba: el otro que la contraparte."
        ),
        "With --prepare: what signs the kit's messages.": (
            "Con --prepare: qué firma los mensajes de la prueba."
        ),
        "Also hear what the partner sends to this address.": (
            "Escucha también lo que la contraparte envía a esta dirección."
        ),
        "How long the partner's official may take for each act.": (
            "Cuánto puede tardar el funcionario de la contraparte en cada acto."
        ),
        "Where the report goes; without it, reports/ beside the settings.": (
            "Dónde va el informe; sin esto, reports/ junto a la configuración."
        ),
        # --- clients ---
        "Who may call the internal listener.": "Quién puede llamar al receptor interno.",
        "Add a client and print its token, this once: only a digest of it is stored.": (
            "Agrega un cliente y muestra su token, esta única vez: solo se guarda un resumen."
        ),
        "What the journal calls the client.": "Cómo llama el diario al cliente.",
        "What the client may do.": "Qué puede hacer el cliente.",
        "A CBP port code or receiving point; repeat it.": (
            "Un código de puerto de CBP o punto de recepción; se puede repetir."
        ),
        "At every port there is.": "En todos los puertos.",
        "Show every client, revoked ones too.": "Muestra cada cliente, también los revocados.",
        "Let the client's token open nothing from now on.": (
            "Hace que el token del cliente no abra nada desde ahora."
        ),
        # --- alarms ---
        "What someone must look at.": "Lo que alguien debe revisar.",
        "Show the alarms that are open, the gravest first: what each means, who acts, what ends "
        "it.": (
            "Muestra las alarmas abiertas, primero las más graves: qué significa cada una, quién "
            "actúa, qué la termina."
        ),
        "Closed ones too, the latest last.": "También las cerradas; la última al final.",
        "Close an alarm that a person ends, once it has been dealt with; the journal says who "
        "did.": (
            "Cierra una alarma que termina una persona, una vez resuelta; el diario dice quién."
        ),
        "The alarm, as `list` shows it.": "La alarma, como la muestra `list`.",
        "Who has dealt with it.": "Quién la resolvió.",
        "Take an alarm up, so that nobody further is woken; the journal says who did.": (
            "Se hace cargo de una alarma, para que no se despierte a nadie más; el diario dice "
            "quién."
        ),
        "Who has taken it up.": "Quién se hizo cargo.",
        # --- contacts, capacity ---
        "Whom to call on both sides.": "A quién llamar en ambos lados.",
        "Show the numbers that either side has said last, and when each place is open next.": (
            "Muestra los números que cada lado dijo por último, y cuándo abre cada lugar."
        ),
        "What the receiving points say that they take.": (
            "Lo que los puntos de recepción dicen que reciben."
        ),
        "Show the newest advisory of each day from today on; on any other day nothing is "
        "limited.": (
            "Muestra el aviso más nuevo de cada día desde hoy; en los demás días nada se limita."
        ),
        **RECONCILIATION,
        **ERASURE,
        **EVIDENCE,
        **LOGS,
    }
)
