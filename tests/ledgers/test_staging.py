"""On SQLite the rows of an import wait in a file of their own, so that others can write meanwhile."""

import sqlite3

import pytest
from django.db import IntegrityError, connection, transaction

from accounts import roles
from audit.models import Change
from ledgers import applying, staging
from ledgers.models import Provenance
from projects.models import Project
from tests.factories import NOW, ImportJobFactory, ProjectFactory, UserFactory
from tests.ledgers.rows import applied, plan_of, signed

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'sqlite'", reason="PostgreSQL 没有这个限制，行直接写入"),
]


@pytest.fixture
def user():
    roles.sync_groups()
    return UserFactory(roles=["manager"])


def others_may_write():
    """Whether a second connection gets the lock at once."""
    other = sqlite3.connect(connection.settings_dict["NAME"], timeout=0, isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
        other.execute("ROLLBACK")
    except sqlite3.OperationalError:
        return False
    finally:
        other.close()
    return True


def test_others_may_write_while_the_rows_are_built(user, monkeypatch):
    free = []
    build = staging.statements
    monkeypatch.setattr(
        staging, "statements", lambda *args, **options: free.append(others_may_write()) or build(*args, **options)
    )

    applied(signed(stage="开工"), user=user)

    assert len(free) > 10
    assert all(free)


def test_staged_rows_are_those_that_would_be_inserted_at_once(user):
    applied(signed(), user=user)
    with transaction.atomic():  # inside a transaction nothing is staged
        applied(signed(7, name="测试装备项目", investor="测试装备有限公司"), user=user)

    staged, direct = Project.objects.order_by("pk")
    for name in ("stage", "origin", "owner_id", "department_id", "version", "created_by_id", "updated_by_id"):
        assert getattr(staged, name) == getattr(direct, name)
    assert staged.lead_party.name == "测试光电有限公司"
    assert [row.history.count() for row in (staged, direct)] == [1, 1]
    assert [row.history.get().history_user for row in (staged, direct)] == [user, user]
    assert [Provenance.objects.of(row).count() for row in (staged, direct)] == [1, 1]
    assert Change.objects.filter(object_type="projects.Project", object_id=staged.pk).count() == 1


def test_a_key_reserved_for_an_import_is_given_to_nobody_else(user):
    row = Project()

    staging.reserve(Project, [row])
    other = ProjectFactory()

    assert other.pk > row.pk


def test_a_row_that_somebody_made_meanwhile_stops_the_whole_import(user):
    plan = plan_of(signed(), user=user)
    applied(signed(), user=user)
    before = Project.objects.count()

    with pytest.raises(IntegrityError):
        applying.write([plan], ImportJobFactory(), by=user, now=NOW)

    assert Project.objects.count() == before
    with connection.cursor() as cursor:  # the file is let go
        cursor.execute("PRAGMA database_list")
        assert [name for _number, name, _path in cursor.fetchall()] == ["main"]
