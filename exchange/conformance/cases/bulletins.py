"""What is about no handoff: how many people a point takes, whom to call, what a day was."""

from datetime import date, timedelta

from exchange.conformance.bodies import Document
from exchange.conformance.case import Case, Group, Maker, Scene, row, step
from exchange.conformance.cases.bodies import one
from exchange.conformance.cases.types import MX
from exchange.conformance.kit import Kit, Sent
from exchange.conformance.makers import body_of, says
from exchange.conformance.wants import Known, takes
from exchange.flow.clock import fresh_salt, random_id

ADVISORY, CONTACTS = "capacity-advisory", "contacts"
STATEMENT, COMPARISON = "statement", "comparison"


def _advisory(**members: object) -> Maker:
    return says(ADVISORY, lambda kit: kit.bodies.advisory(**members))


def _closed(kit: Kit) -> Document:
    return kit.bodies.advisory(people_max=0, families_max=0, opens=None, closes=None)


def _same_day(**members: object) -> Maker:
    """Make an advisory of the day in the line *a*, said after that one."""

    def make(scene: Scene) -> Sent:
        body = body_of(scene, "a") | {"salt": fresh_salt(scene.kit.entropy), **members}
        return scene.kit.message(ADVISORY, body)

    return make


def _about_somebody(name: str, body: Document, scene: Scene) -> Sent:
    return scene.kit.message(name, body, sub=random_id(scene.kit.entropy))


def _of_a_day_to_come(kit: Kit) -> Document:
    ahead = int.from_bytes(kit.entropy(2)) % 20_000
    return kit.bodies.statement(day=(date(2040, 1, 1) + timedelta(days=ahead)).isoformat())


def _of_too_many_ranges(kit: Kit) -> Document:
    body = kit.bodies.comparison()
    body["step"]["leaves"] *= 65
    return body


TYPES: tuple[Case, ...] = (
    row(
        Group.TYPES, "capacity-advisories", "10.1",
        (
            "Advisories of two days: one with hours, one that closes the point.",
            "Avisos de capacidad de dos días: uno con horario, uno que cierra el punto.",
        ),
        {"a": _advisory(), "b": says(ADVISORY, _closed)},
        step("a b", takes("a", "b", code=None)),
        sides=MX,
    ),
    row(
        Group.TYPES, "contacts", "10.1",
        ("Duty numbers of one pair of places.", "Números de guardia de un par de lugares."),
        {"a": says(CONTACTS, lambda kit: kit.bodies.contacts())},
        step("a", takes("a", code=Known.ANY)),
    ),
    row(
        Group.TYPES, "statement", "10.10",
        (
            "A statement that on a day long past nothing was said.",
            "Un estado de cuenta de que un día muy anterior no se dijo nada.",
        ),
        {"a": says(STATEMENT, lambda kit: kit.bodies.statement())},
        step("a", takes("a", code=None)),
    ),
    row(
        Group.TYPES, "comparison", "10.11",
        (
            "The first step of a comparison with a statement that was never made.",
            "El primer paso de una comparación con un estado de cuenta que nunca se hizo.",
        ),
        {"a": says(COMPARISON, lambda kit: kit.bodies.comparison())},
        step("a", takes("a", code=None)),
    ),
)  # fmt: skip

MEANING: tuple[Case, ...] = (
    row(
        Group.MEANING, "newer-advisory", "10.6",
        (
            "An advisory, another of the same day, then the second again under another salt.",
            "Un aviso de capacidad, otro del mismo día y el segundo otra vez con otra sal.",
        ),
        {"a": _advisory(), "b": _same_day(people_max=7), "c": _same_day(people_max=7)},
        step("a", takes("a", code=None)),
        step("b", takes("b", code=None)),
        step("c", takes("c", code="repeat")),
        sides=MX,
    ),
    row(
        Group.MEANING, "older-advisory-later", "10.6",
        (
            "An advisory, then another of the same day with a lower seq.",
            "Un aviso de capacidad y luego otro del mismo día con un seq menor.",
        ),
        {"a": _advisory(), "b": _same_day(people_max=7)},
        step("b", takes("b", code=None)),
        step("a", takes("a", code="superseded")),
        sides=MX,
    ),
    row(
        Group.MEANING, "statement-of-tomorrow", "10.6",
        (
            "A statement about a day that has not come.",
            "Un estado de cuenta de un día que no ha llegado.",
        ),
        {"a": says(STATEMENT, _of_a_day_to_come)},
        step("a", takes("a", code="out-of-place")),
    ),
)  # fmt: skip

BODIES: tuple[Case, ...] = (
    one(
        "contacts-of-a-handoff", "4.13",
        (
            "Duty numbers whose sub names a handoff.",
            "Números de guardia cuyo sub nombra una entrega.",
        ),
        lambda scene: _about_somebody(CONTACTS, scene.kit.bodies.contacts(), scene),
        code="grammar",
    ),
    one(
        "advisory-of-a-handoff", "4.13",
        (
            "An advisory whose sub names a handoff.",
            "Un aviso de capacidad cuyo sub nombra una entrega.",
        ),
        lambda scene: _about_somebody(ADVISORY, scene.kit.bodies.advisory(), scene), MX,
        code="grammar",
    ),
    one(
        "hours-of-a-closed-point", "10.1",
        (
            "An advisory that closes the point and gives its hours.",
            "Un aviso que cierra el punto y da su horario.",
        ),
        _advisory(people_max=0), MX,
        pointer="/body/opens",
    ),
    one(
        "advisory-without-end", "3.6",
        (
            "An advisory for more people than the schema has a number for.",
            "Un aviso para más personas de las que admite el esquema.",
        ),
        _advisory(people_max=10_000), MX,
        pointer="/body/people_max",
    ),
    one(
        "number-of-nobody", "10.1",
        (
            "Duty numbers of which one is not in E.164.",
            "Números de guardia de los que uno no está en E.164.",
        ),
        says(CONTACTS, lambda kit: _with_number(kit, "664 555 0117")),
        pointer="/body/pairs/0/numbers/0/number",
    ),
    one(
        "contacts-of-no-pair", "10.1",
        ("Duty numbers of no pair at all.", "Números de guardia de ningún par."),
        says(CONTACTS, lambda kit: kit.bodies.contacts(pairs=[])),
        pointer="/body/pairs",
    ),
    one(
        "statement-of-a-handoff", "4.13",
        (
            "A statement whose sub names a handoff.",
            "Un estado de cuenta cuyo sub nombra una entrega.",
        ),
        lambda scene: _about_somebody(STATEMENT, scene.kit.bodies.statement(), scene),
        code="grammar",
    ),
    one(
        "statement-of-holds", "10.7",
        (
            "A statement with a counter that the schema has no place for.",
            "Un estado de cuenta con un contador para el que el esquema no tiene lugar.",
        ),
        says(STATEMENT, lambda kit: kit.bodies.statement(held=1)),
        pointer="/body",
    ),
    one(
        "comparison-of-everything", "10.11",
        (
            "A comparison that opens more ranges than one step may.",
            "Una comparación que abre más rangos de los que admite un paso.",
        ),
        says(COMPARISON, _of_too_many_ranges),
        pointer="/body/step/leaves",
    ),
    one(
        "comparison-of-nothing", "10.11",
        (
            "A comparison that is a step and a result at once, and neither.",
            "Una comparación que es un paso y un resultado a la vez, y ninguno.",
        ),
        says(COMPARISON, lambda kit: kit.bodies.comparison(says="result")),
        pointer="/body/step",
    ),
)  # fmt: skip


def _with_number(kit: Kit, number: str) -> Document:
    body = kit.bodies.contacts()
    body["pairs"][0]["numbers"][0]["number"] = number
    return body
