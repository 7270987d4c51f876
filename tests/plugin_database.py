"""Gives the tests an installation of their own, and the database asked for, before Django reads its settings.

pyproject.toml loads it with `-p tests.plugin_database`, because pytest-django reads the settings before
any conftest.py. With pytest-xdist only the first process starts the server; its workers inherit the address.
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest

from tests.servers import PostgresServer, ServerMissingError

# Whatever an installation may set must not reach the tests: not a real mail server, not a real database.
OF_THE_INSTALLATION = (
    "ADMIN_EMAIL",
    "ALLOWED_HOSTS",
    "DATABASE_URL",
    "DEBUG",
    "EMAIL_URL",
    "HOST",
    "LOG_FORMAT",
    "MAIL_FROM",
    "METRICS_TOKEN",
    "PORT",
    "REDIS_URL",
    "ROBOT_HOSTS",
    "SEED",
    "SEPARATE_DUTIES",
    "SITE_URL",
    "TRUSTED_PROXIES",
    "ZONE_NAME",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--db",
        choices=["sqlite", "postgres"],
        default=os.environ.get("TEST_DATABASE", "sqlite"),
        help="数据库；postgres 会启动一个临时服务器 / which database; postgres starts a server of its own",
    )


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None]:
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker:
        os.environ["VAR_DIR"] = str(Path(os.environ["VAR_DIR"], worker))
    else:
        _make_installation(early_config)
        if early_config.known_args_namespace.db == "postgres":
            _start_postgres(early_config)
    return (yield)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL only what touches a database: the others have nothing to add to their run on SQLite."""
    if config.known_args_namespace.db == "sqlite":
        return
    asked = [item for item in items if _touches_a_database(item)]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(asked)])
    items[:] = asked


def _touches_a_database(item: pytest.Item) -> bool:
    fixtures = set(getattr(item, "fixturenames", []))
    return item.get_closest_marker("django_db") is not None or bool(fixtures & {"db", "transactional_db", "empty_database_url"})


def _make_installation(config: pytest.Config) -> None:
    folder = tempfile.mkdtemp(prefix="test-var-")
    config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))
    for name in OF_THE_INSTALLATION:
        os.environ.pop(name, None)
    os.environ |= {"VAR_DIR": folder, "ENV_FILE": os.devnull}


def _start_postgres(config: pytest.Config) -> None:
    try:
        server = PostgresServer()
    except ServerMissingError as error:
        print(error)
        sys.exit(1 if os.environ.get("CI") else 0)
    config.add_cleanup(server.remove)
    os.environ["DATABASE_URL"] = server.start().url("crm")
