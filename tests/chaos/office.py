"""The servers an experiment stops and starts: on the ports that the environment's addresses name."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection

from tests.servers import PostgresServer, RedisServer


class DurablePostgres(PostgresServer):
    """Keeps what it said it committed, though it is ended at once; the machine itself does not go down."""

    speed = ("fsync=off", "synchronous_commit=on")


@dataclass(frozen=True)
class Servers:
    """What runs beside the workers; on SQLite there is no PostgreSQL."""

    redis: RedisServer
    postgres: PostgresServer | None


@contextmanager
def servers() -> Iterator[Servers]:
    """Redis, and PostgreSQL when the database is one."""
    redis = RedisServer()
    redis.port = urlsplit(settings.CONFIG.redis_url).port or redis.port
    with redis:
        if connection.vendor == "sqlite":
            yield Servers(redis, None)
            return
        postgres = DurablePostgres()
        postgres.port = int(connection.settings_dict["PORT"])
        with postgres:
            yield Servers(redis, postgres)
