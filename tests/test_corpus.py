"""
What the fuzzing of ``tests/fuzz`` kept, and where it begins, is still read as it must be.

This needs no fuzzer: each target's own check is given every octet string that ever mattered.
"""

from collections.abc import Iterator

import pytest

from tests.fuzz.catalogue import TARGETS
from tests.fuzz.running import CORPUS, SIZE_MAX
from tests.fuzz.target import Target

BYTES_MAX = 100_000
"""What one target may keep: the corpus is read by people too."""


def kept(target: Target) -> Iterator[bytes]:
    """Yield the octets that the corpus has for *target*."""
    for file in sorted((CORPUS / target.name).iterdir()):
        yield file.read_bytes()


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_what_was_kept_is_read_as_it_must_be(target: Target) -> None:
    """Every seed and every kept input is answered as an independent reading answers it."""
    answers = {target.check(octets) for octets in (*target.seeds(), *kept(target))}
    assert answers == {True, False}, "a corpus wants what is accepted and what is refused"


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_the_corpus_stays_small(target: Target) -> None:
    """Each kept input is no longer than fuzzing makes them, and all of them are few."""
    sizes = [len(octets) for octets in kept(target)]
    assert sizes
    assert max(sizes) <= SIZE_MAX
    assert sum(sizes) <= BYTES_MAX


def test_every_directory_of_the_corpus_has_its_target() -> None:
    """Nothing is kept that nobody looks at."""
    assert {each.name for each in CORPUS.iterdir()} == {target.name for target in TARGETS}
