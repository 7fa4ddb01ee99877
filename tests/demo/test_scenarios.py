"""Every shipped scenario, played: what must be found is found, on both sides, and nothing else."""

from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest

from exchange.demo.scenarios.casting import one_in
from exchange.demo.scenarios.comparing import expected_of
from exchange.demo.scenarios.ending import Ending
from exchange.demo.scenarios.reading import read_scenario, shipped_names
from exchange.demo.scenarios.run import play
from exchange.installation.shipped import shipped_places
from exchange.proof import keyfiles

PLACES = shipped_places()
PEAK = "july-2019-peak"
ONE_IN = {PEAK: 100, "march-2019": 3, "february-2019": 2}


@pytest.fixture(scope="module", autouse=True)
def _keys_opened_once() -> Iterator[None]:
    """Opening a key file takes longer than a scenario, and its result is that of the file alone."""
    opened: dict[tuple[bytes, str], bytes] = {}
    derive = keyfiles._derive  # noqa: SLF001  # nothing public says how long it takes

    def once(passphrase: bytes, kdf: keyfiles._Kdf) -> bytes:
        mark = passphrase, kdf.salt
        if mark not in opened:
            opened[mark] = derive(passphrase, kdf)
        return opened[mark]

    with patch.object(keyfiles, "_derive", once):
        yield


def played(name: str, out: Path) -> Ending:
    """Return what came of a shipped scenario, its crowds scaled to a test's time."""
    return play(one_in(ONE_IN.get(name, 1), read_scenario(name, PLACES)), name, out)


@pytest.mark.parametrize("name", shipped_names())
def test_what_must_be_found_is_found(name: str, tmp_path: Path) -> None:
    """On both sides, by rule, by whom it is about and why, and whether it ended; nothing else."""
    ending = played(name, tmp_path)
    expected = expected_of(name)
    assert expected is not None
    assert ending.found == expected
    assert list(ending.unforeseen) == []
    assert ending.faults == ()
    assert ending.counts()["noticed_us"] == ending.counts()["noticed_mx"] > 0
