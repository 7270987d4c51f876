"""A person's calendar: its address is a secret he makes and ends; what stands in it is his own, open, and names nobody."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts import feeds
from accounts.models import FeedToken
from audit.models import AuditEvent
from projects.models import Milestone
from tests.factories import CompanyFactory, FollowUpFactory, MilestoneFactory, ProjectFactory, ProjectPartyFactory, UserFactory

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 11, 27)
LONG_AGO = timezone.make_aware(dt.datetime(2026, 1, 5, 9))


@pytest.fixture
def officer():
    return UserFactory(roles=["officer"])


@pytest.fixture
def address(officer) -> str:
    return reverse("desk:feed", args=[feeds.make_feed(officer, now=LONG_AGO)])


def lines(answer) -> list[str]:
    return answer.content.replace(b"\r\n ", b"").decode().split("\r\n")


def values(answer, name: str) -> list[str]:
    return [line.partition(":")[2] for line in lines(answer) if line.startswith((f"{name}:", f"{name};"))]


def milestone(person, **options) -> Milestone:
    return MilestoneFactory(**{"due_on": DAY, "confirmed_at": LONG_AGO, "responsible": person, **options})


def test_the_address_opens_ones_own_milestones_and_follow_ups_without_signing_in(officer, address):
    project = ProjectFactory(code="测-2026-001", owner=officer)
    mine = [
        milestone(officer, project=project, name="规划许可"),
        milestone(None, project=project, name="主体封顶", responsible=None),
    ]
    MilestoneFactory(due_on=DAY, confirmed_at=LONG_AGO)
    FollowUpFactory(assignee=officer, due_on=DAY, title="寄送用地资料")
    FollowUpFactory(due_on=DAY)

    answer = Client().get(address)

    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert values(answer, "SUMMARY") == ["测-2026-001 规划许可", "测-2026-001 主体封顶", "待办：寄送用地资料"]
    assert values(answer, "DTSTART") == ["20261127"] * 3
    uids = values(answer, "UID")
    assert len(set(uids)) == 3
    assert uids[0].startswith(f"milestone-{mine[0].public_id}@")
    assert "sessionid" not in answer.cookies


def test_what_is_done_ended_deleted_or_handed_over_is_not_in_it(officer, address):
    milestone(officer, status="done", completed_on=DAY)
    milestone(officer, status="to_confirm", confirmed_at=None)
    milestone(officer, project=ProjectFactory(status="terminated", status_reason="测试"))
    milestone(officer, deleted_at=LONG_AGO)
    handed = milestone(officer)
    Milestone.objects.filter(pk=handed.pk).update(responsible=UserFactory())
    FollowUpFactory(assignee=officer, due_on=DAY, status="cancelled")
    FollowUpFactory(assignee=officer, due_on=None)

    assert values(Client().get(address), "SUMMARY") == []


def test_the_feed_names_no_company_no_amount_no_telephone_and_nothing_of_a_sensitive_project(officer, address):
    company = CompanyFactory(name="测试甲乙丙有限公司", short_name="甲乙丙")
    project = ProjectFactory(owner=officer, name="测试云厂房项目", code="测-2026-001")
    ProjectPartyFactory(project=project, company=company)
    milestone(officer, project=project, name="与甲乙丙签约")
    milestone(officer, project=ProjectFactory(confidentiality="sensitive", code="测-2026-009"), name="规划许可")
    FollowUpFactory(assignee=officer, due_on=DAY, company=company, title="回访甲乙丙，电话13800000001，谈3亿元")

    answer = Client().get(address)

    text = "\n".join(lines(answer))
    assert values(answer, "SUMMARY") == ["测-2026-001 节点", "节点", "待办：待办事项"]
    assert [word for word in ("甲乙丙", "云厂房", "1380", "亿", "009") if word in text] == []


def test_a_moved_date_keeps_the_uid_and_raises_the_sequence(officer, address):
    row = milestone(officer)
    before = Client().get(address)

    row.due_on = DAY + dt.timedelta(days=3)
    row.save(update_fields=["due_on"])
    after = Client().get(address)

    assert values(before, "UID") == values(after, "UID")
    assert int(values(after, "SEQUENCE")[0]) == int(values(before, "SEQUENCE")[0]) + 1
    assert values(after, "DTSTART") == ["20261130"]


def test_a_feed_that_did_not_change_is_answered_with_304_and_one_that_did_is_sent(officer, address):
    milestone(officer)
    first = Client().get(address)
    known = {"If-None-Match": first.headers["ETag"]}

    same = Client().get(address, headers=known)
    milestone(officer)
    changed = Client().get(address, headers=known)

    assert (first.status_code, same.status_code, same.content) == (200, 304, b"")
    assert changed.status_code == 200
    assert changed.headers["ETag"] != first.headers["ETag"]


def test_the_feed_asks_not_to_be_indexed_and_not_to_be_kept_by_others(address):
    answer = Client().get(address)

    assert "noindex" in answer.headers["X-Robots-Tag"]
    assert answer.headers["Cache-Control"] == "private, no-cache"


def test_a_revoked_a_replaced_a_wrong_and_an_inactive_persons_address_are_the_same_404(officer, address):
    found = [Client().get(address).status_code]
    feeds.make_feed(officer, now=LONG_AGO)
    found.append(Client().get(address).status_code)
    newer = reverse("desk:feed", args=[feeds.make_feed(officer, now=LONG_AGO)])
    officer.is_active = False
    officer.save()
    found.append(Client().get(newer).status_code)
    officer.is_active = True
    officer.save()
    found.append(Client().get(newer).status_code)
    feeds.revoke_feed(officer, now=LONG_AGO)
    found += [Client().get(newer).status_code, Client().get(reverse("desk:feed", args=["x"])).status_code]

    assert found == [200, 404, 404, 200, 404, 404]


def test_nothing_can_be_posted_to_a_feed(address):
    assert Client().post(address).status_code == 405


def test_the_secret_is_long_and_only_its_hash_is_kept(officer):
    token = feeds.make_feed(officer, now=LONG_AGO)

    row = FeedToken.objects.get()
    assert len(token) >= 43
    assert re.fullmatch("[0-9a-f]{64}", row.token_hash)
    assert token not in str(list(FeedToken.objects.values()) + list(AuditEvent.objects.values()))


def test_a_person_makes_copies_replaces_and_ends_his_address_on_a_page(officer):
    client = Client()
    client.force_login(officer)
    page = reverse("desk:feed_page")
    before = client.get(page).content.decode()

    made = client.post(reverse("desk:feed_make"))
    url = re.search(r'value="([^"]+\.ics)"', made.content.decode())
    again = client.get(page).content.decode()
    ended = client.post(reverse("desk:feed_revoke"), follow=True).content.decode()

    assert "现在没有订阅地址" in before
    assert url
    assert made.headers["Cache-Control"].find("no-store") >= 0
    assert url[1] not in again
    assert "正在使用" in again
    assert "已停用" in ended
    assert FeedToken.objects.living().count() == 0
    assert set(AuditEvent.objects.values_list("action", flat=True)) == {"feed.made", "feed.revoked"}


def test_the_page_needs_signing_in_and_the_button(officer):
    assert Client().get(reverse("desk:feed_page")).status_code == 302
    client = Client()
    client.force_login(officer)
    assert client.get(reverse("desk:feed_make")).status_code == 405


def test_a_feed_asks_the_same_for_two_and_for_twenty_dates(officer, address):
    counts = []
    for more in (2, 18):
        for _n in range(more):
            ProjectPartyFactory(project=milestone(officer).project)
            FollowUpFactory(assignee=officer, due_on=DAY, company=CompanyFactory(), project=ProjectFactory())
        with CaptureQueriesContext(connection) as asked:
            Client().get(address)
        counts.append(len(asked))

    assert counts[0] == counts[1]
    assert counts[0] <= 12
