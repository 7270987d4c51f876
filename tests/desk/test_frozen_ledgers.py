"""T1, T2 and T4 of a snapshot: what stood then, and a dash where no snapshot can say."""

import datetime as dt
from decimal import Decimal

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied

from accounts import roles
from desk import frozen_ledgers
from desk.frozen_rows import ABSENT, rows
from ledgers.layouts.known import LAYOUTS
from projects.models import Agreement, Project
from projects.services import refresh_project
from reports.models import Snapshot
from reports.services import snapshots
from tests.factories import (
    AgreementFactory,
    CapitalArrivalFactory,
    CompanyFactory,
    MilestoneFactory,
    ProgressReportFactory,
    ProjectFactory,
    ProjectMemberFactory,
    ProjectPartyFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 27, 12, 5, tzinfo=dt.timezone(dt.timedelta(hours=8)))
START, END = dt.date(2026, 11, 20), dt.date(2026, 11, 27)


@pytest.fixture
def manager():
    roles.sync_groups()
    return UserFactory(roles=["manager"])


@pytest.fixture
def signed(manager):
    project = ProjectFactory(name="测试项目甲", code="T-2026-001", stage="land.signed", track="land", land_mu=Decimal("50.5"))
    ProjectPartyFactory(project=project, company=CompanyFactory(name="测试企业甲有限公司", city="深圳"))
    AgreementFactory(project=project, kind=Agreement.Kind.FORMAL, amount=Decimal(20_000), amount_qualifier="about", signed_on=END)
    CapitalArrivalFactory(
        project=project, amount=Decimal(300), arrived_on=END, status="verified", verified_at=NOW, verified_by=manager
    )
    MilestoneFactory(project=project, code="A08", name="土地摘牌", due_on=dt.date(2026, 12, 1), status="doing")
    ProgressReportFactory(project=project, period_start_on=START, period_end_on=END, status="accepted", progress="平整场地")
    ProjectMemberFactory(project=project, user=None, name="领导甲", role="leader")
    refresh_project(project)
    return project


def take():
    return snapshots.take_snapshot(Snapshot.Kind.WEEKLY, now=NOW)


def sheet(code, snapshot, user, folder):
    path = frozen_ledgers.write_ledger(code, snapshot, folder, by=user, now=NOW)
    return [[cell for cell in row if cell is not None] for row in openpyxl.load_workbook(path).active.iter_rows(values_only=True)]


def row_of(rows, name):
    return next(row for row in rows if name in row)


def test_t1_says_what_stood_in_the_snapshot(manager, signed, tmp_path):
    row = row_of(sheet("T1", take(), manager, tmp_path), "测试项目甲")

    for told in ("测试企业甲有限公司", "深圳", "投资协议（正式合同）", "约2亿元", 50.5, "签约", "平整场地", "领导甲", 0.03):
        assert told in row


def test_a_column_no_snapshot_holds_is_a_dash_and_named_in_the_notes(manager, signed, tmp_path):
    rows = sheet("T1", take(), manager, tmp_path)
    notes = "".join(str(cell) for row in rows for cell in row)

    assert row_of(rows, "测试项目甲").count("—") == len(ABSENT["T1"])
    assert "快照不含以下各列，记“—”：投资方/企业资质" in notes


def test_t2_holds_who_is_talked_to_and_t1_who_has_signed(manager, signed, tmp_path):
    ProjectFactory(name="测试项目乙", stage="land.negotiating", track="land")
    ProjectFactory(name="测试项目丙", stage="land.negotiating", track="land", status="terminated", status_reason="测试原因")
    snapshot = take()

    told = {code: str(sheet(code, snapshot, manager, tmp_path)) for code in ("T1", "T2")}

    assert ["测试项目甲" in told[code] for code in told] == [True, False]
    assert ["测试项目乙" in told[code] for code in told] == [False, True]
    assert "测试项目丙" not in told["T2"]


def test_t4_shows_the_nodes_planned_and_as_they_stood(manager, signed, tmp_path):
    row = row_of(sheet("T4", take(), manager, tmp_path), "测试项目甲")

    assert dt.datetime(2026, 12, 1) in row
    assert "进行中" in row


def test_every_column_is_either_filled_or_named_as_absent(manager, signed):
    ProjectFactory(name="测试项目乙", stage="land.negotiating", track="land")
    snapshot = take()
    for code in frozen_ledgers.CODES:
        keys = {column.key for column in LAYOUTS[code].written}
        told = set().union(*rows(code, snapshot, user=manager))
        sums = {"capital_total", "capital_year", "capital_outside"}

        assert keys - set(ABSENT[code]) - sums == told - sums


def test_later_edits_change_nothing(manager, signed, tmp_path):
    snapshot = take()
    before = {code: sheet(code, snapshot, manager, tmp_path) for code in frozen_ledgers.CODES}
    Project.objects.update(name="改名", stage="land.started")
    Agreement.objects.update(amount=Decimal(1))
    signed.milestones.update(due_on=dt.date(2027, 1, 1))

    assert {code: sheet(code, snapshot, manager, tmp_path) for code in frozen_ledgers.CODES} == before


def test_only_projects_the_person_may_see_now_are_in_it(manager, signed, tmp_path):
    officer = UserFactory(roles=["officer"])

    assert "测试项目甲" not in str(sheet("T1", take(), officer, tmp_path))


def test_press_rows_are_in_no_ledger(manager, tmp_path):
    ProjectFactory(name="测试报道项目", origin="press", owner=None, stage="any.signed", track=None)

    assert "测试报道项目" not in str(sheet("T1", take(), manager, tmp_path))


def test_who_may_take_nothing_gets_no_ledger(manager, signed, tmp_path):
    with pytest.raises(PermissionDenied):
        frozen_ledgers.write_ledger("T1", take(), tmp_path, by=UserFactory(roles=["operator"]), now=NOW)
