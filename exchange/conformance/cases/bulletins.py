"""What is about no handoff: how many people a receiving point takes, and whom to call."""

from exchange.conformance.bodies import Document
from exchange.conformance.case import Case, Group, Maker, Scene, row, step
from exchange.conformance.cases.bodies import one
from exchange.conformance.cases.types import MX
from exchange.conformance.kit import Kit, Sent
from exchange.conformance.makers import body_of, says
from exchange.conformance.wants import Known, takes
from exchange.flow.clock import fresh_salt, random_id

ADVISORY, CONTACTS = "capacity-advisory", "contacts"


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
)  # fmt: skip


def _with_number(kit: Kit, number: str) -> Document:
    body = kit.bodies.contacts()
    body["pairs"][0]["numbers"][0]["number"] = number
    return body
