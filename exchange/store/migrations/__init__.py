"""How the database comes to its tables: Alembic revisions, run by the program itself."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import URL, create_engine
from sqlalchemy.pool import NullPool

from exchange.store.engine import normal_url


def upgrade(url: str | URL) -> None:
    """Bring the database to the tables of this program, creating it where it is absent."""
    engine = create_engine(normal_url(url), poolclass=NullPool)
    try:
        with engine.begin() as connection:
            settings = alembic_config()
            settings.attributes["connection"] = connection
            command.upgrade(settings, "head")
    finally:
        engine.dispose()


def alembic_config() -> Config:
    """Return Alembic's settings for our revisions, without a file."""
    settings = Config()
    settings.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    settings.set_main_option("path_separator", "os")
    return settings
