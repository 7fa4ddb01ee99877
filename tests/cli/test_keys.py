"""`exchange keys` shows what both sides publish, and trusts by fingerprint alone."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from jwcrypto.jwk import JWK
from jwcrypto.jws import JWS

from exchange.cli.database import write
from exchange.domain.messages.catalogue import MESSAGE_TYPES
from exchange.domain.parties import Side
from exchange.installation.published import journal_keys, our_keys
from exchange.settings import load_settings
from exchange.store.partner import StoredKeySet, record_key_set
from tests.cli.commands import Commands


def test_both_sides_key_sets_are_listed(commands: Commands) -> None:
    """Each side's list names the same two key sets, each from its own point of view."""
    us, mx = (
        commands.us("keys", "list", "--json").json(),
        commands.mx("keys", "list", "--json").json(),
    )
    assert us["ours"] == mx["partner"]
    assert us["partner"] == mx["ours"]
    assert us["ours"]["key_set"]["iss"] == "urn:handoff:us:cbp"
    assert {key["role"] for key in us["ours"]["key_set"]["keys"]} == {
        *("sign", "pq-sign", "encrypt", "ledger", "witness"),
    }
    assert us["ours"]["key_set"]["schemas"] == [
        kind.schema for kind in MESSAGE_TYPES if kind.is_said_by(Side.MX)
    ]


def test_another_library_verifies_the_listed_key_set(commands: Commands) -> None:
    """The first listed root's signature on the listed line verifies with jwcrypto."""
    ours = commands.us("keys", "list", "--json").json()["ours"]
    root = ours["roots"]["keys"][0]
    assert ours["roots"]["signatures"] == ["ES384", "ML-DSA-87"]
    jws = JWS()
    line = {"payload": ours["line"]["payload"], **ours["line"]["signatures"][0]}
    jws.deserialize(json.dumps(line))
    jws.verify(JWK(**root))
    assert json.loads(jws.payload) == ours["key_set"]


def test_a_partner_not_trusted_yet_is_said_to_be_so(commands: Commands) -> None:
    """Before the first trust our own keys are still listed, and serving is refused by name."""
    (commands.directory / "us/trust/public.jws").unlink()
    assert commands.us("keys", "list", "--json").json()["partner"] is None
    ended = commands.us("ledger", "verify")
    assert ended.code == 3
    assert "exchange keys trust" in ended.err


def trust(commands: Commands, fingerprint: str) -> int:
    """Have the US side trust the Mexican side's files by *fingerprint*; return the exit code."""
    files = ("mx/keys/public.jws", "--roots", "mx/keys/roots.json")
    return commands.us("keys", "trust", *files, "--fingerprint", fingerprint).code


def test_only_the_right_fingerprint_is_trusted(commands: Commands) -> None:
    """One digit read wrongly is a refusal that changes nothing; spaces and hyphens are not."""
    right = commands.mx("keys", "list", "--json").json()["ours"]["fingerprint"]
    wrong = right[:-1] + str((int(right[-1]) + 1) % 10)
    before = (commands.directory / "us/trust/roots.json").read_bytes()
    assert trust(commands, wrong) == 5
    assert (commands.directory / "us/trust/roots.json").read_bytes() == before
    assert trust(commands, right.replace(" ", "-")) == 0


def test_someone_elses_key_set_is_not_trusted(commands: Commands) -> None:
    """Our own roots, rightly fingerprinted, are still not the partner's."""
    ours = commands.us("keys", "list", "--json").json()["ours"]["fingerprint"]
    files = ("us/keys/public.jws", "--roots", "us/keys/roots.json")
    assert commands.us("keys", "trust", *files, "--fingerprint", ours).code == 5


def test_publishing_raises_the_serial_and_keeps_the_keys(commands: Commands) -> None:
    """A set signed anew has the next serial and the same keys, and the partner takes it."""
    before = commands.mx("keys", "list", "--json").json()["ours"]
    assert commands.mx("keys", "publish", "-o", "new.jws").code == 0
    after = commands.mx("keys", "list", "--json").json()["ours"]
    assert after["key_set"]["serial"] == before["key_set"]["serial"] + 1
    assert after["key_set"]["keys"] == before["key_set"]["keys"]
    assert trust(commands, before["fingerprint"]) == 0


def test_a_key_set_that_goes_back_is_refused(commands: Commands) -> None:
    """After serial 2 was trusted, serial 1 is not trusted again."""
    old = (commands.directory / "mx/keys/public.jws").read_bytes()
    fingerprint = commands.mx("keys", "list", "--json").json()["ours"]["fingerprint"]
    commands.mx("keys", "publish")
    assert trust(commands, fingerprint) == 0
    (commands.directory / "mx/keys/public.jws").write_bytes(old)
    assert trust(commands, fingerprint) == 5


def test_without_the_root_keys_nothing_is_published(commands: Commands) -> None:
    """Where the roots were moved away, publishing is refused and says which file is missing."""
    for root in (commands.directory / "mx/keys/roots").iterdir():
        root.unlink()
    ended = commands.mx("keys", "publish")
    assert ended.code == 3
    assert "mx-root-" in ended.err


@pytest.mark.parametrize("mode", [0o640, 0o604])
def test_a_passphrase_that_others_may_read_is_refused(commands: Commands, mode: int) -> None:
    """A passphrase file open to group or world is a fault with the setting's name."""
    (commands.directory / "us/keys/passphrase").chmod(mode)
    ended = commands.us("ledger", "export")
    assert ended.code == 3
    assert "keys.passphrase_file: wants mode 0600" in ended.err


def test_a_key_set_fetched_since_is_the_one_listed(commands: Commands) -> None:
    """Once a newer set of the partner was accepted, that one is listed and verified with."""
    commands.mx("keys", "publish", "-o", "newer.jws")
    newer = StoredKeySet(2, (commands.directory / "newer.jws").read_bytes(), datetime.now(UTC))
    settings = load_settings(commands.directory / "us/exchange.toml")
    write(settings, lambda connection: record_key_set(connection, newer))
    assert commands.us("keys", "list", "--json").json()["partner"]["key_set"]["serial"] == 2
    assert commands.us("ledger", "verify").code == 0


def keys_of(commands: Commands) -> dict[str, Any]:
    """Return the US side's published keys by name."""
    listed = commands.us("keys", "list", "--json").json()["ours"]["key_set"]["keys"]
    return {key["kid"]: key for key in listed}


def test_a_key_gives_way_to_a_new_one_with_an_overlap(commands: Commands) -> None:
    """The new key begins a week ahead, and the old one ends two weeks after that."""
    before = keys_of(commands)
    assert commands.us("keys", "rotate", "sign").code == 0
    after = keys_of(commands)
    (added,) = (key for kid, key in after.items() if kid not in before)
    old = next(kid for kid, key in before.items() if key["role"] == "sign")
    assert after[old]["exp"] - added["nbf"] == 14 * 86_400
    assert added["nbf"] - added["iat"] == 7 * 86_400
    assert (commands.directory / f"us/keys/{added['kid']}.jwk").is_file()
    assert {kid: after[kid] for kid in before if kid != old} == {
        kid: key for kid, key in before.items() if kid != old
    }


@pytest.mark.parametrize("role", ["pq-sign", "encrypt", "ledger", "witness"])
def test_a_further_key_of_every_role_is_made(commands: Commands, role: str) -> None:
    """A key that was made signs beside the old one, of which nothing changes."""
    before = keys_of(commands)
    assert commands.us("keys", "new", role, "--days-ahead", "0").code == 0
    after = keys_of(commands)
    assert {kid: after[kid] for kid in before} == before
    assert [key["role"] for kid, key in after.items() if kid not in before] == [role]
    assert "retiring" in commands.us("keys", "list").out


def test_the_journals_key_is_rotated_and_published_to_nobody(commands: Commands) -> None:
    """Its keys are in a set of their own, signed by the same roots."""
    before = keys_of(commands)
    assert commands.us("keys", "rotate", "journal").code == 0
    assert keys_of(commands) == before
    settings = load_settings(commands.directory / "us/exchange.toml")
    assert len(journal_keys(settings, our_keys(settings)).keys) == 2


def test_a_revoked_key_has_a_successor_at_once(commands: Commands) -> None:
    """The only key of its role is revoked and another may sign from that second on."""
    old = next(kid for kid, key in keys_of(commands).items() if key["role"] == "sign")
    assert commands.us("keys", "revoke", old).code == 0
    after = keys_of(commands)
    new = next(key for kid, key in after.items() if key["role"] == "sign" and kid != old)
    assert after[old]["revoked"] == new["nbf"]
    assert commands.us("keys", "revoke", old).code == 2
    assert commands.us("keys", "revoke", new["kid"]).code == 0
    assert commands.us("keys", "revoke", "us-sign-none").code == 4


def test_without_the_root_keys_no_key_is_made(commands: Commands) -> None:
    """No private key is left behind that no set lists; the roots may be brought on a medium."""
    commands.directory.joinpath("us/keys/roots").rename(commands.directory / "medium")
    files = set(commands.directory.joinpath("us/keys").iterdir())
    assert commands.us("keys", "new", "sign").code == 3
    assert set(commands.directory.joinpath("us/keys").iterdir()) == files
    assert commands.us("keys", "new", "sign", "--roots-in", "medium").code == 0
