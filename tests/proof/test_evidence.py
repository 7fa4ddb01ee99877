"""What a bundle proves, to the last step; and each way in which it does not."""

import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from exchange.proof.bundle import MANIFEST, NoBundle, read_bundle, write_bundle
from exchange.proof.checkpoints import journal_origin
from exchange.proof.encoding import digest
from exchange.proof.evidence import verify_bundle
from exchange.proof.jws import Typ, sign_line
from exchange.proof.receipts import Status
from exchange.proof.steps import Claim, Standing, Step, Verdict
from exchange.proof.timestamps import ask_for
from exchange.proof.trust import Trust
from tests.keys import MX, US, publish
from tests.proof.builders import LINE, NOW, members, signed
from tests.proof.bundles import (
    COSIGNED_AT,
    MADE_AT,
    RECEIPTED_AT,
    TRUST,
    Exchange,
    a_receipt,
    erased,
)
from tests.stamping import OPENSSL, new_authority

MESSAGE, RECEIPT = "lines/0001.jws", "lines/0002.jws"
WITHOUT_STAMPS = {("checkpoints/us.note", Claim.STAMP), ("checkpoints/mx.note", Claim.STAMP)}


def verdict(octets: bytes, trust: Trust = TRUST) -> Verdict:
    """What a bundle proves."""
    return verify_bundle(read_bundle(octets), trust)


def of(found: Verdict, file: str, claim: Claim) -> list[Step]:
    """The steps that say one thing of one file."""
    return [step for step in found.steps if (step.file, step.claim) == (file, claim)]


def codes(found: Verdict) -> set[tuple[str, str | None]]:
    """What is broken, and why."""
    return {(step.file, step.code) for step in found.standing(Standing.BROKEN)}


def test_everything_is_proven() -> None:
    """Who said it and when, that it was received, and that both ledgers hold both."""
    found = verdict(Exchange().octets())
    assert not found.is_broken
    missing = {(step.file, step.claim) for step in found.standing(Standing.NOT_CONTAINED)}
    assert missing == WITHOUT_STAMPS
    (receipt,) = of(found, MESSAGE, Claim.RECEIPT)
    assert (receipt.party, receipt.code, receipt.at) == (MX.urn, "accepted", RECEIPTED_AT)
    assert receipt.kids == (MX.sign.kid,)
    (signature,) = of(found, MESSAGE, Claim.SIGNATURE)
    assert (signature.party, signature.kids) == (US.urn, (US.sign.kid, US.pq_sign.kid))
    assert [step.party for step in of(found, MESSAGE, Claim.INCLUSION)] == [US.urn, MX.urn]
    (time,) = of(found, MESSAGE, Claim.TIME)
    assert time.at == RECEIPTED_AT
    (time,) = of(found, RECEIPT, Claim.TIME)
    assert time.at == COSIGNED_AT
    (manifest,) = of(found, MANIFEST, Claim.MANIFEST)
    assert (manifest.party, manifest.at) == (US.urn, MADE_AT)
    assert [one.file for one in found.said] == [MESSAGE, RECEIPT]
    assert found.said[0].envelope is not None
    assert found.said[0].signed_at == NOW


def test_without_its_body_the_rest_still_proves_what_was_said() -> None:
    """Who said what kind of thing, when, about which handoff; the body is not contained."""
    found = verdict(Exchange(line=erased()).octets())
    assert not found.is_broken
    (body,) = of(found, MESSAGE, Claim.BODY)
    assert body.standing is Standing.NOT_CONTAINED
    assert of(found, MESSAGE, Claim.TIME)[0].standing is Standing.PROVEN
    assert found.said[0].envelope is not None
    assert found.said[0].envelope.schema == "urn:handoff:schema:return-cancellation:1"


def test_another_body_is_broken() -> None:
    """The envelope binds the one that was signed."""
    found = verdict(Exchange(line=replace(LINE, body=b'{"reason":"other"}')).octets())
    assert codes(found) == {(MESSAGE, "body-digest")}


def test_who_does_not_trust_the_roots_believes_nothing() -> None:
    """Neither the keys, nor the maker, nor a line, nor a checkpoint."""
    found = verdict(Exchange().octets(), Trust({}))
    assert found.standing(Standing.PROVEN) == ()
    assert {code for _, code in codes(found)} == {"untrusted-root", "unknown-key"}
    swapped = Trust({US.urn: MX.roots, MX.urn: US.roots})
    assert verdict(Exchange().octets(), swapped).standing(Standing.PROVEN) == ()


def test_a_trusted_side_proves_its_own_alone() -> None:
    """Of a side whose roots are not trusted nothing is proven, and so no receipt."""
    found = verdict(Exchange().octets(), Trust({US.urn: US.roots}))
    assert of(found, MESSAGE, Claim.SIGNATURE)[0].standing is Standing.PROVEN
    assert of(found, RECEIPT, Claim.SIGNATURE)[0].standing is Standing.BROKEN
    assert of(found, MESSAGE, Claim.RECEIPT)[0].standing is Standing.NOT_CONTAINED
    assert of(found, MESSAGE, Claim.TIME)[0].standing is Standing.NOT_CONTAINED


# --- When it was said ----------------------------------------------------------------------


def with_sign_key(**life: Any) -> Exchange:
    """The exchange where the life of the key that signed for the US side is another."""
    keys = [publish(key) for key in (US.pq_sign, US.ledger, US.witness)]
    return Exchange(published={US.urn: [publish(US.sign, **life), *keys]})


def test_a_key_that_ended_later_still_proves() -> None:
    """It was shown to be there while the key could sign; what became of the key then is nothing."""
    later = COSIGNED_AT + timedelta(hours=1)
    for life in ({"expires_at": later}, {"revoked_at": later}):
        exchange = replace(with_sign_key(**life), made_at=NOW + timedelta(minutes=5))
        found = verdict(exchange.octets())
        assert of(found, MESSAGE, Claim.TIME)[0].standing is Standing.PROVEN
        assert codes(found) == set()


def test_who_makes_a_bundle_with_an_ended_key_is_not_believed() -> None:
    """The manifest proves nothing then; what others said still does."""
    found = verdict(with_sign_key(revoked_at=COSIGNED_AT + timedelta(hours=1)).octets())
    assert codes(found) == {(MANIFEST, "key-not-active")}
    assert of(found, MESSAGE, Claim.TIME)[0].standing is Standing.PROVEN


def test_a_key_that_ended_before_anybody_saw_it_proves_no_time() -> None:
    """Whoever had the key then could have signed it afterwards."""
    exchange = with_sign_key(revoked_at=NOW + timedelta(seconds=1))
    found = verdict(replace(exchange, made_at=NOW).octets())
    (time,) = of(found, MESSAGE, Claim.TIME)
    assert (time.standing, time.code) == (Standing.NOT_CONTAINED, "key-not-active")


def test_a_key_that_could_not_sign_then_is_broken() -> None:
    """By its own word it was signed before the key began."""
    found = verdict(with_sign_key(active_from=NOW + timedelta(seconds=1)).octets())
    assert (MESSAGE, "key-not-active") in codes(found)


def test_without_the_other_side_no_time_is_proven() -> None:
    """The word of its speaker alone does not say when."""
    found = verdict(replace(Exchange(is_cosigned=False), receipts=[]).octets())
    assert not found.is_broken
    assert of(found, MESSAGE, Claim.TIME)[0].standing is Standing.NOT_CONTAINED
    assert of(found, "checkpoints/us.note", Claim.COSIGNATURE)[0].standing is (
        Standing.NOT_CONTAINED
    )


def test_times_that_cannot_be_are_broken() -> None:
    """Signed after it was seen; cosigned after the bundle was made; cosigned with an ended key."""
    late = a_receipt(at=NOW - timedelta(hours=1))
    assert (MESSAGE, "from-the-future") in codes(verdict(Exchange(receipts=[late]).octets()))
    future = Exchange(cosigned_at=MADE_AT + timedelta(hours=1))
    assert ("checkpoints/us.note", "from-the-future") in codes(verdict(future.octets()))
    keys = [publish(key) for key in (MX.sign, MX.pq_sign, MX.ledger)]
    ended = publish(MX.witness, expires_at=NOW)
    found = verdict(Exchange(published={MX.urn: [*keys, ended]}).octets())
    assert ("checkpoints/us.note", "key-not-active") in codes(found)


# --- Receipts ------------------------------------------------------------------------------


def test_a_rejection_is_proven_as_such() -> None:
    """The receipt says that it was not taken."""
    found = verdict(Exchange(receipts=[a_receipt(status=Status.REJECTED)]).octets())
    assert of(found, MESSAGE, Claim.RECEIPT)[0].code == "rejected"


def test_two_receipts_that_differ_are_broken() -> None:
    """Who says both has lied once."""
    both = [a_receipt(), a_receipt(status=Status.REJECTED)]
    found = verdict(Exchange(receipts=both).octets())
    assert codes(found) == {(MESSAGE, "receipts-differ")}


def test_the_first_of_equal_receipts_counts() -> None:
    """Later ones say nothing new."""
    both = [a_receipt(at=RECEIPTED_AT + timedelta(seconds=9)), a_receipt()]
    assert of(verdict(Exchange(receipts=both).octets()), MESSAGE, Claim.RECEIPT)[0].at == (
        RECEIPTED_AT
    )


def test_what_is_no_envelope_is_kept_as_what_was_signed() -> None:
    """The signatures hold; what it says is not read, and no time is proven."""
    for payload in (b"{}", signed_to(MX.urn)):
        found = verdict(Exchange(line=signed(payload), receipts=[]).octets())
        assert of(found, MESSAGE, Claim.SIGNATURE)[0].standing is Standing.PROVEN
        assert of(found, MESSAGE, Claim.BODY) == []
        assert of(found, MESSAGE, Claim.TIME)[0].standing is Standing.NOT_CONTAINED


def signed_to(issuer: str) -> bytes:
    """An envelope that names another issuer than who signs it."""
    from exchange.proof import grammar  # noqa: PLC0415 - of this test alone

    return grammar.canonical(members(iss=issuer, aud=US.urn))


# --- Trees and checkpoints -----------------------------------------------------------------


def test_a_proof_for_another_tree_is_broken() -> None:
    """Neither under another root, nor with another number, nor without a checkpoint that holds."""
    exchange = Exchange()
    manifest = exchange.manifest()
    line = manifest.lines[0]
    one, other = line.places
    for place in (
        one.model_copy(update={"number": 0}),
        one.model_copy(update={"proof": other.proof[::-1]}),
        one.model_copy(update={"checkpoint": other.checkpoint}),
    ):
        lines = (line.model_copy(update={"places": (place,)}), *manifest.lines[1:])
        changed = manifest.model_copy(update={"lines": lines})
        found = verdict(write_bundle(changed, exchange.files(), US.signers))
        assert (MESSAGE, "other-tree") in codes(found)


def notes() -> Iterator[tuple[bytes, str]]:
    """Checkpoints that are none of ours, and why."""
    exchange = Exchange()
    us, mx = exchange.logs()
    yield b"no note", "malformed"
    yield us.note(None).octets().replace(b":ledger:1", b":ledgers:1"), "bad-signature"
    yield us.note(None, origin=journal_origin(US.urn)).octets(), "unknown-key"
    yield mx.note(None).octets(), "unknown-key"
    whole = us.note(MX).octets()
    yield whole.replace(b"\n4\n", b"\n5\n"), "bad-signature"
    witness = replace(us.note(MX), signatures=us.note(MX).signatures[2:])
    yield witness.octets(), "unknown-key"


@pytest.mark.parametrize(("octets", "code"), list(notes()), ids=range(6))
def test_a_checkpoint_of_somebody_else_is_broken(octets: bytes, code: str) -> None:
    """Nothing is in a tree that its owner did not sign for."""
    found = verdict(Exchange().with_files(**{"checkpoints/us.note": octets}))
    assert ("checkpoints/us.note", code) in codes(found)
    assert (MESSAGE, "other-tree") in codes(found)


# --- Keys ----------------------------------------------------------------------------------


def test_older_key_sets_may_stand_beside_newer() -> None:
    """Whichever comes first: the newer one keeps all that the older one had."""
    found = verdict(two_key_sets(drops=False))
    assert not found.is_broken
    assert {step.file for step in found.steps if step.claim is Claim.KEYS} == {
        "keys/us-1.jws",
        "keys/us-2.jws",
        "keys/mx-1.jws",
    }


def test_a_newer_key_set_that_drops_a_key_is_broken() -> None:
    """A key that was published never goes."""
    assert ("keys/us-1.jws", "key-set-refused") in codes(verdict(two_key_sets(drops=True)))


def two_key_sets(*, drops: bool) -> bytes:
    """A bundle in which the US side has two key sets, the newer one named first."""
    from exchange.proof.bundle import KeysFile  # noqa: PLC0415 - of this test alone
    from exchange.proof.keysets import write_key_set  # noqa: PLC0415 - of this test alone
    from tests.keys import key_set_of  # noqa: PLC0415 - of this test alone

    exchange = Exchange()
    kept = (US.sign, US.pq_sign) if drops else (US.sign, US.pq_sign, US.ledger, US.witness)
    newer = key_set_of(US.urn, [publish(key) for key in kept], serial=2)
    files = exchange.files() | {"keys/us-2.jws": write_key_set(newer, US.root_keys)}
    manifest = exchange.manifest()
    changed = manifest.model_copy(
        update={
            "files": {name: digest(octets) for name, octets in files.items()},
            "keys": (KeysFile(file="keys/us-2.jws", party=US.urn), *manifest.keys),
        }
    )
    return write_bundle(changed, files, US.signers)


# --- Stamps --------------------------------------------------------------------------------


@pytest.mark.parametrize("openssl", OPENSSL)
def test_a_stamp_proves_the_time_of_all_before_it(openssl: str, tmp_path: Path) -> None:
    """It is of the checkpoint's file; of another file, or another authority's, it is broken."""
    assert openssl
    authority = new_authority(tmp_path)
    exchange = Exchange()
    note = exchange.files()["checkpoints/us.note"]
    answer = authority.answer(ask_for(note).octets)
    trust = replace(TRUST, authorities={"here": authority.trusted})
    exchange.stamp = answer
    found = verdict(exchange.octets(), trust)
    (stamp,) = of(found, "stamps/us-here.tsr", Claim.STAMP)
    assert (stamp.standing, stamp.party) == (Standing.PROVEN, "here")
    assert not found.is_broken
    other = authority.answer(ask_for(b"other").octets)
    found = verdict(replace(exchange, stamp=other).octets(), trust)
    assert codes(found) == {("stamps/us-here.tsr", "time-stamp-refused")}
    found = verdict(exchange.octets())
    assert codes(found) == {("stamps/us-here.tsr", "untrusted-authority")}


# --- Every part of it ----------------------------------------------------------------------


def repacked(octets: bytes, changed: dict[str, bytes | None]) -> bytes:
    """The same ZIP with other files; None leaves one out."""
    whole = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(octets)) as old, zipfile.ZipFile(whole, "w") as new:
        files = {name: old.read(name) for name in old.namelist()} | changed
        for name, content in files.items():
            if content is not None:
                new.writestr(name, content)
    return whole.getvalue()


@pytest.mark.parametrize("name", [*Exchange().files()])
def test_a_file_that_is_dropped_or_altered_is_broken(name: str) -> None:
    """It is named; nothing else than what hangs on it is broken with it."""
    whole = Exchange().octets()
    for content in (None, b"other"):
        found = verdict(repacked(whole, {name: content}))
        assert (name, "file-altered") in codes(found)
    assert codes(verdict(repacked(whole, {"more.txt": b"x"}))) == {("more.txt", "file-altered")}


def test_a_manifest_that_is_altered_is_broken() -> None:
    """Whatever is changed in it, its signature no longer holds."""
    exchange = Exchange()
    manifest = exchange.manifest()
    about = manifest.about.model_copy(update={"handoff": None, "day": "2019-03-19"})
    lines = (manifest.lines[0],)
    for change in ({"about": about}, {"iat": manifest.iat + 1}, {"lines": lines}):
        changed = manifest.model_copy(update=change)
        line = replace(read_bundle(exchange.octets()).line, payload=changed.octets())
        found = verdict(repacked(exchange.octets(), {MANIFEST: line.octets()}))
        assert (MANIFEST, "bad-signature") in codes(found)
    message = sign_line(manifest.octets(), US.signers, Typ.MESSAGE)
    found = verdict(repacked(exchange.octets(), {MANIFEST: message.octets()}))
    assert codes(found) == {(MANIFEST, "wrong-type")}


def test_every_octet_of_every_file_counts() -> None:
    """Whichever is flipped in a file, that file is broken."""
    exchange = Exchange()
    whole = exchange.octets()
    for name, octets in exchange.files().items():
        for place in range(0, len(octets), max(1, len(octets) // 5)):
            flipped = bytearray(octets)
            flipped[place] ^= 1
            bundle = read_bundle(repacked(whole, {name: bytes(flipped)}))
            assert bundle.broken_files == [name]


SPOILED: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "cut-short": lambda octets: octets[:-30],
    "no-manifest": lambda octets: repacked(octets, {MANIFEST: None}),
    "no-line": lambda octets: repacked(octets, {MANIFEST: b"{}"}),
    "no-manifest-in-it": lambda octets: repacked(octets, {MANIFEST: LINE.octets()}),
    "a-name-above": lambda octets: repacked(octets, {"../above": b""}),
    "too-large": lambda octets: repacked(octets, {"large": bytes(16 * 1024 * 1024 + 1)}),
    "too-many": lambda octets: repacked(octets, {f"f{number}": b"" for number in range(10_001)}),
    "a-name-twice": lambda octets: octets.replace(b"lines/0002.jws", b"lines/0001.jws"),
}


@pytest.mark.parametrize("how", SPOILED)
def test_what_is_no_bundle_is_refused(how: str) -> None:
    """No ZIP, cut short, without a manifest, with files of others, or too much of it."""
    with pytest.raises(NoBundle):
        read_bundle(SPOILED[how](Exchange().octets()))


def test_a_manifest_names_what_is_there() -> None:
    """It cannot speak of a file it does not name, of one twice, or lead to no checkpoint."""
    exchange = Exchange()
    manifest = exchange.manifest()
    stated = manifest.model_dump(mode="json", by_alias=True)
    model = type(manifest)
    for change in (
        {"files": stated["files"] | {MANIFEST: stated["files"]["index.html"]}},
        {"files": {"index.html": stated["files"]["index.html"]}},
        {"keys": stated["keys"] * 2},
        {"checkpoints": stated["checkpoints"][:1]},
        {"iss": "urn:handoff:xx:else"},
    ):
        with pytest.raises(ValueError, match="Manifest"):
            model.model_validate(stated | change)
    with pytest.raises(ValueError, match=r"^$"):
        write_bundle(manifest, {}, US.signers)
