"""What is counted while the service runs, by plain name and label. ``web/metrics`` publishes it."""

from collections import Counter


class Tally:
    """Counts that only rise; labels come from closed lists, never from what a stranger sent."""

    def __init__(self) -> None:
        self.counts: Counter[tuple[str, str]] = Counter()

    def add(self, what: str, label: str = "", count: int = 1) -> None:
        """Count *count* more of *what*."""
        self.counts[what, label] += count
