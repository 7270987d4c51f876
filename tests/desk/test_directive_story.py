"""From a meeting's decision to a closed order, in a real browser: one request an act, and nothing axe complains of."""

import datetime as dt

import pytest
from django.conf import settings as site_settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from activities.models import Directive
from tests.desk.conftest import WIDTHS, Open
from tests.factories import AgendaItemFactory, DepartmentFactory, EventFactory, UserFactory
from tests.servers import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.parametrize("width", WIDTHS)]

AXE = (ROOT / "tests/vendor/axe/axe.min.js").read_text()


def sound(page: Page) -> None:
    """No serious fault of accessibility, nothing wider than the screen."""
    page.evaluate(AXE)
    found = page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
    serious = [(item["id"], item["nodes"][0]["html"][:160]) for item in found if item["impact"] in {"serious", "critical"}]
    assert serious == [], page.url
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url


def become(page: Page, user) -> None:
    """The same browser, another person."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    address = page.url.partition("/directives")[0]
    cookie = {"name": site_settings.SESSION_COOKIE_NAME, "value": client.session.session_key, "url": address}
    page.context.add_cookies([cookie])


def press(page: Page, act: str, words: str = "") -> None:
    """One act: its words, its button."""
    form = page.locator(f"form.act:has(button[value={act}])")
    if words:
        form.locator("textarea").fill(words)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.method) if request.method == "POST" else None)
    form.locator("button").click()
    expect(page.locator(".undo")).to_be_visible()
    assert asked == ["POST"]


def test_a_decision_is_ordered_signed_worked_reported_returned_and_closed(open_page: Open, manager, width):
    unit = DepartmentFactory(name="测试供电公司")
    liaison = UserFactory(roles=["liaison"], department=unit, display_name="测试员乙")
    event = EventFactory(name="测试推进会", owner=manager, kind="meeting")
    AgendaItemFactory(event=event, title="供电保障", decision="一是完成增容\n二是编制方案")
    page = open_page(event.get_absolute_url(), width)
    page.click("text=转交办 >> nth=0")
    expect(page.locator("#id_form-0-text")).to_have_value("一是完成增容")
    sound(page)
    due = (timezone.localdate() + dt.timedelta(days=7)).isoformat()
    for n in (0, 1):
        page.select_option(f"#id_form-{n}-lead_unit", label="测试供电公司")
        page.fill(f"#id_form-{n}-due_on", due)
    page.click("main form.orders-form button[type=submit]")
    expect(page.locator(".messages")).to_contain_text("已交办 2 项")
    sound(page)

    become(page, liaison)
    page.goto("/directives/?tab=sign")
    page.click("text=一是完成增容")
    sound(page)
    press(page, "sign")
    press(page, "note", "已进场施工")
    press(page, "report", "已增容到 10 千伏")
    expect(page.locator("form.act button[value=close]")).to_have_count(0)

    row = Directive.objects.get(text="一是完成增容")
    become(page, manager)
    page.goto(row.get_absolute_url())
    press(page, "return", "请附验收单")
    become(page, liaison)
    page.goto(row.get_absolute_url())
    press(page, "report", "已附验收单")
    become(page, manager)
    page.goto(row.get_absolute_url())
    press(page, "close")
    expect(page.locator(".tag").first).to_have_text("已销号")
    sound(page)

    page.click("text=督办单")
    page.emulate_media(media="print")
    sound(page)
    slip = page.locator(".slip")
    for words in (row.number, "测试供电公司", "一是完成增容", "已附验收单", "同意销号", "未升级"):
        expect(slip).to_contain_text(words)
    expect(page.locator(".actions")).to_be_hidden()
    page.emulate_media(media="screen")
    page.goto(event.get_absolute_url())
    expect(page.locator("[aria-labelledby=agenda]")).to_contain_text("已销号")
    sound(page)
