"""The catalogue: which version of a type is said to a partner, and what it takes none of."""

import pytest

from exchange.domain.messages.catalogue import (
    MESSAGE_TYPES,
    RECEPTION,
    RETURN_CANCELLATION,
    RETURN_NOTICE,
    MessageType,
    highest_taken,
    list_not_taken,
)
from exchange.domain.parties import Side

SECOND = RETURN_NOTICE._replace(version=2)
THIRD = RETURN_NOTICE._replace(version=3)
CATALOGUE = (SECOND, RETURN_NOTICE, RETURN_CANCELLATION, RECEPTION)


@pytest.mark.parametrize(
    ("listed", "said"),
    [
        ((RETURN_NOTICE,), RETURN_NOTICE),
        ((RETURN_NOTICE, SECOND), SECOND),
        ((SECOND, RETURN_NOTICE), SECOND),
        ((SECOND, THIRD), SECOND),
        ((THIRD,), None),
        ((RETURN_CANCELLATION,), None),
        ((), None),
    ],
)
def test_the_highest_version_that_both_have_is_said(
    listed: tuple[MessageType, ...], said: MessageType | None
) -> None:
    """Of a type the highest version counts that the partner lists and we have; else none."""
    schemas = [kind.schema for kind in listed]
    assert highest_taken("return-notice", schemas, CATALOGUE) == said


def test_what_the_partner_takes_no_version_of_is_named_once() -> None:
    """Each type that a side has to say and the partner lists in no version is named."""
    assert list_not_taken(Side.US, [], CATALOGUE) == ("return-notice", "return-cancellation")
    assert list_not_taken(Side.US, [RETURN_NOTICE.schema], CATALOGUE) == ("return-cancellation",)
    assert list_not_taken(Side.MX, [RECEPTION.schema], CATALOGUE) == ()


def test_a_partner_that_lists_everything_takes_everything() -> None:
    """Each side can say all it has to say to a partner that lists the whole catalogue."""
    schemas = [kind.schema for kind in MESSAGE_TYPES]
    for side in Side:
        assert list_not_taken(side, schemas) == ()
    for kind in MESSAGE_TYPES:
        assert highest_taken(kind.name, schemas) == kind


def test_a_catalogue_of_ones_own_is_the_one_asked() -> None:
    """A type that only the given catalogue has is judged by that catalogue."""
    another = RETURN_NOTICE._replace(name="another")
    assert another.name not in {kind.name for kind in MESSAGE_TYPES}
    assert list_not_taken(Side.US, {another.schema}, (another,)) == ()
    assert list_not_taken(Side.US, (), (another,)) == ("another",)
