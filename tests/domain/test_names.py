"""What a name is made of, and how alike two names are."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.domain.names import WORDS_MAX, likeness, read_words

NAMES = st.text("ABCDEHIJLMNORSUVXYZÑÉaeo '\u2019.-", max_size=30)


def alike(one: str, other: str) -> float | None:
    """Return how alike two names are as they are written."""
    return likeness(read_words(one), read_words(other))


@pytest.mark.parametrize(
    ("name", "cores"),
    [
        ("Núñez", ["NUNEZ"]),
        ("Nguyễn", ["NGUYEN"]),
        ("Xo\u0301\u0331chitl", ["XOCHITL"]),
        ("Søren Łukasz Þór Đặng", ["SOREN", "LUKASZ", "THOR", "DANG"]),
        ("Æsa Œuf Weiß Ħal Ŧor", ["AESA", "OEUF", "WEISS", "HAL", "TOR"]),
        ("D\u2019Angelo O'Farrill", ["DANGELO", "OFARRILL"]),
        ("D Angelo O Farrill", ["DANGELO", "OFARRILL"]),
        ("Pérez - Gómez", ["PEREZ", "GOMEZ"]),
        ("de la Cruz y del Valle", ["CRUZ", "VALLE"]),
        ("de la O", ["O"]),
        ("Ruiz de", ["RUIZ"]),
        ("De La", ["DELA"]),
        ("San Martín", ["SANMARTIN"]),
        ("Mc San Blas", ["MCSANBLAS"]),
        ("Ma.Gpe.", ["MARIA", "GUADALUPE"]),
        ("MUNXXOZ AGUXXERO", ["MUNOZ", "AGUERO"]),
        ("FNU", []),
        ("Ana LNU", ["ANA"]),
        ("X", []),
        ("Sin Apellido", []),
        ("Ruiz sin segundo apellido", ["RUIZ"]),
        ("Sin Apellidos", []),
        ("Nascimento Filho", ["NASCIMENTO"]),
        ("Neto", ["NETO"]),
        ("'", []),
        ("Ñ", ["N"]),
    ],
)
def test_a_name_is_its_words(name: str, cores: list[str]) -> None:
    """Marks, signs, particles, abbreviations, suffixes and placeholders leave the bare words."""
    assert [word.core for word in read_words(name)] == cores


def test_a_word_knows_what_stood_before_it() -> None:
    """Particles are kept beside the word, for registers that write them together with it."""
    assert [word.glued for word in read_words("de la Cruz San Blas")] == ["DELACRUZ", "SANBLAS"]
    assert [word.glued for word in read_words("de la O")] == ["DELAO"]
    assert [word.glued for word in read_words("De La")] == ["DELA"]


@pytest.mark.parametrize(
    "spellings",
    [
        ["Vázquez", "Vásquez", "Básques"],
        ["Jiménez", "Giménez", "Ximénez"],
        ["Llanos", "Yanos"],
        ["Hernández", "Ernándes"],
        ["Quique", "Kike", "Kikke"],
        ["Reyes", "Rreyez"],
        ["Henry", "Enri"],
        ["Sofía", "Sophia"],
        ["Chávez", "Shabes"],
        ["Cortez", "Kortes"],
    ],
)
def test_one_ear_s_spellings_sound_alike(spellings: list[str]) -> None:
    """Spellings that sound alike are nearly as good as equal ones."""
    for one, other in pairwise(spellings):
        assert alike(one, other) == pytest.approx(0.95)


@pytest.mark.parametrize(
    ("one", "other", "value"),
    [
        ("Garcia", "García", 1.0),
        ("Cruz", "de la Cruz", 1.0),
        ("Delacruz", "de la Cruz", 1.0),
        ("Mariaelena", "María Elena", 1.0),
        ("Ana Mariaelena", "Ana María Elena", 1.0),
        ("Anamaria Elena", "Ana María Elena", 1.0),
        ("Figueroa", "Figureoa", 0.85),
        ("Ramon", "Ramos", 0.85),
        ("Vega", "Vera", 0.0),
        ("Cano", "Canto", 0.85),
        ("Landaberde", "Lanbadarde", 0.0),
        ("Montepeque", "Montopeqe", 0.85),
        ("Ordonel", "Urdanel", 0.0),
        ("Quintana", "Quemtana", 0.0),
        ("Mazariego", "Macareigo", 0.7),
        ("Concepcion", "Concep", 0.85),
        ("Esperanza", "Esper", 0.0),
        ("Luis", "Luisa", 0.0),
        ("Mario", "Maria", 0.0),
        ("Martin", "Martinez", 0.0),
        ("Fernando", "Fernandez", 0.0),
        ("Eric", "Erica", 0.0),
        ("Ada", "Ado", 0.0),
        ("Fernando", "F.", 0.7),
        ("Fernando", "L.", 0.0),
        ("N", "Ñ", 1.0),
        ("García López", "López García", 1.0),
        ("García López", "García", 0.85),
        ("García López", "García Pérez", 0.5),
        ("María Elena", "Elena", 1 - 0.3 * 0.4 / 1.4),
        ("María Elena", "María", 1 - 0.3 * 1.0 / 1.4),
        ("José Luis", "José Antonio", 0.4 / 1.4),
        ("José", "Luis", 0.0),
        ("Meza", "Melza", 0.85),
        ("García", "LNU", None),
        ("FNU", "García", None),
    ],
)
def test_how_alike_two_names_are(one: str, other: str, value: float | None) -> None:
    """What the region's registers do to a name costs little; another name costs all of it."""
    found = alike(one, other)
    assert found == (value if value is None else pytest.approx(value))


def test_a_repeated_word_counts_each_time() -> None:
    """Two who share one surname of twice the same are not alike by both."""
    assert alike("García García", "García López") == pytest.approx(0.5)
    assert alike("García García", "García García") == pytest.approx(1.0)


def test_each_word_has_the_partner_most_like_it() -> None:
    """A slip does not take the partner that another word equals."""
    assert alike("Ramos Ramon", "Ramon Castro") == pytest.approx(0.5)


def test_of_partners_that_are_equally_alike_the_first_is_taken() -> None:
    """By the alphabet, so that it is the same one from either side."""
    one, other = "José García Peres", "María de Mateos G"
    assert alike(one, other) == alike(other, one) == pytest.approx(0.7 / 2.4)


def test_more_words_than_anybody_has_are_not_read() -> None:
    """A name of a hundred words costs no more than one of twelve."""
    assert len(read_words("Uno Tres " * 50)) == WORDS_MAX
    assert alike("Uno Tres " * 50, "Uno Tres " * 50) == pytest.approx(1.0)


@given(NAMES, NAMES)
def test_it_is_the_same_whichever_comes_first(one: str, other: str) -> None:
    """Two names are as alike from either side, and never more than a name is to itself."""
    found = alike(one, other)
    assert found == alike(other, one)
    assert found is None or 0.0 <= found <= 1.0
    assert alike(one, one) in {None, 1.0} if read_words(one) else alike(one, one) is None
