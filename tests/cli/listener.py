"""Internal listeners for the tests of `send` and `hearings`, and what tells them to answer."""

import json
from http.server import BaseHTTPRequestHandler
from typing import Any, ClassVar

from tests.cli.commands import Commands, Ended

TOKEN = "xch_" + "a" * 43


class Listener(BaseHTTPRequestHandler):
    """An internal listener that answers each decision as the decision itself asks it to."""

    protocol_version = "HTTP/1.1"
    seen: ClassVar[list[str]] = []
    busy: ClassVar[dict[str, int]] = {}

    def do_POST(self) -> None:
        """Answer with the status and members that the decision has under ``answer``."""
        decision = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        name = decision["decision_id"]
        self.seen.append(name)
        if self.headers["Authorization"] != f"Bearer {TOKEN}":
            self._say(401, {"code": "unauthenticated"})
        elif self.busy.get(name, 0) > 0:
            self.busy[name] -= 1
            self._say(503, {"code": "draining"}, {"Retry-After": "0"})
        else:
            self._say(decision["answer"], decision["says"])

    def _say(self, status: int, said: Any, headers: dict[str, str] | None = None) -> None:
        octets = json.dumps(said).encode()
        self.send_response(status)
        for name, value in {"Content-Length": str(len(octets)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(octets)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Court(Listener):
    """An internal listener that takes every move but those it refuses, and keeps what it got."""

    asked: ClassVar[list[tuple[str, str, dict[str, Any]]]] = []
    refused: ClassVar[set[str]] = set()

    def do_POST(self) -> None:
        """Keep path, key and document; answer as the service would."""
        document = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.asked.append((self.path, self.headers["Idempotency-Key"], document))
        if self.path.split("/")[3] in self.refused:
            self._say(409, {"code": "case-closed", "title": "The case has ended"})
        else:
            self._say(202, {"handoff": self.path.split("/")[3]})


def a_decision(name: str, answer: int = 202, **says: Any) -> dict[str, Any]:
    """Return a decision that the listener answers so."""
    return {"decision_id": name, "answer": answer, "says": says}


def send(commands: Commands, *decisions: dict[str, Any], more: tuple[object, ...] = ()) -> Ended:
    """Send *decisions* as JSON Lines."""
    file = commands.directory / "decisions.jsonl"
    file.write_text("".join(json.dumps(one) + "\n" for one in decisions), encoding="utf-8")
    return commands.us("send", file, *more)
