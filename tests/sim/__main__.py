"""``python -m tests.sim run|seed|planted``: the simulation, from the command line."""

import argparse
import logging
import secrets
import sys

from tests.sim.campaign import find_planted, show_seed, simulate
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
    asked = parser.parse_args()
    logging.disable(logging.CRITICAL)  # of libraries: a killed process complains as it is unwound
    if asked.command == "planted":
        return find_planted()
    if asked.command == "seed":
        return show_seed(asked.seed, asked.mutant)
    base = asked.base if asked.base is not None else 1000 + secrets.randbelow(BASE_MAX)
    return simulate(asked.seeds, base)


if __name__ == "__main__":
    sys.exit(not main())
