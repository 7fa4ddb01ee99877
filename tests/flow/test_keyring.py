"""Our own keys: which of them signs at a given time, and which end soon."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from exchange.errors import KeysUnusable
from exchange.flow.keyring import KEY_SET, Keyring
from exchange.proof.custody import KeyEncryptionKey
from exchange.proof.jws import Typ
from exchange.proof.keys import PublicKey, Role
from exchange.proof.policy import DEFAULT, ES256_ONLY
from tests import keys
from tests.builders import NOW
from tests.keys import US, private_key, publish

NEXT = private_key("us-sign-2031b", "sign", "ES256")
MONTH = timedelta(days=30)
SOON = NOW + MONTH


def keyring(*published: PublicKey, key_set_ends: datetime = keys.EXPIRES_AT) -> Keyring:
    """Return the keys of the US side, of which *published* stand in its key set."""
    key_set = keys.key_set_of(US.urn, [*published, publish(US.pq_sign), publish(US.witness)])
    return Keyring(
        signers={key.kid: key for key in (*US.held, NEXT)},
        key_set=replace(key_set, expires_at=key_set_ends),
        journal_keys=US.journal_keys,
        published=b"",
        key_encryption_key=KeyEncryptionKey(US.wrap.kid, US.wrap.octets),
        digest_key=US.search.octets,
        entropy=keys.entropy_from("us"),
    )


def test_who_signs_is_chosen_when_it_signs() -> None:
    """A key signs until its end; the next takes over at its beginning, without a restart."""
    ours = keyring(
        publish(US.sign, expires_at=NOW + MONTH), publish(NEXT, active_from=NOW + timedelta(days=1))
    )
    assert ours.signers_for(Typ.RECEIPT, DEFAULT, NOW) == (US.sign,)
    assert ours.signers_for(Typ.RECEIPT, DEFAULT, NOW + timedelta(days=1)) == (NEXT,)
    assert ours.signers_for(Typ.MESSAGE, DEFAULT, NOW + MONTH) == (NEXT, US.pq_sign)


def test_a_new_key_signs_once_the_partner_has_it() -> None:
    """Until the partner shows that it has the set, or a day has passed, the old key goes on."""
    fresh = replace(publish(NEXT, active_from=NOW), issued_at=NOW)
    ours = keyring(publish(US.sign, expires_at=SOON), fresh)
    assert ours.signers_for(Typ.RECEIPT, DEFAULT, NOW) == (US.sign,)
    assert ours.signers_for(Typ.RECEIPT, DEFAULT, NOW + timedelta(days=1)) == (NEXT,)
    assert ours.signers_for(Typ.RECEIPT, DEFAULT, SOON) == (NEXT,)
    ours.note_held()
    assert ours.signers_for(Typ.RECEIPT, DEFAULT, NOW) == (NEXT,)


def test_of_keys_that_the_partner_may_not_have_the_first_signs() -> None:
    """Where the old key is gone at once, the new one signs all the same."""
    fresh = replace(publish(NEXT, active_from=NOW), issued_at=NOW)
    first = replace(publish(US.sign), issued_at=NOW)
    assert keyring(first, fresh).signers_for(Typ.RECEIPT, DEFAULT, NOW) == (US.sign,)
    revoked = publish(US.sign, revoked_at=NOW)
    assert keyring(revoked, fresh).signers_for(Typ.RECEIPT, DEFAULT, NOW) == (NEXT,)


@pytest.mark.parametrize(
    "published",
    [
        publish(US.sign, expires_at=NOW),
        publish(US.sign, revoked_at=NOW),
        publish(US.sign, active_from=NOW + timedelta(seconds=1)),
    ],
    ids=["expired", "revoked", "staged"],
)
def test_a_key_that_may_not_sign_signs_nothing(published: PublicKey) -> None:
    """With none that may, nothing is signed, not even by the other algorithm alone."""
    ours = keyring(published)
    for typ in (Typ.MESSAGE, Typ.RECEIPT):
        with pytest.raises(KeysUnusable):
            ours.signers_for(typ, DEFAULT, NOW)
    assert ours.find_unusable(DEFAULT, NOW) == {"ES256"}


def test_a_key_that_we_do_not_hold_signs_nothing() -> None:
    """A key that is published and not here is no signer of ours."""
    stranger = private_key("us-sign-elsewhere", "sign", "ES256")
    assert keyring(publish(stranger)).find_unusable(ES256_ONLY, NOW) == {"ES256"}
    assert keyring(publish(stranger), publish(US.sign)).find_unusable(ES256_ONLY, NOW) == set()


def test_a_key_that_ends_soon_is_named_unless_another_follows() -> None:
    """The warning names the key, and is over once one that lives longer is published."""
    ending = publish(US.sign, expires_at=SOON)
    assert keyring(ending).find_expiring(DEFAULT, NOW, by=SOON) == {US.sign.kid}
    assert keyring(ending, publish(NEXT)).find_expiring(DEFAULT, NOW, by=SOON) == set()
    later = publish(US.sign, expires_at=SOON + timedelta(seconds=1))
    assert keyring(later).find_expiring(DEFAULT, NOW, by=SOON) == set()


def test_every_role_that_ends_soon_is_named() -> None:
    """What signs no line is missed as much: the ledger's, the witness's, and what opens."""
    roles = (publish(US.ledger, expires_at=SOON), publish(US.ledger))
    assert keyring(publish(US.sign), roles[0]).find_expiring(DEFAULT, NOW, by=SOON) == {
        US.ledger.kid
    }
    assert keyring(publish(US.sign), roles[1]).find_expiring(DEFAULT, NOW, by=SOON) == set()


def test_a_key_set_that_ends_soon_is_named() -> None:
    """Our own key set is due to be renewed as the partner's is."""
    ours = keyring(publish(US.sign), key_set_ends=SOON)
    assert ours.find_expiring(DEFAULT, NOW, by=SOON) == {KEY_SET}
    assert ours.find_expiring(DEFAULT, NOW, by=SOON - timedelta(seconds=1)) == set()


def test_what_has_ended_is_not_said_to_end_soon() -> None:
    """A key that may sign no more is unusable, and expires no more."""
    ended = keyring(publish(US.sign, expires_at=NOW))
    assert ended.find_expiring(ES256_ONLY, NOW, by=SOON) == set()


def test_ledger_witness_and_journal_have_signers_of_their_own() -> None:
    """Each role signs with its own key; a role of which no key is published signs nothing."""
    ours = keyring(publish(US.sign), publish(US.ledger, expires_at=SOON))
    assert ours.signer_of(Role.LEDGER, NOW) == US.ledger
    assert ours.signer_of(Role.WITNESS, NOW) == US.witness
    assert ours.signer_of(Role.JOURNAL, NOW) == US.journal
    for role, at in ((Role.LEDGER, SOON), (Role.ENCRYPT, NOW)):
        with pytest.raises(KeysUnusable):
            ours.signer_of(role, at)
