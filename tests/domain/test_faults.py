"""The codes a port is told."""

import pytest

from exchange.domain.faults import FAULTS, fault_at


@pytest.mark.parametrize(
    ("kind", "location", "pointer", "code"),
    [
        ("missing", ("person", "sex"), "/person/sex", "missing"),
        ("extra_forbidden", ("person", "Ana Pérez"), "/person", "unknown-member"),
        ("extra_forbidden", ("x",), "", "unknown-member"),
        ("int_type", ("hearing", "version"), "/hearing/version", "wrong-type"),
        ("literal_error", ("screening", "categories", 0), "/screening/categories/0", "not-in-list"),
        ("value_error", ("code",), "/code", "inconsistent"),
        ("anything_new", (), "", "wrong-type"),
    ],
)
def test_a_finding_becomes_a_fault(
    kind: str, location: tuple[int | str, ...], pointer: str, code: str
) -> None:
    """The pointer names only members of the schema, never text of the sender's own."""
    fault = fault_at(kind, location)
    assert (fault.pointer, fault.code) == (pointer, code)
    assert code in FAULTS


def test_every_code_has_two_sentences() -> None:
    """English and Spanish differ and both end as sentences do."""
    for sentence in FAULTS.values():
        assert sentence.en != sentence.es
        assert sentence.en.endswith(".")
        assert sentence.es.endswith(".")
