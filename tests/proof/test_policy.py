"""Signature sets by kind of line and by date."""

from datetime import UTC, datetime, timedelta

import pytest

from exchange.proof.jws import Typ
from exchange.proof.policy import (
    CLASSICAL,
    DEFAULT,
    ES256_ONLY,
    HYBRID,
    Accepted,
    SignatureSets,
    signature_sets,
)

DAY = datetime(2019, 6, 1, tzinfo=UTC)


def test_the_default_asks_messages_for_two_signatures_and_receipts_for_one() -> None:
    """Messages carry ES256 then ML-DSA-65, receipts ES256, key sets their roots' alone."""
    assert DEFAULT.accepted(Typ.MESSAGE, DAY) == (("ES256", "ML-DSA-65"),)
    assert DEFAULT.accepted(Typ.RECEIPT, DAY) == (("ES256",),)
    assert DEFAULT.accepted(Typ.KEYS, DAY) == ()


def test_a_partner_without_post_quantum_keys_signs_with_es256() -> None:
    """The ES256-only policy asks for that one signature on both kinds of line."""
    assert ES256_ONLY.accepted(Typ.MESSAGE, DAY) == (CLASSICAL,)
    assert ES256_ONLY.accepted(Typ.RECEIPT, DAY) == (CLASSICAL,)


def test_a_set_is_accepted_from_its_first_moment_to_before_its_last() -> None:
    """At the change of policy one set ends as the other begins, without a gap."""
    changing = SignatureSets(
        (
            Accepted(Typ.MESSAGE, CLASSICAL, until=DAY),
            Accepted(Typ.MESSAGE, HYBRID, since=DAY, until=DAY + timedelta(days=1)),
        )
    )
    assert changing.preferred(Typ.MESSAGE, DAY - timedelta(microseconds=1)) == CLASSICAL
    assert changing.preferred(Typ.MESSAGE, DAY) == HYBRID
    assert changing.ever(Typ.MESSAGE) == (CLASSICAL, HYBRID)
    assert changing.ever(Typ.RECEIPT) == ()
    with pytest.raises(LookupError):
        changing.preferred(Typ.MESSAGE, DAY + timedelta(days=1))


def test_the_first_of_several_sets_is_ours_to_sign_with() -> None:
    """Where the agreement accepts several, the first named is the preferred one."""
    both = signature_sets(messages=(HYBRID, CLASSICAL))
    assert both.accepted(Typ.MESSAGE, DAY) == (HYBRID, CLASSICAL)
    assert both.preferred(Typ.MESSAGE, DAY) == HYBRID


def test_receipts_are_accepted_under_the_sets_given_for_them() -> None:
    """What is asked of receipts is independent of what is asked of messages."""
    accepted = signature_sets(messages=(CLASSICAL,), receipts=(HYBRID, CLASSICAL))
    assert accepted.ever(Typ.RECEIPT) == (HYBRID, CLASSICAL)
    assert accepted.ever(Typ.MESSAGE) == (CLASSICAL,)
