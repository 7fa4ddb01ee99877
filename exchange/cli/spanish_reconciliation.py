"""What the help of the commands that reconcile and report says in Spanish, by its English words."""

from collections.abc import Mapping
from types import MappingProxyType

RECONCILIATION: Mapping[str, str] = MappingProxyType(
    {
        # --- reconcile, reports ---
        "As `reconcile --shareable` wrote it.": "Como lo escribió `reconcile --shareable`.",
        "Say who signed a report for both sides, and show it; exit 6 when it does not hold.": (
            "Dice quién firmó un informe para ambos lados, y lo muestra; termina con 6 si no se "
            "sostiene."
        ),
        "Account for every person on our side; exit 6 when it does not add up.": (
            "Da cuenta de cada persona de nuestro lado; termina con 6 si no cuadra."
        ),
        "A day of each place's own calendar, YYYY-MM-DD; or `all` for all days.": (
            "Un día del calendario de cada lugar, AAAA-MM-DD; o `all` para todos los días."
        ),
        "The report of each day, as it was made by itself.": (
            "El informe de cada día, como se hizo por sí solo."
        ),
        "Show the days whose report was made, the newest first.": (
            "Muestra los días cuyo informe se hizo, el más reciente primero."
        ),
        "Show the report of a day as it was made, in any form.": (
            "Muestra el informe de un día como se hizo, en cualquier forma."
        ),
        "As `list` shows it, YYYY-MM-DD.": "Como lo muestra `list`, AAAA-MM-DD.",
        "Write the case file of a discrepancy, for both sides to look at together.": (
            "Escribe el expediente de una discrepancia, para que ambas partes lo vean juntas."
        ),
        "Who it is about; the journal says who asked.": (
            "De quién se trata; el diario dice quién lo pidió."
        ),
        "Who asks for the names.": "Quién pide los nombres.",
        "The first of several days.": "El primero de varios días.",
        "The last of several days.": "El último de varios días.",
        "Of this US port alone, by its code.": "Solo de este puerto de EE. UU., por su código.",
        "Of this receiving point alone.": "Solo de este punto de recepción.",
        "What both sides know, and nothing else; without --format it is signed for the partner.": (
            "Lo que ambas partes saben y nada más; sin --format va firmado para la contraparte."
        ),
        "In which form; without it, by the ending of FILE, else table.": (
            "En qué forma; sin esto, según la terminación de FILE, si no table."
        ),
        # --- statements ---
        "What both sides stated of each day.": "Lo que ambas partes declararon de cada día.",
        "Show what both sides stated of each day, where they differ, and what comparing them "
        "found.": (
            "Muestra lo que ambas partes declararon de cada día, dónde difieren y qué se halló al "
            "compararlo."
        ),
        "One day in UTC; without it the last 31.": "Un día en UTC; sin esto, los últimos 31.",
        # --- discrepancies ---
        "What differs between the two sides.": "Lo que difiere entre ambas partes.",
        "Show the discrepancies that are open, what is due first before the rest.": (
            "Muestra las discrepancias abiertas; primero la que vence antes."
        ),
        "Those that have ended too, the latest last.": (
            "También las terminadas; la última al final."
        ),
        "Show one discrepancy, and every other that its subject ever had.": (
            "Muestra una discrepancia y las demás que tuvo lo mismo."
        ),
        "Say how a discrepancy was resolved whose cause still stands; the journal says who did.": (
            "Dice cómo se resolvió una discrepancia cuya causa subsiste; el diario dice quién."
        ),
        "Look at every handoff by every rule, as if nothing were known, and settle what is "
        "found.": (
            "Revisa cada entrega con cada regla, como si nada se supiera, y asienta lo hallado."
        ),
        "The discrepancy, as `list` shows.": "La discrepancia, como la muestra `list`.",
        "How it was resolved: docs/discrepancies.md says what each means.": (
            "Cómo se resolvió: docs/discrepancies.md dice qué significa cada palabra."
        ),
        "Who has resolved it.": "Quién la resolvió.",
    }
)
