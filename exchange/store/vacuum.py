"""The database written anew, so that nothing deleted is left in its free pages or its log."""

from sqlalchemy import URL, create_engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from exchange.errors import StoreBusy
from exchange.store.engine import normal_url


def vacuum(url: str | URL) -> None:
    """
    Write every table anew and empty the write-ahead log as far as it is ours to empty.

    PostgreSQL's log and its backups have their own length, which its operator sets.

    Raises:
        StoreBusy: Somebody reads or writes meanwhile; stop the service, or try again.
    """
    engine = create_engine(normal_url(url), poolclass=NullPool, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            if engine.dialect.name != "sqlite":
                connection.exec_driver_sql("VACUUM FULL")
                return
            connection.exec_driver_sql("VACUUM")
            (is_busy, *_) = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
            if is_busy:
                raise StoreBusy
    except OperationalError as fault:
        raise StoreBusy from fault
    finally:
        engine.dispose()
