"""R16: when nothing goes out, the status page says 503 and every page says so, at the latest after five minutes."""

import datetime as dt

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from crm import health
from desk import pulse as desk
from outbox import services
from outbox.services import pulse
from reminders import services as reminders
from tests.factories import MessageFactory, ReminderFactory, UserFactory

pytestmark = pytest.mark.django_db

MINUTE = dt.timedelta(minutes=1)


def at(text: str) -> dt.datetime:
    return timezone.make_aware(dt.datetime.fromisoformat(text))


FRIDAY = at("2026-11-27T10:00")
PLAIN = "提醒邮件目前发不出去，管理人员已看到此提示。您的提醒仍列在“提醒”里。"


class Site:
    """The site at a moment that a test moves."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = FRIDAY
        self.people = {role: UserFactory(roles=[role]) for role in ("manager", "sysadmin", "officer")}
        assert settings.CONFIG.broker, "makes the folder of the queue"
        monkeypatch.setattr(timezone, "now", lambda: self.now)
        monkeypatch.setattr(health, "MIGRATED", {"default"})  # tests make their tables without migrations
        monkeypatch.setattr(pulse, "STARTED_AT", FRIDAY - dt.timedelta(days=90))

    def health(self) -> tuple[int, dict[str, str]]:
        answer = Client().get("/healthz")
        return answer.status_code, answer.json()

    def page(self, role: str, address: str = "/") -> str:
        client = Client()
        client.force_login(self.people[role])
        return client.get(address).content.decode()


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Site:
    return Site(monkeypatch)


def test_a_site_that_ticks_is_well_and_shows_no_banner(site):
    services.beat("tick", started_at=FRIDAY - MINUTE, ended_at=FRIDAY - MINUTE)

    status, words = site.health()

    assert (status, words["tick"], words["outbox"], words["reminders"]) == (200, "ok", "ok", "ok")
    assert 'role="alert"' not in site.page("manager").replace('id="problem" class="note error" role="alert"', "")
    assert PLAIN not in site.page("officer")


@pytest.mark.parametrize(("minutes", "status", "word"), [(5, 200, "ok"), (6, 503, "late")])
def test_a_scheduler_that_stopped_is_told_after_five_minutes(site, minutes, status, word):
    services.beat("tick", started_at=FRIDAY, ended_at=FRIDAY)
    site.now = FRIDAY + minutes * MINUTE

    found, words = site.health()

    assert (found, words["tick"]) == (status, word)
    assert ("定时任务自 11-27 10:00 起没有运行" in site.page("manager")) is (word == "late")
    assert ("定时任务自 11-27 10:00 起没有运行" in site.page("sysadmin")) is (word == "late")
    assert (PLAIN in site.page("officer")) is (word == "late")


def test_a_scheduler_that_never_ran_is_told_once_the_site_has_had_time_to_start(site, monkeypatch):
    monkeypatch.setattr(pulse, "STARTED_AT", FRIDAY - dt.timedelta(seconds=89))
    assert site.health()[1]["tick"] == "starting"

    site.now = FRIDAY + dt.timedelta(seconds=2)

    assert site.health()[0] == 503
    assert "定时任务还没有运行过" in site.page("sysadmin")


@pytest.mark.parametrize(
    ("moment", "word"),
    [
        ("2026-11-27T10:04", "ok"),  # not yet five minutes
        ("2026-11-27T10:06", "late"),
        ("2026-11-27T18:01", "ok"),  # after the window
        ("2026-11-28T10:00", "ok"),  # Saturday
        ("2026-11-30T08:30", "ok"),  # before the window of Monday
        ("2026-11-30T08:41", "late"),
    ],
)
def test_a_message_past_its_moment_counts_while_the_window_is_open(site, moment, word):
    site.now = at(moment)
    services.beat("tick", started_at=site.now, ended_at=site.now)
    MessageFactory(next_at=FRIDAY)

    status, words = site.health()

    assert (status, words["outbox"]) == (200 if word == "ok" else 503, word)
    assert ("分钟仍未发出" in site.page("manager")) is (word == "late")
    assert (PLAIN in site.page("officer")) is (word == "late")


def test_a_message_held_by_a_worker_that_died_counts_too(site):
    site.now = FRIDAY + 6 * MINUTE
    services.beat("tick", started_at=site.now, ended_at=site.now)
    MessageFactory(next_at=FRIDAY, status="sending", lease_until=FRIDAY + 5 * MINUTE)

    assert site.health()[1]["outbox"] == "late"


def test_what_waits_for_its_next_try_is_not_late(site):
    services.beat("tick", started_at=FRIDAY, ended_at=FRIDAY)
    MessageFactory(next_at=FRIDAY + MINUTE, attempts=3, failures=3)

    assert site.health()[0] == 200


def test_a_person_without_his_digest_is_late_and_one_who_had_it_is_not(site):
    services.beat("tick", started_at=FRIDAY, ended_at=FRIDAY)
    row = ReminderFactory(created_at=FRIDAY - 6 * MINUTE)
    assert (site.health()[0], site.health()[1]["reminders"]) == (503, "late")

    reminders.compose(FRIDAY)
    ReminderFactory(created_at=FRIDAY - 6 * MINUTE, recipient=row.recipient)

    assert site.health()[1]["reminders"] == "ok"


def test_a_clock_that_leapt_is_told_with_what_to_do(site):
    services.beat("tick", started_at=FRIDAY, ended_at=FRIDAY)
    site.now = FRIDAY + dt.timedelta(days=400)

    status, words = site.health()

    assert (status, words["tick"]) == (503, "held")
    for role in ("manager", "sysadmin"):
        assert "系统时钟比上一轮提前了 400 天" in site.page(role)
        assert "manage.py tick --confirm-clock" in site.page(role)
    assert PLAIN in site.page("officer")
    services.confirm_clock(by=site.people["sysadmin"], now=site.now)
    services.beat("tick", ended_at=site.now)
    assert site.health()[0] == 200


def test_the_banner_stands_on_the_pages_of_the_admin_too(site):
    site.now = FRIDAY + 6 * MINUTE

    assert "定时任务还没有运行过" in site.page("sysadmin", "/admin/")


def test_the_head_of_a_page_is_one_question(site, django_assert_num_queries):
    person = site.people["sysadmin"]
    desk.read(person, now=FRIDAY)  # his roles are read once a request

    with django_assert_num_queries(1):
        desk.read(person, now=FRIDAY)
