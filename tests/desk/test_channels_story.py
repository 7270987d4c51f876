"""Pages of the ways a reminder takes, in a real browser: the bell, the calendar address, a robot."""

import re

import pytest
from playwright.sync_api import Page, expect

from accounts.models import FeedToken
from reminders.models import Reminder
from tests.desk.conftest import WIDTHS, Open
from tests.factories import ReminderFactory, RobotFactory
from tests.servers import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.parametrize("width", WIDTHS)]
AXE = (ROOT / "tests/vendor/axe/axe.min.js").read_text()


def sound(page: Page, part: str = "document") -> None:
    """No serious fault of accessibility, nothing wider than the screen."""
    page.evaluate(AXE)
    found = page.evaluate(f"axe.run({part}, {{resultTypes: ['violations']}})")["violations"]
    serious = [(item["id"], item["nodes"][0]["html"][:160]) for item in found if item["impact"] in {"serious", "critical"}]
    assert serious == [], page.url
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url


def test_a_reminder_is_read_in_the_list_and_a_calendar_address_made_and_ended(open_page: Open, manager, width):
    ReminderFactory(recipient=manager)
    page = open_page("/reminders/?show=unread", width)
    sound(page)

    page.get_by_role("button", name="标为已读：").click()
    expect(page.locator("main")).to_contain_text("这里没有提醒")
    assert Reminder.objects.get().read_at

    page.get_by_role("link", name="日历订阅").click()
    page.get_by_role("button", name="生成地址").click()
    expect(page.get_by_label("您的地址（只显示这一次）")).to_have_value(re.compile(r"/feed/[\w-]{43}\.ics$"))
    sound(page)
    page.get_by_role("button", name="复制").click()
    expect(page.get_by_role("button", name="已复制")).to_be_visible()
    page.get_by_role("button", name="停用").click()
    expect(page.locator("main")).to_contain_text("现在没有订阅地址")
    sound(page)
    assert FeedToken.objects.get().revoked_at


def test_the_page_of_a_robot_is_sound_and_its_trial_says_what_came(open_page: Open, width, settings):
    robot = RobotFactory(vendor="http", url="https://robot.example.invalid/posts")
    page = open_page(f"/admin/outbox/robot/{robot.pk}/change/", width)
    sound(page, "'main'")

    page.get_by_role("button", name="发一条试验消息").click()

    expect(page.locator(".messagelist")).to_contain_text("群机器人的地址不在允许之列")
