"""How the tests of commands run one: in this process, with what it printed and how it ended."""

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from exchange.cli import main


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        """Return what it printed for programs."""
        assert self.code == 0, self.err
        return json.loads(self.out)


@dataclass(frozen=True)
class Commands:
    """Runs commands in a directory that has both sides, each trusting the other."""

    directory: Path
    capture: pytest.CaptureFixture[str]
    patch: pytest.MonkeyPatch

    def run(self, *arguments: object) -> Ended:
        """Run one command and return how it ended."""
        self.capture.readouterr()
        self.patch.setattr(sys, "argv", ["exchange", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = self.capture.readouterr()
        code = ended.value.code
        return Ended(code if isinstance(code, int) else 0, out, err)

    def us(self, *arguments: object) -> Ended:
        """Run one command of the US side."""
        return self.run(*arguments, "--config", self.directory / "us/exchange.toml")

    def mx(self, *arguments: object) -> Ended:
        """Run one command of the Mexican side."""
        return self.run(*arguments, "--config", self.directory / "mx/exchange.toml")
