"""The skin of the admin in a real browser, at both widths: tabs, counters, conditional fields, nothing lost by leaving."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from companies.models import Company
from tests.desk.conftest import WIDTHS, Open
from tests.factories import CompanyFactory, PositionFactory, ProjectFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def change(row) -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


def tab(page: Page, name: str):
    return page.get_by_role("tab", name=name)


@pytest.mark.parametrize("width", WIDTHS)
def test_tabs_are_chosen_by_mouse_and_by_keys_and_the_address_remembers(open_page: Open, width):
    page = open_page(change(ProjectFactory()), width)
    first, agreements = tab(page, "基本信息"), tab(page, "协议")

    agreements.click()

    expect(agreements).to_have_attribute("aria-selected", "true")
    expect(page.locator("#agreements-group")).to_be_visible()
    expect(page.locator("#id_name")).to_be_hidden()
    assert page.url.endswith("#agreements-group")
    page.reload()
    expect(page.locator("#agreements-group")).to_be_visible()

    agreements.press("Home")
    expect(first).to_be_focused()
    expect(page.locator("#id_name")).to_be_visible()
    first.press("ArrowLeft")
    expect(tab(page, "附件")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(first).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(tab(page, "参与方")).to_have_attribute("aria-selected", "true")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    expect(page.locator("[name=_save]")).to_be_in_viewport()


def test_a_tab_counts_the_rows_that_will_live(open_page: Open):
    company = PositionFactory().company
    page = open_page(change(company))
    aliases, positions = tab(page, "企业别名"), tab(page, "任职")
    expect(positions).to_have_text("任职 1")

    aliases.click()
    page.click("#aliases-group .addlink")
    expect(aliases).to_have_text("企业别名 0")
    page.fill("#id_aliases-0-name", "测试别名")
    expect(aliases).to_have_text("企业别名 1")
    page.click("#aliases-group .inline-deletelink")
    expect(aliases).to_have_text("企业别名 0")

    positions.click()
    page.check("#id_positions-0-DELETE")
    expect(positions).to_have_text("任职 0")


def test_an_error_marks_its_tab_and_opens_it(open_page: Open):
    company = PositionFactory().company
    page = open_page(change(company))
    tab(page, "任职").click()
    page.click("#positions-group .addlink")
    page.fill("#id_positions-1-title", "测试职务")
    tab(page, "基本信息").click()

    page.click("[name=_save]")

    expect(tab(page, "任职")).to_have_attribute("aria-selected", "true")
    expect(tab(page, "任职")).to_contain_text("有错误")
    expect(page.locator("#positions-group .errorlist")).to_be_visible()
    expect(page.locator(".submit-row .unsaved")).to_have_text("有未保存的修改")


def test_leaving_with_something_typed_is_asked_about_and_saving_by_key_is_not(open_page: Open):
    company = CompanyFactory()
    page = open_page(change(company))
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    note = page.locator(".submit-row .unsaved")
    expect(note).to_be_empty()

    tab(page, "附件").click()
    tab(page, "基本信息").click()
    page.locator("#id_short_name").press_sequentially("简")
    expect(note).to_have_text("有未保存的修改")
    page.locator("#desk-links a").first.click()
    assert asked == ["beforeunload"]

    tab(page, "附件").click()
    with page.expect_navigation():
        page.keyboard.press("Control+s")
    assert asked == ["beforeunload"]
    assert Company.objects.get(pk=company.pk).short_name.startswith("简")
    expect(tab(page, "附件")).to_have_attribute("aria-selected", "true")
    expect(note).to_be_empty()
    page.locator("#desk-links a").first.click()
    assert asked == ["beforeunload"]


@pytest.mark.parametrize("width", WIDTHS)
def test_a_field_shows_when_it_matters_or_holds_something(open_page: Open, width):
    page = open_page(change(ProjectFactory()), width)
    land = page.locator("#id_land_mu")
    expect(land).to_be_hidden()

    page.select_option("#id_land_mode", "sale")
    expect(land).to_be_visible()
    page.fill("#id_land_mu", "30")
    page.select_option("#id_land_mode", "none")
    expect(land).to_have_value("30")
    expect(land).to_be_visible()
    page.fill("#id_land_mu", "")
    expect(land).to_be_hidden()


def test_a_column_of_child_rows_shows_when_one_of_them_needs_it(open_page: Open):
    page = open_page(reverse("admin:events_event_add"))
    expect(page.locator("#id_name")).to_be_focused()
    tab(page, "参加人员").click()
    page.click("#participations-group .addlink")
    expect(page.locator("th.column-headcount")).to_be_hidden()

    page.fill("#id_participations-0-group_label", "测试群体")

    expect(page.locator("th.column-headcount")).to_be_visible()
    expect(page.locator("#id_participations-0-headcount")).to_be_visible()
    expect(page.locator("#id_participations-0-headcount_qualifier")).to_be_hidden()


@pytest.mark.parametrize("width", WIDTHS)
def test_without_javascript_it_is_one_long_form(open_page: Open, width):
    project = ProjectFactory()
    page = open_page(change(project), width, scripts=False)

    expect(page.get_by_role("tab")).to_have_count(0)
    for part in ("#id_name", "#id_land_mu", "#parties-group", "#agreements-group"):
        expect(page.locator(part)).to_be_visible()
    page.fill("#id_name", "测试改名项目")
    page.click("[name=_save]")

    expect(page.locator(".messagelist")).to_contain_text("测试改名项目")


def test_on_a_phone_filters_are_folded_and_the_name_of_a_row_stays(open_page: Open):
    ProjectFactory(name="测试一个名称较长的项目")
    page = open_page(reverse("admin:projects_project_changelist"), 390)
    expect(page.locator("#changelist-filter")).to_be_hidden()

    page.locator(".results").evaluate("area => { area.scrollLeft = 200; }")

    assert page.locator("#result_list tbody th").bounding_box()["x"] >= 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.click(".filters-panel > summary")
    expect(page.locator("#changelist-filter")).to_be_visible()
