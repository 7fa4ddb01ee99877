"""The house rules, where a machine can judge them."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "exchange"

MODULE_LINES_MAX = 300
TEST_LINES_MAX = 450  # a table of cases is long and still read line by line
FUNCTION_LINES_MAX = 60

# Modules that are longer than that, each with the reason why no noun would split it.
LONG = {
    "exchange/reports/paper/words.py": "one table of words in four languages",
    "exchange/web/texts.py": "one table of words in two languages",
}

# Who may import whom: our own rooms, then libraries. What stands in no row may import everything
# and is imported by nobody: service, cli, demo, settings, installation, conformance, bench.
ROOMS: dict[str, tuple[set[str], set[str]]] = {
    "errors": (set(), set()),
    "domain": ({"errors"}, {"pydantic", "pydantic_core", "rapidfuzz"}),
    "proof": ({"errors"}, {"cryptography", "pydantic", "orjson", "joserfc", "rfc3161_client"}),
    "store": ({"domain", "proof", "errors"}, {"sqlalchemy", "alembic", "structlog"}),
    "flow": (
        {"store", "domain", "proof", "errors"},
        {"aiohttp", "jsonschema_rs", "orjson", "pydantic", "structlog"},
    ),
    "reports": (
        {"store", "domain"},
        {"babel", "jinja2", "pydantic", "rich", "segno", "typst", "xlsxwriter"},
    ),
    "access": ({"store", "errors"}, {"cryptography", "webauthn", "argon2"}),
    "web": (
        {"flow", "reports", "access", "store", "domain", "errors"},
        {"aiohttp", "orjson", "prometheus_client", "pydantic", "structlog"},
    ),
}
TOP = {"service", "cli", "demo", "settings", "installation", "conformance"}

# Who may import the conformance kit: it is a program of its own, behind one command.
KIT_USERS = {"conformance", "cli"}

# The only modules of flow that speak to the network.
DIALLERS = {"flow.delivery", "flow.heartbeat", "flow.statements", "flow.waking", "flow.witness"}

# Where a clock may be read.
CLOCKS = {"flow.clock"}

IMPURE = {
    *{"asyncio", "io", "logging", "multiprocessing", "os", "pathlib", "random", "secrets"},
    *{"shutil", "socket", "sqlite3", "subprocess", "tempfile", "threading", "time"},
}

FORBIDDEN_NAMES = {"utils", "util", "common", "helpers", "base", "manager", "handler", "impl"}


def files(*suffixes: str, under: Path = ROOT) -> Iterator[Path]:
    """Give the project's own files: what a tool made or installed is none of them."""
    for path in sorted(under.iterdir()):
        if path.name in {"__pycache__", "build", "dist"} or path.name.endswith(".egg-info"):
            continue
        if path.is_dir():
            hidden = path.name.startswith(".") and path.name != ".ci"
            if not hidden and not path.name.startswith("demo-"):
                yield from files(*suffixes, under=path)
        elif not suffixes or path.suffix in suffixes:
            yield path


@cache
def tree(path: Path) -> ast.Module:
    """Return the syntax tree of the module at *path*."""
    return ast.parse(path.read_text(encoding="utf-8"))


def name_of(path: Path) -> str:
    """Return the dotted name of a module of the package, without the package's own."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def room_of(path: Path) -> str:
    """Return the room a module stands in."""
    return name_of(path).split(".")[0]


def imports(path: Path) -> Iterator[tuple[str, int]]:
    """Give every module that *path* imports, absolute, with the line."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: imports are absolute"
            module = node.module or ""
            yield from ((f"{module}.{alias.name}", node.lineno) for alias in node.names)


def modules() -> list[Path]:
    """Return every module of the package."""
    return list(files(".py", under=PACKAGE))


def at(path: Path, line: int) -> str:
    """Return *path* and *line* as an editor opens them."""
    return f"{path.relative_to(ROOT)}:{line}"


def test_a_room_imports_only_what_its_row_allows() -> None:
    """Every import of every room stands in the table above."""
    offences = []
    for path in modules():
        room = room_of(path)
        if room not in ROOMS:
            continue
        rooms, libraries = ROOMS[room]
        for imported, line in imports(path):
            first, _, rest = imported.partition(".")
            if first == "exchange":
                second = rest.split(".")[0]
                allowed = second in rooms | {room} or (not second and room != "errors")
            else:
                allowed = first in sys.stdlib_module_names or first in libraries
            if not allowed:
                offences.append(f"{at(path, line)}: {room} imports {imported}")
    assert offences == []


def test_nobody_imports_the_rooms_at_the_top() -> None:
    """Service, commands, demo and settings are imported by each other only."""
    offences = [
        f"{at(path, line)}: {imported}"
        for path in modules()
        for imported, line in imports(path)
        if imported.startswith(tuple(f"exchange.{top}" for top in TOP))
        and room_of(path) not in TOP | {"__main__"}
    ]
    assert offences == []


def test_the_conformance_kit_is_for_its_command_alone() -> None:
    """No room but the commands imports the kit, and the kit imports everything but the demo."""
    offences = [
        f"{at(path, line)}: {imported}"
        for path in modules()
        for imported, line in imports(path)
        if (imported.startswith("exchange.conformance") and room_of(path) not in KIT_USERS)
        or (imported.startswith("exchange.demo") and room_of(path) == "conformance")
    ]
    assert offences == []


def test_only_the_end_of_a_scenario_reads_what_must_be_found() -> None:
    """What looks for discrepancies, or reports them, has no way to what a scenario expects."""
    reads = {name_of(path) for path in modules() if "demo/expected" in path.read_text("utf-8")}
    imported_by = {
        name_of(path)
        for path in modules()
        for imported, _ in imports(path)
        if imported.startswith("exchange.demo.scenarios.comparing")
    }
    assert reads == {"demo.scenarios.comparing"}
    assert imported_by == {f"demo.scenarios.{name}" for name in ("ending", "manual", "run")}


def test_only_the_diallers_of_flow_know_the_network() -> None:
    """No other module of flow imports aiohttp, and web imports no client of it."""
    offences = []
    for path in modules():
        for imported, line in imports(path):
            client = imported.startswith("aiohttp")
            if room_of(path) == "flow" and client and name_of(path) not in DIALLERS:
                offences.append(f"{at(path, line)}: {imported}")
            if room_of(path) == "web" and imported.startswith("aiohttp.Client"):
                offences.append(f"{at(path, line)}: {imported}")
    assert offences == []


def test_the_rules_are_pure() -> None:
    """Nothing in domain or proof awaits, and domain knows no clock, chance, file or log."""
    offences = []
    for path in modules():
        room = room_of(path)
        if room == "domain":
            offences += [
                f"{at(path, line)}: {name}"
                for name, line in imports(path)
                if name.split(".")[0] in IMPURE
            ]
        if room in {"domain", "proof"}:
            offences += [
                f"{at(path, node.lineno)}: awaits"
                for node in ast.walk(tree(path))
                if isinstance(node, ast.AsyncFunctionDef | ast.Await)
            ]
    assert offences == []


def test_time_is_an_argument() -> None:
    """No module but the clock's own, the service and the commands asks what time it is."""
    reads = {("datetime", "now"), ("datetime", "utcnow"), ("date", "today"), ("time", "time")}
    offences = [
        at(path, node.lineno)
        for path in modules()
        if name_of(path) not in CLOCKS and room_of(path) not in {"cli", "demo"}
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and (node.value.id, node.attr) in reads
    ]
    assert offences == []


@pytest.mark.parametrize(
    ("proof", "maker"), [("Cleared", "domain.screening"), ("Verified", "proof.lines")]
)
def test_only_its_maker_makes_a_proof(proof: str, maker: str) -> None:
    """A Cleared comes from screening and a Verified from the verifier: nobody else builds one."""
    offences = [
        at(path, node.lineno)
        for path in modules()
        if name_of(path) != maker
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call)
        and (getattr(node.func, "id", None) == proof or getattr(node.func, "attr", None) == proof)
    ]
    assert offences == []


def test_names_say_what_is_inside() -> None:
    """No folder or module has a name that could hold anything."""
    offences = [
        str(path.relative_to(ROOT))
        for path in files(".py")
        if FORBIDDEN_NAMES & {*path.relative_to(ROOT).with_suffix("").parts}
    ]
    assert offences == []


def test_a_folder_holds_what_belongs_together() -> None:
    """A folder of the package has three modules or more beside its first."""
    folders = {path.parent for path in modules() if path.name == "__init__.py"} - {PACKAGE}
    offences = [
        str(folder.relative_to(ROOT))
        for folder in sorted(folders)
        if len(list(folder.glob("*.py"))) < 1 + 2 and "migrations" not in folder.parts
    ]
    assert offences == []


def test_modules_and_functions_are_short() -> None:
    """A module has at most 300 lines (450 a test) and a function 60, docstring and all."""
    offences = []
    for path in files(".py"):
        lines = len(path.read_text(encoding="utf-8").splitlines())
        name = path.relative_to(ROOT).as_posix()
        most = TEST_LINES_MAX if name.startswith("tests/") else MODULE_LINES_MAX
        if lines > most and name not in LONG and "migrations" not in path.parts:
            offences.append(f"{name}: {lines} lines")
        if "migrations" in path.parts:
            continue
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > FUNCTION_LINES_MAX:
                    offences.append(f"{at(path, node.lineno)}: {node.name}, {length} lines")
    assert offences == []


def test_every_test_says_what_is_true() -> None:
    """Each test has a docstring that is a sentence."""
    offences = [
        f"{at(path, node.lineno)}: {node.name}"
        for path in files(".py", under=ROOT / "tests")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.startswith("test_")
        and not re.match(r"(?s)\s*\S.*[.!?]\s*$", ast.get_docstring(node) or "")
    ]
    assert offences == []


def test_every_exception_to_a_rule_has_its_reason() -> None:
    """Whatever switches a rule off on a line says why on the same line."""
    switch = re.compile(
        r"#\s*(?:(?:ruff:\s*)?noqa:?[\sA-Z0-9,]*|type:\s*ignore(?:\[[a-z, -]+\])?"
        r"|pragma:\s*no\s*(?:cover|branch))"
    )
    reason = re.compile(r"\s*[#:—-]\s*\w.{7,}")
    offences = []
    for path in files(".py"):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            switched = switch.search(line)
            if switched and not reason.match(line, switched.end()) and path != Path(__file__):
                offences.append(f"{at(path, number)}: {line.strip()}")
    assert offences == []


def test_every_rule_switched_off_for_all_has_its_reason() -> None:
    """Each entry of ruff's ignore lists in pyproject.toml has a comment."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    lint = tomllib.loads(text)["tool"]["ruff"]["lint"]
    tables = [lint["ignore"], *lint["per-file-ignores"].values()]
    codes = {code for table in tables for code in table}
    section = text.split("[tool.ruff.lint]")[1].split("[tool.mypy]")[0]
    offences = [
        code
        for code in sorted(codes)
        if not any(
            f'"{code}"' in line and re.search(r"#\s*\S", line) for line in section.split("\n")
        )
    ]
    assert offences == []
