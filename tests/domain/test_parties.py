"""The two sides."""

from exchange.domain.parties import Side


def test_each_side_speaks_to_the_other() -> None:
    """The other of the other is the same side again."""
    assert Side.US.other is Side.MX
    assert all(side.other.other is side for side in Side)
