"""All or nothing: a process killed at any point leaves every row or none, and the job can be run again."""

import os
import signal
import subprocess
import sys

import pytest
from django.core.files.base import ContentFile
from django.db import connection

from accounts import roles
from audit.models import Change
from companies.models import Company, Person
from ledgers import services
from ledgers.layouts.known import LAYOUTS
from ledgers.models import ImportJob, Provenance
from ledgers.writing import write_xlsx
from projects.models import Agreement, Project, ProjectParty, StageChange
from tests.factories import NOW, UserFactory
from tests.ledgers.rows import context_of, signed
from tests.servers import ROOT

pytestmark = pytest.mark.django_db(transaction=True)
ROWS = 300
TABLES = (Project, Company, ProjectParty, Agreement, StageChange, Person, Change, Provenance)
BEFORE = ["reading", "comparing", "first rows", "last rows", "pointing", "before commit"]


@pytest.fixture
def job(tmp_path):
    roles.sync_groups()
    user = UserFactory(roles=["manager"])
    path, layout = tmp_path / "台账.xlsx", LAYOUTS["T1"]
    empty = dict.fromkeys(column.key for column in layout.columns)
    rows = [
        {**empty, **signed(name=f"测试项目{number:03}", investor=f"测试企业{number:03}有限公司", stage="公司注册").values}
        for number in range(ROWS)
    ]
    write_xlsx(path, layout, rows, context=context_of(user))
    return services.upload(path.name, ContentFile(path.read_bytes()), by=user)


def run_and_die(point, job, database_url):
    environment = {**os.environ, "DATABASE_URL": database_url}
    command = [sys.executable, "-m", "tests.ledgers.dying", point, str(job.pk)]
    return subprocess.run(command, check=False, cwd=ROOT, env=environment, capture_output=True, timeout=120)


def rows():
    return {model.__name__: model._base_manager.count() for model in TABLES}


def test_a_process_killed_before_the_commit_leaves_nothing_and_the_job_can_be_run_again(job, database_url):
    before = rows()

    for point in BEFORE * 2:
        died = run_and_die(point, job, database_url)
        assert died.returncode == -signal.SIGKILL, died.stderr.decode()[-2000:]
        assert rows() == before, point

    job.refresh_from_db()
    services.apply(job, by=job.created_by, now=NOW)
    assert Project.objects.count() == ROWS


def test_a_process_killed_after_the_commit_leaves_everything_and_is_not_run_twice(job, database_url):
    died = run_and_die("after commit", job, database_url)
    assert died.returncode == -signal.SIGKILL, died.stderr.decode()[-2000:]

    job.refresh_from_db()

    assert (job.status, Project.objects.count()) == (ImportJob.Status.APPLIED, ROWS)
    with pytest.raises(Exception, match="已经导入过了"):
        services.apply(job, by=job.created_by, now=NOW)
    connection.close()


@pytest.mark.parametrize("place", [0, ROWS // 2, ROWS - 1])
def test_a_bad_row_anywhere_imports_none(job, tmp_path, place):
    user, layout = job.created_by, LAYOUTS["T1"]
    empty = dict.fromkeys(column.key for column in layout.columns)
    values = [{**empty, **signed(name=f"测试项目{n:03}", investor=f"测试企业{n:03}有限公司").values} for n in range(ROWS)]
    values[place]["department"] = "没有的部门"
    write_xlsx(tmp_path / "坏行.xlsx", layout, values, context=context_of(user))
    bad = services.upload("坏行.xlsx", ContentFile((tmp_path / "坏行.xlsx").read_bytes()), by=user)

    with pytest.raises(Exception, match="1 处问题"):
        services.apply(bad, by=user, now=NOW)

    assert not Project.objects.exists()
