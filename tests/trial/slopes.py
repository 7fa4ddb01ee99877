"""Whether what was sampled during a long run stays flat: a line through it, and its rise."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import linear_regression, median


@dataclass(frozen=True, slots=True)
class Slope:
    """What a quantity did over a run: its level, and how much it rose for 100,000 handoffs."""

    name: str
    unit: str
    level: float
    per_hundred_thousand: float
    growth_max: float
    """How much of its level it may rise by over the whole run and still count as flat."""
    growth: float
    course: tuple[float, ...]
    """Its median in each tenth of the run, the first ones too."""

    @property
    def is_flat(self) -> bool:
        """Say whether it rose by no more than it may."""
        return self.growth <= self.growth_max

    def text(self) -> str:
        """Return it as one line of a report."""
        verdict = "flat" if self.is_flat else "RISES"
        return (
            f"{self.name:<34} {self.level:10.1f} {self.unit:<8}"
            f"{self.per_hundred_thousand:+10.2f} {self.unit} per 100,000"
            f"{self.growth:+8.1%} over the run (at most {self.growth_max:.0%}): {verdict}\n"
            f"{'  by tenths of the run':<34} {' '.join(f'{one:.1f}' for one in self.course)}"
        )


def slope_of(
    name: str,
    unit: str,
    samples: Sequence[tuple[float, float]],
    *,
    growth_max: float,
    settled_after: float = 0.2,
) -> Slope:
    """
    Return the straight line through *samples* of (handoffs done, value).

    The first part of the run (*settled_after* of its handoffs) fills caches and is left out.
    Medians of fifty stretches are used, so that a single spike is not taken for a trend.
    """
    end = samples[-1][0]
    kept = [sample for sample in samples if sample[0] >= settled_after * end]
    width = max(1, len(kept) // 50)
    stretches = [kept[start : start + width] for start in range(0, len(kept), width)]
    middles = [
        (median(x for x, _ in stretch), median(y for _, y in stretch)) for stretch in stretches
    ]
    steep, _ = linear_regression([x for x, _ in middles], [y for _, y in middles])
    level = median(y for _, y in middles)
    rise = steep * (middles[-1][0] - middles[0][0])
    return Slope(
        name=name,
        unit=unit,
        level=level,
        per_hundred_thousand=steep * 100_000,
        growth_max=growth_max,
        growth=rise / level if level else rise,
        course=_course(samples),
    )


def _course(samples: Sequence[tuple[float, float]]) -> tuple[float, ...]:
    end = samples[-1][0]
    tenths: list[list[float]] = [[] for _ in range(10)]
    for done, value in samples:
        tenths[min(int(10 * done / end) if end else 0, 9)].append(value)
    return tuple(median(values) for values in tenths if values)
