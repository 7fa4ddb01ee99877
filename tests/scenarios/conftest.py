"""Both sides on fresh stores, as the tests of the legs have them."""

from tests.flow.conftest import both, two_urls

__all__ = ["both", "two_urls"]
