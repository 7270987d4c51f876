"""From the line of a mail to a new date, in a real browser: sign in, ask, the manager accepts, the one who asked is told."""

import datetime as dt
import re

import pytest
from django.conf import settings as site_settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from outbox import services as outbox
from projects.models import DateRequest
from reminders import services
from reminders.models import Reminder
from tests.desk.conftest import WIDTHS, Open
from tests.factories import MilestoneFactory, ReminderRuleFactory, UserFactory
from tests.servers import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.parametrize("width", WIDTHS)]

AXE = (ROOT / "tests/vendor/axe/axe.min.js").read_text()
WORD = "测试口令-0001-甲乙"


def sound(page: Page) -> None:
    """No serious fault of accessibility, nothing wider than the screen."""
    page.evaluate(AXE)
    found = page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
    serious = [(item["id"], item["nodes"][0]["html"][:160]) for item in found if item["impact"] in {"serious", "critical"}]
    assert serious == [], page.url
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url


def become(page: Page, user, address: str) -> None:
    """The same browser, another person."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    page.context.add_cookies([{"name": site_settings.SESSION_COOKIE_NAME, "value": client.session.session_key, "url": address}])


def at_nine(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time(9)))


def test_a_link_in_a_mail_leads_to_a_new_date_that_the_manager_accepts(
    open_page: Open, manager, live_server, settings, smtp, width
):
    settings.SITE_URL = live_server.url
    handler = UserFactory(roles=["liaison"], display_name="测试员乙", username="tester-b")
    handler.set_password(WORD)
    handler.save()
    day = timezone.localdate()
    while day.weekday() > 4 or (timezone.localtime().hour >= 9 and day == timezone.localdate()):
        day += dt.timedelta(days=1)
    milestone = MilestoneFactory(
        name="取得施工许可",
        responsible=handler,
        project__owner=manager,
        due_on=day,
        confirmed_at=at_nine(day) - dt.timedelta(days=90),
    )
    ReminderRuleFactory(code="test_on_day", offset=0)
    services.plan(at_nine(day))
    services.compose(at_nine(day))
    outbox.deliver(at_nine(day))
    services.settle()
    mail = next(mail for mail in smtp.messages if handler.email in mail.recipients).email
    html = mail.get_body(("html",)).get_content()
    link = re.search(r'href="([^"]+act=new_date)"', html)[1]

    page = open_page("/accounts/login/", width, scripts=False)
    page.context.clear_cookies()
    page.goto(link)
    page.fill("input[name=username]", handler.username)
    page.fill("input[name=password]", WORD)
    page.click("main button[type=submit]")
    expect(page).to_have_url(link)
    expect(page.locator("h1")).to_contain_text("取得施工许可")
    wanted = day + dt.timedelta(days=45)
    page.fill("#wanted_on", wanted.isoformat())
    page.fill("#reason", "图审意见尚未返回")
    page.click("button[value=new_date]")
    expect(page.locator(".messages")).to_contain_text(f"已申请改期至 {wanted}")
    milestone.refresh_from_db()
    assert milestone.due_on == day

    page = open_page("/", width)
    become(page, manager, live_server.url)
    page.goto("/date-requests/")
    sound(page)
    page.click("text=取得施工许可")
    expect(page.locator("main")).to_contain_text("图审意见尚未返回")
    sound(page)
    page.click("button[value=accept]")
    expect(page.locator(".undo")).to_contain_text("已同意")
    milestone.refresh_from_db()
    assert milestone.due_on == wanted

    outbox.deliver(timezone.now() + dt.timedelta(minutes=6))
    told = [mail.email["Subject"] for mail in smtp.messages if handler.email in mail.recipients]
    assert any("改期申请已同意" in subject for subject in told)
    become(page, handler, live_server.url)
    page.goto("/date-requests/")
    expect(page.locator("section[aria-labelledby=mine]")).to_contain_text("已同意")
    row = Reminder.objects.get(recipient=handler)
    page.goto(f"/reminders/{row.pk}/acts/")
    expect(page.locator("main")).to_contain_text("计划日期已由")
    sound(page)
    page.goto(f"/milestones/{milestone.pk}/told/")
    expect(page.locator("main p.note[role=status]")).to_contain_text("提醒过您 1 次")
    sound(page)
    assert DateRequest.objects.get().answered_by == manager


def test_the_pages_of_acts_and_of_what_goes_up_are_sound(open_page: Open, manager, live_server, width):
    row = Reminder.objects.create(
        key="milestone:test|test|2026-11-24|test|email",
        rule=ReminderRuleFactory(),
        subject=MilestoneFactory(due_on=timezone.localdate() + dt.timedelta(days=30), project__owner=manager),
        recipient=manager,
        due_on=timezone.localdate() + dt.timedelta(days=30),
        remind_on=timezone.localdate(),
        relation="follower",
        created_at=timezone.now(),
    )

    for address in (f"/reminders/{row.pk}/acts/", "/reminders/", "/report-ups/", "/report-ups/?tab=decided"):
        sound(open_page(address, width))
