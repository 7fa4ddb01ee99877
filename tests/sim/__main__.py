"""``python -m tests.sim run|seed|planted|pairs|pair|leaks``: the simulation, by command."""

import argparse
import logging
import secrets
import sys

from tests.sim.campaign import find_planted, show_seed, simulate
from tests.sim.indistinguishable import compare, find_leaks, show, tell
from tests.sim.leaks import LEAKS
from tests.sim.mutants import MUTANTS

BASE_MAX = 10**9


def main() -> bool:
    """Do what the arguments ask, and say whether all is well."""
    parser = argparse.ArgumentParser(prog="python -m tests.sim")
    commands = parser.add_subparsers(dest="command", required=True)
    many = commands.add_parser("run", help="run many seeds")
    many.add_argument("--seeds", type=int, default=100)
    many.add_argument("--base", type=int, help="the first of the new seeds; printed by each run")
    one = commands.add_parser("seed", help="run one seed and print everything that happens")
    one.add_argument("seed", type=int)
    one.add_argument("--mutant", choices=sorted(MUTANTS))
    commands.add_parser("planted", help="find the faults that are planted")
    pairs = commands.add_parser("pairs", help="run many pairs that must not be told apart")
    pairs.add_argument("--count", type=int, default=100)
    pairs.add_argument("--base", type=int, help="the first of the new pairs; printed by each run")
    pair = commands.add_parser("pair", help="run one pair and print where its runs differ")
    pair.add_argument("number", type=int)
    pair.add_argument("--leak", choices=sorted(LEAKS))
    commands.add_parser("leaks", help="find the leaks that are planted")
    asked = parser.parse_args()
    logging.disable(logging.CRITICAL)  # of libraries: a killed process complains as it is unwound
    match asked.command:
        case "planted":
            return find_planted()
        case "leaks":
            return find_leaks()
        case "seed":
            return show_seed(asked.seed, asked.mutant)
        case "pair":
            return show(tell(asked.number, asked.leak))
        case "pairs":
            return compare(asked.count, _base(asked.base))
        case _:
            return simulate(asked.seeds, _base(asked.base))


def _base(asked: int | None) -> int:
    """Return the first of the new numbers: as asked, or by chance."""
    return asked if asked is not None else 1000 + secrets.randbelow(BASE_MAX)


if __name__ == "__main__":
    sys.exit(not main())
