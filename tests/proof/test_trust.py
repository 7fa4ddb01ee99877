"""What a verifier trusts is one file: written, read, and refused where it is another."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from exchange.errors import NotConfigured
from exchange.proof.timestamps import Authority
from exchange.proof.trust import Trust, read_trust, write_trust
from tests.keys import MX, US
from tests.stamping import new_authority

ROOTS = Trust({US.urn: US.roots, MX.urn: MX.roots})


def test_it_is_read_as_it_was_written(tmp_path: Path) -> None:
    """The roots of each party, and the roots of each authority."""
    assert read_trust(write_trust(ROOTS)) == ROOTS
    authority: Authority = new_authority(tmp_path).trusted
    trust = replace(ROOTS, authorities={"here": authority})
    assert read_trust(write_trust(trust)) == trust


@pytest.mark.parametrize(
    "change",
    [
        {"more": 1},
        {"parties": {"nobody": {}}},
        {"parties": {US.urn: {"keys": []}}},
        {"authorities": {"here": "no certificate"}},
        {"authorities": {"": ""}},
    ],
    ids=["a-member", "no-name", "no-roots", "no-certificate", "no-authority"],
)
def test_another_file_is_refused(change: dict[str, Any]) -> None:
    """Nothing in it is trusted then."""
    stated = json.loads(write_trust(ROOTS)) | change
    with pytest.raises(NotConfigured):
        read_trust(json.dumps(stated).encode())
    with pytest.raises(NotConfigured):
        read_trust(b"{")
