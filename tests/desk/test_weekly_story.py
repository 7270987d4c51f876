"""The weekly report and the dossier in a real browser, on a desk and on a phone; nothing axe complains of."""

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest

from projects.models import Agreement
from reports.models import Snapshot, WrittenReport
from reports.services import snapshots
from tests.factories import AgreementFactory, ProjectFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NOW = dt.datetime(2026, 11, 27, 12, 5, tzinfo=dt.timezone(dt.timedelta(hours=8)))
AXE = (Path(__file__).parents[2] / "tests/vendor/axe/axe.min.js").read_text()


@pytest.fixture
def project(manager, settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)
    project = ProjectFactory(name="测试项目甲", stage="land.signed", track="land", light="red", light_reason="土地摘牌 逾期")
    AgreementFactory(project=project, kind=Agreement.Kind.FORMAL, amount=Decimal(20_000), signed_on=dt.date(2026, 3, 1))
    snapshots.take_snapshot(Snapshot.Kind.WEEKLY, now=NOW)
    return project


def faults(page):
    """What axe finds serious, and whether the page is wider than the screen."""
    page.evaluate(AXE)
    found = page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
    serious = [fault["id"] for fault in found if fault["impact"] in ("serious", "critical")]
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [*serious, *(["wide"] if wide > 0 else [])]


@pytest.mark.parametrize("width", [1366, 390])
def test_from_snapshot_to_issue_in_four_acts(open_page, project, width):
    page = open_page("/reports/weekly/", width)
    assert faults(page) == []
    page.get_by_role("button", name="起草周报").click()
    assert faults(page) == []

    page.get_by_label("五、下周计划").fill("下周完成摘牌。")
    page.get_by_role("button", name="保存").click()
    page.get_by_role("button", name="印发并存档").click()

    assert faults(page) == []
    assert page.get_by_text("下周完成摘牌。").is_visible()
    assert page.get_by_role("button", name="保存").count() == 0
    assert WrittenReport.objects.get().is_issued
    with page.expect_download() as download:
        page.get_by_role("link", name="下载 Word").click()
    assert download.value.suggested_filename == "关于2026年11月20日至11月27日招商引资工作情况的报告.docx"


@pytest.mark.parametrize("width", [1366, 390])
def test_the_dossier_is_two_taps_from_the_project(open_page, project, width):
    page = open_page(project.get_absolute_url(), width)
    page.get_by_role("link", name="一项一档").click()
    assert faults(page) == []

    with page.expect_download() as download:
        page.get_by_role("link", name="下载 PDF").click()
    assert download.value.suggested_filename == "测试项目甲 一项一档.pdf"
