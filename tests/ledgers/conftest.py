"""Who brings ledgers, and how: shared by the tests that go through real files."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.base import ContentFile

from accounts import roles
from accounts.models import User
from ledgers import services
from ledgers.models import ImportJob
from tests.factories import DepartmentFactory, UserFactory

type Upload = Callable[..., ImportJob]


@pytest.fixture
def user(db: None) -> User:
    roles.sync_groups()
    return UserFactory(roles=["manager"])


@pytest.fixture
def upload(user: User) -> Upload:
    """Uploads a file as this person; options are what he said about it."""

    def bring(path: Path, **options: object) -> ImportJob:
        job = services.upload(path.name, ContentFile(path.read_bytes()), by=user)
        for name, value in options.items():
            setattr(job, name, value)
        return job

    return bring


@pytest.fixture
def office(user: User) -> User:
    """The units and colleagues that the messy ledgers name; 测试员甲 brings them."""
    for name in ("测试发展局", "测试一组", "测试二组"):
        DepartmentFactory(name=name)
    user.department.name, user.display_name = "测试招商中心", "测试员甲"
    user.department.save()
    user.save()
    UserFactory(display_name="测试员乙", roles=["officer"], department=user.department)
    return user
