"""``python -m bench``: measure, print, and leave the figures as JSON."""

import argparse
from pathlib import Path
from tempfile import TemporaryDirectory

import orjson
import uvloop

from bench.measures import QUICK, WHOLE, Bench
from bench.report import as_json, as_text


def main() -> None:
    """Measure in a new directory on disk, print the report, leave the JSON beside it."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a rough picture in a minute or two")
    parser.add_argument("--dir", type=Path, default=Path("build"), help="where, on a disk")
    parser.add_argument("--json", type=Path, help="where the JSON goes; DIR/bench.json without it")
    given = parser.parse_args()
    given.dir.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="bench-", dir=given.dir) as directory:
        plan = QUICK if given.quick else WHOLE
        measured = uvloop.run(Bench(Path(directory).resolve(), plan).measure())
    print(f"\n{as_text(measured)}")
    target = given.json or given.dir / "bench.json"
    target.write_bytes(orjson.dumps(as_json(measured), option=orjson.OPT_INDENT_2) + b"\n")
    print(f"\nthe same as JSON: {target}")


if __name__ == "__main__":
    main()
