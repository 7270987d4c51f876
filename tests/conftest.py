"""Fixtures for every test: real servers, and a real Celery worker on the test database."""

import dataclasses
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from django.conf import LazySettings
from django.conf import settings as site_settings
from django.db import connection
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from accounts import roles
from outbox.services import pulse
from tests import servers
from tests.smtp import SmtpSink

type StartWorker = Callable[..., servers.CeleryWorker]


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """SQLite tests use a file as the site does, so that threads and other processes see the same rows."""
    if connection.vendor == "sqlite":
        connection.settings_dict["TEST"]["NAME"] = str(site_settings.CONFIG.var_dir / "test.sqlite3")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """The roles' groups are there from the start: a test that makes sure of them finds nothing to do."""
    with django_db_blocker.unblock():
        roles.sync_groups()


@pytest.fixture(autouse=True)
def _just_started(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test meets a site that began this moment: no loop runs beside it, and no page need say so."""
    monkeypatch.setattr(pulse, "STARTED_AT", timezone.now())


@pytest.fixture
def free_port() -> int:
    return servers.free_port()


@pytest.fixture(scope="session")
def redis_server() -> Iterator[servers.RedisServer]:
    with servers.require(servers.RedisServer) as server:
        yield server


@pytest.fixture(scope="session")
def chromium() -> Path:
    return servers.require(servers.find_chromium)


@pytest.fixture(scope="session")
def _smtp_server() -> Iterator[SmtpSink]:
    sink = SmtpSink().start()
    yield sink
    sink.stop()


@pytest.fixture
def smtp(_smtp_server: SmtpSink, settings: LazySettings) -> Iterator[SmtpSink]:
    """An empty mail server that takes the site's mail for the length of one test."""
    _smtp_server.clear()
    settings.MAILERS = {"default": dataclasses.replace(settings.CONFIG, email_url=_smtp_server.email_url).mailer}
    yield _smtp_server
    _smtp_server.clear()


@pytest.fixture
def mail_folder(settings: LazySettings, tmp_path: Path) -> Path:
    """Where the site's mail is written as `.eml` files; without this or `smtp` it goes to Django's `mail.outbox`."""
    folder = tmp_path / "mail"
    settings.MAILERS = {"default": dataclasses.replace(settings.CONFIG, email_url=f"file://{folder}").mailer}
    return folder


@pytest.fixture
def empty_database_url(tmp_path: Path) -> Iterator[str]:
    """A new database beside the test database and of its kind, for a process that migrates it itself."""
    if connection.vendor == "sqlite":
        yield f"sqlite:///{tmp_path / 'crm.sqlite3'}"
        return
    name = f"empty_{os.getpid()}"
    server = os.environ["DATABASE_URL"].rpartition("/")[0]
    with psycopg.connect(f"{server}/postgres", autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")
        yield f"{server}/{name}"
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def celery_worker_process(transactional_db: None) -> Iterator[StartWorker]:
    """Starts a real worker on the test database: `celery_worker_process(REDIS_URL=redis_server.url)`.

    Keyword arguments are its environment. Without REDIS_URL it listens on this installation's folder,
    where `task.delay()` of the test rings; on Redis the test sends with `apply_async(connection=…)`.
    """
    started: list[servers.CeleryWorker] = []

    def start(**env: str) -> servers.CeleryWorker:
        _silence_broker()
        started.append(servers.CeleryWorker({"DATABASE_URL": _test_database_url(), **env}))
        return started[-1].start()

    yield start
    for worker in started:
        worker.remove()


def _silence_broker() -> None:
    """Take away what earlier tests rang: no worker was there to hear it."""
    for message in (site_settings.CONFIG.var_dir / "broker" / "messages").glob("*"):
        message.unlink()


@pytest.fixture
def database_url(transactional_db: None) -> str:
    """The address of the test database, for another process."""
    return _test_database_url()


def _test_database_url() -> str:
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return f"{os.environ['DATABASE_URL'].rpartition('/')[0]}/{name}"
