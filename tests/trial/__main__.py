"""
Everything that takes longer than a test may: ``python -m tests.trial``, or some parts by name.

Ends with 1 where a part failed, and names it. In CI a part that cannot run is a failure too.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.trial.parts import PARTS, Ended, Part, run

KEPT_IN = Path("docs/trials")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the parts that were asked for, all where none was, and say how each ended."""
    by_name = {part.name: part for part in PARTS}
    parser = argparse.ArgumentParser(prog="python -m tests.trial", description=__doc__)
    parser.add_argument("--list", action="store_true", help="only say what there is")
    parser.add_argument("parts", nargs="*", choices=[*by_name, []], help="all without any")
    asked = parser.parse_args(arguments)
    if asked.list:
        for part in PARTS:
            print(f"{part.name:10} about {part.minutes:3} minutes  {part.command}")
        return 0
    return conclude([_run(by_name[name]) for name in asked.parts or by_name])


def _run(part: Part) -> Ended:
    print(f"\n== {part.name}, about {part.minutes} minutes", flush=True)
    return run(part, KEPT_IN)


def conclude(ended: Sequence[Ended]) -> int:
    """Return 1 if any part failed, once each is named."""
    print("\n== all parts")
    for one in ended:
        print(one.text())
    failed = [one.part.name for one in ended if one.is_failure(os.environ)]
    if failed:
        print(f"failed: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
