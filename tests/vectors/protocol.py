"""
The example in ``docs/protocol.md``: each block below a ``<!-- made: NAME -->`` is made here.

Run ``python -m tests.vectors.protocol`` to write the blocks again.
"""

import re
from pathlib import Path

from exchange.proof import grammar
from exchange.proof.jws import covered_octets, read_line
from tests.vectors.make import deterministic

DOCUMENT = Path(__file__).parents[2] / "docs" / "protocol.md"
_BLOCK = re.compile(r"(<!-- made: ([a-z-]+) -->\n)(?:\n```\n.*?\n```\n)?", re.DOTALL)


def render(text: str) -> str:
    """*text* with every block made anew."""
    made = blocks()
    return _BLOCK.sub(lambda found: f"{found[1]}\n```\n{made[found[2]]}\n```\n", text)


def blocks() -> dict[str, str]:
    """Each block's name and content."""
    vectors = deterministic()
    message, receipt = vectors["message"], vectors["receipt"]
    us, mx = vectors["parties"]["us"], vectors["parties"]["mx"]
    line = read_line(message["line"].encode())
    return {
        "us-key": grammar.canonical(us["keys"][0]).decode(),
        "mx-key": grammar.canonical(mx["keys"][0]).decode(),
        "body": vectors["body"],
        "envelope": vectors["envelope"],
        "header": message["protected"][0],
        "covered": covered_octets(line, line.signatures[0]).decode(),
        "signature": message["signatures"][0],
        "line": message["line"],
        "digests": f"{message['pld']}\n{message['sig']}",
        "receipt": receipt["payload"],
        "receipt-line": receipt["line"],
        "fingerprints": f"{us['fingerprint']}\n{mx['fingerprint']}",
    }


if __name__ == "__main__":
    DOCUMENT.write_text(render(DOCUMENT.read_text("utf-8")), "utf-8")
