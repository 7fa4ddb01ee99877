"""How soon somebody must act."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from exchange.errors import Sentence


class Severity(StrEnum):
    """How soon somebody must act."""

    CRITICAL = "critical"
    """At once, day or night: nothing is said, or evidence is at stake, or a person is in danger."""
    HIGH = "high"
    """Within the hour: a person may stand at the line."""
    NORMAL = "normal"
    """Within the working day."""


SEVERITIES: Mapping[Severity, Sentence] = MappingProxyType(
    {
        Severity.CRITICAL: Sentence("critical", "crítica"),
        Severity.HIGH: Sentence("high", "alta"),
        Severity.NORMAL: Sentence("normal", "normal"),
    }
)
