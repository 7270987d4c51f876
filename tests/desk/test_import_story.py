"""The story of a ledger in a real browser: brought, its heads mapped, looked at, imported, taken back."""

import re

import openpyxl
import pytest
from playwright.sync_api import expect

from projects.models import Project
from tests.desk.conftest import WIDTHS, Open
from tests.ledgers.messy import signed_with_one_bad_row

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("width", WIDTHS)
def test_a_ledger_is_brought_mapped_imported_and_taken_back(open_page: Open, tmp_path, width: int):
    page = open_page("/ledgers/", width)
    page.set_input_files("[name=file]", signed_with_one_bad_row(tmp_path / "签约台账.xlsx"))
    page.get_by_role("button", name="上传并检查").click()

    expect(page.get_by_role("heading", name=re.compile("检查完成"))).to_be_visible()
    page.get_by_label("落在哪里").select_option(label="建设地点")
    page.get_by_role("button", name="按这样对应并重新检查").click()
    expect(page.get_by_text("列没有认出")).to_have_count(0)
    with page.expect_download() as marked:
        page.get_by_role("link", name="下载标出问题的表").click()
    marked.value.save_as(tmp_path / "marked.xlsx")
    book = openpyxl.load_workbook(tmp_path / "marked.xlsx")
    assert book.active["F7"].comment is not None
    assert not Project.objects.exists()

    page.get_by_role("button", name="导入无误的 2 行，退回 1 行").click()
    expect(page.get_by_role("heading", name="已导入")).to_be_visible()
    assert Project.objects.get(name="测试光电项目").site == "测试路1号"
    page.get_by_role("link", name="撤销这次导入").click()
    expect(page.get_by_text("导入后没有人改过这些记录")).to_be_visible()
    assert Project.objects.count() == 2
    page.get_by_role("button", name="确认撤销").click()
    expect(page.get_by_text("已撤销这次导入")).to_be_visible()
    assert not Project.objects.exists()
