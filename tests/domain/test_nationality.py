"""The list of nationalities."""

from babel.core import get_global

from exchange.domain.nationality import ICAO_SPECIAL, ISO_3166_1, NATIONALITIES


def test_the_countries_are_those_of_iso_3166_1() -> None:
    """The list has the 249 codes of the standard, one for each two-letter code in Unicode CLDR."""
    aliases = get_global("territory_aliases")
    assert len(ISO_3166_1) == 249
    assert len({aliases[code][0] for code in ISO_3166_1}) == 249


def test_codes_are_three_letters_and_stand_once() -> None:
    """No code is listed twice, and the specimen code of ICAO is not among them."""
    assert len(set(NATIONALITIES)) == len(NATIONALITIES)
    assert all(len(code) == 3 and code.isalpha() and code.isupper() for code in NATIONALITIES)
    assert {"XXA", "XXB", "XXC", "XXX"} <= set(ICAO_SPECIAL)
    assert "UTO" not in NATIONALITIES
