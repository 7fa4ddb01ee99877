"""The database that the revisions make is the one that tables.py describes."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, create_engine, inspect

from exchange.store.migrations import alembic_config, upgrade
from exchange.store.tables import REVISION, metadata


def test_the_migrated_database_equals_the_tables(database_url: URL) -> None:
    """Nothing is left to migrate: no table, column, index or key differs."""
    engine = create_engine(database_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_the_migrated_database_has_every_check(database_url: URL) -> None:
    """Alembic does not compare checks, so they are compared by name here."""
    engine = create_engine(database_url)
    found = inspect(engine)
    for table in metadata.tables.values():
        declared = {c.name for c in table.constraints if type(c).__name__ == "CheckConstraint"}
        assert {check["name"] for check in found.get_check_constraints(table.name)} == declared
    engine.dispose()


def test_the_revision_named_is_the_last(database_url: URL) -> None:
    """The program asks for the last revision, and upgrading again changes nothing."""
    assert ScriptDirectory.from_config(alembic_config()).get_current_head() == REVISION
    upgrade(database_url)
