"""One line of an export of the ledger."""

import orjson

from exchange.domain.wire import utc_text
from exchange.flow.kept import Kept


def export_line(kept: Kept) -> bytes:
    """Return one line of an export (design §8), the exchanged line in it as it stands."""
    entry = kept.entry
    return orjson.dumps(
        {
            "index": entry.number,
            "direction": entry.direction.value,
            "kind": entry.kind.value,
            "recorded_at": utc_text(entry.recorded_at),
            "line": orjson.Fragment(kept.line.octets()),
        }
    )
