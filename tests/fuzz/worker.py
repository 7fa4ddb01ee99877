"""
One process that fuzzes one target: ``python -m tests.fuzz.worker MODULE TARGET [FLAG…]``.

Our own code is instrumented as it is imported, so this module imports none of it at its top,
and later only what the target's own module needs. The flags are libFuzzer's.
"""

import importlib
import sys

import atheris

INSTRUMENTED = ["exchange", "tomllib", "email"]


def main() -> None:
    """Fuzz until libFuzzer has had enough."""
    module, name, *flags = sys.argv[1:]
    with atheris.instrument_imports(include=INSTRUMENTED, enable_loader_override=False):
        targets = importlib.import_module(module).TARGETS
        mutation = importlib.import_module("tests.fuzz.mutation")
    target = next(target for target in targets if target.name == name)

    def run(octets: bytes) -> None:
        target.check(octets)

    def mutate(octets: bytes, size_max: int, seed: int) -> bytes:
        changed: bytes = mutation.mutate(octets, size_max, seed, atheris.Mutate, target.words)
        return changed

    # When it merges, libFuzzer starts itself anew by this command.
    itself = f"{sys.executable} -m tests.fuzz.worker {module} {name}"
    arguments = [itself, *flags]
    if target.is_json:
        atheris.Setup(arguments, run, custom_mutator=mutate)
    else:
        atheris.Setup(arguments, run)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
