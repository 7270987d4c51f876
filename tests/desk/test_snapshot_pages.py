"""Lists as they are and as they were, what changed between two snapshots, months and capital on their pages."""

import datetime as dt
import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import roles
from accounts.models import Share
from projects.models import CapitalArrival
from reports.models import Period, Snapshot
from reports.services import months, periods, snapshots
from tests.factories import (
    AgreementFactory,
    CapitalArrivalFactory,
    DepartmentFactory,
    MilestoneFactory,
    ProjectFactory,
    SnapshotFactory,
    TargetFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
LISTS = ["/projects/", "/agreements/", "/milestones/", "/capital/"]


def client_of(*names, **values):
    roles.sync_groups()
    client = Client()
    client.user = UserFactory(roles=list(names), **values)
    client.force_login(client.user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def manager():
    return client_of("manager", display_name="测试主任")


def take(day=None):
    """A snapshot of the rows as they are, dated to a day."""
    now = timezone.now()
    snapshot = snapshots.take_snapshot("manual", now=now)
    if day:
        Snapshot.objects.filter(pk=snapshot.pk).update(as_of_on=day)
        snapshot.refresh_from_db()
    return snapshot


def furnished(name, **values):
    project = ProjectFactory(name=name, **values)
    project.agreement = AgreementFactory(project=project, kind="formal", amount=Decimal(30000), signed_on=dt.date(2026, 3, 1))
    project.save()
    MilestoneFactory(project=project, name="土地摘牌", due_on=dt.date(2026, 5, 6))
    CapitalArrivalFactory(project=project, amount=Decimal(700), arrived_on=dt.date(2026, 4, 1), by=UserFactory())
    return project


def heading(page):
    return " ".join(re.sub("<[^>]+>", " ", re.search("<h1>(.*?)</h1>", page.text, re.S)[1]).split())


@pytest.mark.parametrize("url", LISTS)
def test_a_list_of_a_day_shows_what_stood_then(manager, url):
    project = furnished("先前的名称")
    snapshot = take(dt.date(2026, 6, 1))
    project.name = "后来的名称"
    project.save()
    furnished("新的项目")

    then, now = manager.get(url, {"as_of": "2026-06-30"}), manager.get(url)

    assert "先前的名称" in then.text
    assert "后来的名称" not in then.text
    assert "新的项目" not in then.text
    assert f'title="SHA-256 {snapshot.sha256}"' in then.text
    assert snapshot.short_hash in then.text
    assert "快照 2026-06-01" in then.text
    assert "后来的名称" in now.text
    assert "新的项目" in now.text


@pytest.mark.parametrize("url", LISTS)
def test_a_day_without_a_snapshot_says_so_and_shows_nothing_of_today(manager, url):
    furnished("测试项目甲")
    take(dt.date(2026, 6, 1))

    page = manager.get(url, {"as_of": "2026-05-31"})

    assert "无该日快照" in page.text
    assert "测试项目甲" not in page.text


@pytest.mark.parametrize("url", LISTS)
@pytest.mark.parametrize("day", ["2026-13-01", "昨天", "20260"])
def test_a_bad_day_is_named_and_shows_nothing_of_today(manager, url, day):
    furnished("测试项目甲")

    page = manager.get(url, {"as_of": day})

    assert page.status_code == 200
    assert f"看不懂日期“{day}”" in page.text
    assert "测试项目甲" not in page.text


@pytest.mark.parametrize("url", LISTS)
@pytest.mark.parametrize("query", [{}, {"as_of": "2026-06-30"}])
def test_a_list_shows_an_officer_only_his_projects(url, query):
    officer = client_of("officer")
    furnished("我的项目", owner=officer.user)
    furnished("别人的项目")
    take(dt.date(2026, 6, 1))

    page = officer.get(url, query)

    assert "我的项目" in page.text
    assert "别人的项目" not in page.text


@pytest.mark.parametrize("url", LISTS)
@pytest.mark.parametrize("query", [{}, {"as_of": "2026-06-30"}])
def test_a_list_costs_the_same_for_one_row_and_for_ten(manager, url, query):
    furnished("测试项目甲")
    take(dt.date(2026, 6, 1))
    manager.get(url, query)
    with CaptureQueriesContext(connection) as one:
        manager.get(url, query)
    for n in range(9):
        furnished(f"测试项目{n}")
    take(dt.date(2026, 6, 2))

    with CaptureQueriesContext(connection) as ten:
        page = manager.get(url, query)

    assert "测试项目8" in page.text
    assert len(ten) == len(one) <= 12


@pytest.mark.parametrize("query", [{}, {"as_of": "2026-06-30"}])
def test_sums_stand_in_the_heading_each_kind_apart(manager, query):
    project = ProjectFactory()
    for kind, amount in {"formal": 30000, "framework": 20000, "intent": 5000}.items():
        AgreementFactory(project=project, kind=kind, amount=Decimal(amount))
    AgreementFactory(project=project, kind="formal", amount=None)
    person = UserFactory()
    verified = {"status": "verified", "verified_at": timezone.now(), "verified_by": person}
    CapitalArrivalFactory(project=project, amount=Decimal("70.1001"), **verified)
    CapitalArrivalFactory(project=project, amount=Decimal("0.2"), **verified)
    CapitalArrivalFactory(project=project, amount=Decimal(5), status="submitted")
    CapitalArrivalFactory(project=project, amount=Decimal(9), status="returned")
    take(dt.date(2026, 6, 1))

    assert heading(manager.get("/agreements/", query)) == (
        "协议 协议 4 · 正式合同、入驻协议 3亿元 · 框架协议 2亿元 · 意向、备忘 5,000万元 · 补充、类型待核 —"
    )
    assert heading(manager.get("/capital/", query)) == (
        "到位资金 到位资金 4 · 已核实 70.3001万元 · 未核实 5万元 · 已核实外资 — · 未核实外资 —"
    )


@pytest.mark.parametrize("query", [{}, {"as_of": "2026-06-30"}])
@pytest.mark.parametrize(
    ("url", "asked", "count"),
    [
        ("/agreements/", {"kind": "formal"}, 1),
        ("/agreements/", {"day_from": "2026-03-02"}, 1),
        ("/agreements/", {"day_to": "2026-03-01"}, 1),
        ("/agreements/", {"q": "乙"}, 1),
        ("/milestones/", {"is_key": "True"}, 1),
        ("/milestones/", {"is_key": "False", "day_from": "2026-05-06", "day_to": "2026-05-06"}, 1),
        ("/milestones/", {"status": "done"}, 0),
        ("/capital/", {"status": "draft", "origin": "our_city"}, 1),
        ("/capital/", {"origin": "foreign"}, 1),
    ],
)
def test_the_same_questions_are_put_to_today_and_to_a_snapshot(manager, query, url, asked, count):
    first = furnished("测试项目甲")
    second = ProjectFactory(name="测试项目乙")
    AgreementFactory(project=second, kind="intent", signed_on=dt.date(2026, 8, 1))
    AgreementFactory(project=first, kind="mou", signed_on=None)
    MilestoneFactory(project=second, is_key=True, due_on=dt.date(2026, 9, 1))
    CapitalArrivalFactory(project=second, origin="foreign")
    take(dt.date(2026, 6, 1))

    page = manager.get(url, query | asked)

    assert page.context["sheet"].count == len(page.context["lines"]) == count


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({"status": "on_hold"}, {"乙"}),
        ({"status": ["on_hold", "active"]}, {"甲", "乙"}),
        ({"track": "null"}, {"乙"}),
        ({"stage": "land.signed"}, {"甲"}),
        ({"grade": "A"}, {"甲"}),
        ({"owner": "null"}, {"乙"}),
        ({"mine": "on"}, {"甲"}),
        ({"agreement": "formal"}, {"甲"}),
        ({"signed_from": "2026-03-01", "signed_to": "2026-03-01"}, {"甲"}),
        ({"signed_from": "2026-03-02"}, set()),
        ({"amount_from": "3亿"}, {"甲"}),
        ({"amount_to": "2.9亿"}, set()),
        ({"industry": "C"}, {"乙"}),
        ({"origin": "imported"}, {"乙"}),
        ({"q": "G-1"}, {"甲"}),
        ({"q": "G-1 别的"}, set()),
    ],
)
def test_the_projects_of_a_snapshot_are_filtered_as_those_of_today(manager, asked, names):
    furnished("甲", owner=manager.user, code="G-1", stage="land.signed", track="land", grade="A")
    held = {"status": "on_hold", "status_reason": "待规划", "review_on": dt.date(2026, 12, 1), "origin": "imported"}
    ProjectFactory(name="乙", owner=None, track=None, stage="any.lead", industry="C39", **held)
    take(dt.date(2026, 6, 1))

    page = manager.get("/projects/", {"as_of": "2026-06-30"} | asked)

    assert {line.name for line in page.context["lines"]} == names
    assert "没有采用" not in page.text


def test_the_department_and_the_owner_of_a_snapshot_are_those_of_that_day(manager):
    was, now = UserFactory(), UserFactory()
    project = furnished("甲", owner=was, department=DepartmentFactory())
    department = project.department_id
    take(dt.date(2026, 6, 1))
    project.owner, project.department = now, DepartmentFactory()
    project.save()

    for asked, count in [({"owner": was.pk}, 1), ({"owner": now.pk}, 0), ({"department": department}, 1)]:
        page = manager.get("/projects/", {"as_of": "2026-06-30"} | asked)
        assert page.context["sheet"].count == count, asked
        assert "看不懂" not in page.text


def test_filters_that_a_snapshot_cannot_answer_are_named_and_narrow_nothing(manager):
    furnished("甲")
    take(dt.date(2026, 6, 1))

    page = manager.get("/projects/", {"as_of": "2026-06-30", "overdue": "on", "silent": "30", "park": "", "status": "active"})

    assert "没有采用：超过多少天没有有效对接、有逾期节点。" in page.text
    assert len(page.context["lines"]) == 1


def test_a_filter_that_is_not_understood_is_named_and_narrows_nothing(manager):
    furnished("测试项目甲")

    page = manager.get("/agreements/", {"kind": "nonsense", "day_from": "x", "page": "99"})

    assert "2 个筛选条件看不懂" in page.text
    assert "测试项目甲" in page.text


def test_lists_say_what_they_would_show_when_empty(manager):
    for url in LISTS[1:]:
        assert "现在还没有符合条件的" in manager.get(url).text
        assert "没有符合全部条件的" in manager.get(url, {"q": "没有"}).text


# Changes


def test_the_page_of_changes_opens_each_row_and_counts(manager):
    moved = furnished("测试项目甲")
    old = take(dt.date(2026, 6, 1))
    moved.stage = "land.started"
    moved.save()
    added = furnished("测试项目乙")
    new = take(dt.date(2026, 6, 8))

    page = manager.get("/reports/changes/")

    assert (page.context["old"], page.context["new"]) == (old, new)
    assert heading(page) == "变动对比 2026-06-01 → 2026-06-08 · 变动 2"
    for project in (moved, added):
        assert f'href="/projects/{project.pk}/"' in page.text


def test_two_weekly_snapshots_are_compared_unless_others_are_picked(manager):
    weeks = [SnapshotFactory(kind="weekly", taken_at=timezone.now() - dt.timedelta(days=7 * n)) for n in (2, 1)]
    manual = take()

    usual = manager.get("/reports/changes/")
    picked = manager.get("/reports/changes/", {"old": manual.pk, "new": weeks[0].pk})

    assert (usual.context["old"], usual.context["new"]) == tuple(weeks)
    assert (picked.context["old"], picked.context["new"]) == (weeks[0], manual)


def test_without_two_snapshots_the_page_says_what_it_waits_for(manager):
    assert "还没有快照" in manager.get("/reports/changes/").text
    one = take(dt.date(2026, 6, 1))
    assert "只有 2026-06-01 一个快照" in manager.get("/reports/changes/").text
    assert "两边是同一个快照" in manager.get("/reports/changes/", {"old": one.pk, "new": one.pk}).text
    assert "没有找到所选的快照" in manager.get("/reports/changes/", {"old": one.pk, "new": "abc"}).text


def test_the_page_of_changes_costs_the_same_for_one_and_for_ten(manager):
    furnished("测试项目甲")
    take(dt.date(2026, 6, 1))
    furnished("测试项目乙")
    take(dt.date(2026, 6, 8))
    manager.get("/reports/changes/")
    with CaptureQueriesContext(connection) as one:
        manager.get("/reports/changes/")
    for n in range(9):
        furnished(f"测试项目{n}")
    take(dt.date(2026, 6, 15))

    with CaptureQueriesContext(connection) as ten:
        manager.get("/reports/changes/")

    assert len(ten) == len(one) <= 12


@pytest.mark.parametrize(("role", "status"), [("manager", 302), ("head", 302), ("statistician", 302), ("officer", 403)])
def test_the_button_takes_a_snapshot_for_those_who_may(role, status):
    client = client_of(role)
    ProjectFactory()

    assert client.post("/reports/snapshot/").status_code == status
    assert client.get("/reports/snapshot/").status_code == 405
    taken = Snapshot.objects.filter(taken_by=client.user)
    assert taken.count() == (status == 302)


# Months


def test_a_month_is_locked_and_opened_on_its_page(manager):
    month = (timezone.localdate().replace(day=1) - dt.timedelta(days=1)).replace(day=1)
    sent = {"month": month.isoformat()}
    assert "未锁定" in manager.get("/reports/months/").text

    manager.post("/reports/months/act/", sent | {"act": "lock"})
    assert "已锁定（测试主任" in manager.get("/reports/months/").text
    assert Snapshot.objects.get().kind == "monthly"
    refused = manager.post("/reports/months/act/", sent | {"act": "unlock"}, follow=True)
    assert "请写明解锁原因" in refused.text

    opened = manager.post("/reports/months/act/", sent | {"act": "unlock", "reason": "补录"}, follow=True)

    assert "曾解锁：补录" in opened.text
    assert not Period.objects.get().is_locked


def test_others_see_months_and_have_no_button():
    officer = client_of("officer")
    month = (timezone.localdate().replace(day=1) - dt.timedelta(days=1)).replace(day=1)

    page = officer.get("/reports/months/")
    refused = officer.post("/reports/months/act/", {"month": month.isoformat(), "act": "lock"}, follow=True)

    assert 'value="lock"' not in page.text
    assert "只有招商中心负责人可以锁定或解锁月份" in refused.text
    assert "看不懂月份" in officer.post("/reports/months/act/", {"month": "x"}, follow=True).text


# Capital


@pytest.fixture
def office():
    department = DepartmentFactory()
    officer, head = client_of("officer", department=department), client_of("head", department=department)
    return officer, head, ProjectFactory(name="测试项目甲", owner=officer.user, department=department)


def typed(**values):
    day = timezone.localdate().isoformat()
    return {"project": "测试项目甲", "arrived_on": day, "amount": "0.5亿", "origin": "our_city"} | values


def test_an_arrival_is_stated_in_one_request_and_can_be_taken_back(office):
    officer, _head, project = office

    page = officer.post("/capital/", typed(), follow=True)

    row = CapitalArrival.objects.get(project=project)
    assert (row.amount, row.status, row.submitted_by) == (Decimal(5000), "submitted", officer.user)
    assert "等待他人核实" in page.text
    undo = re.search(r'action="(/changes/\d+/undo/)"', page.text)[1]
    officer.post(undo)
    assert not CapitalArrival.objects.filter(pk=row.pk).exists()


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"project": "没有的"}, "没有找到项目"),
        ({"project": "测试项目"}, "不止一个项目符合"),
        ({"amount": "很多"}, "看不懂金额"),
        ({"amount": "-3"}, "负数只能用于更正"),
        ({"arrived_on": "2099-01-01"}, "到账日期不能晚于今天"),
        ({"origin": ""}, "必填项"),
    ],
)
def test_what_cannot_be_stated_says_why_and_keeps_what_was_typed(office, values, said):
    officer = office[0]
    ProjectFactory(name="测试项目乙", owner=officer.user)

    page = officer.post("/capital/", typed(**values, use="设备款"))

    assert page.status_code == 200
    assert said in page.text
    assert 'value="设备款"' in page.text
    assert not CapitalArrival.objects.exists()


def test_a_second_person_verifies_in_one_request_and_the_first_has_no_button(office):
    officer, head, project = office
    officer.post("/capital/", typed())
    row = CapitalArrival.objects.get(project=project)

    assert 'value="verify"' not in officer.get("/capital/").text
    assert 'value="verify"' in head.get("/capital/").text
    assert "只有部门负责人" in officer.post(f"/capital/{row.pk}/", {"act": "verify"}, follow=True).text
    head.post(f"/capital/{row.pk}/", {"act": "verify"})

    row.refresh_from_db()
    assert (row.status, row.verified_by) == ("verified", head.user)


def test_it_is_returned_handed_in_again_verified_and_corrected(office):
    officer, head, project = office
    officer.post("/capital/", typed())
    row = CapitalArrival.objects.get(project=project)
    head.post(f"/capital/{row.pk}/", {"act": "return", "reason": "缺进账单"})
    assert 'value="submit"' in officer.get("/capital/").text
    officer.post(f"/capital/{row.pk}/", {"act": "submit"})
    head.post(f"/capital/{row.pk}/", {"act": "verify"})
    assert 'value="correct"' in officer.get("/capital/").text

    beyond = officer.post(f"/capital/{row.pk}/", {"act": "correct", "amount": "5001", "note": "多记"}, follow=True)
    empty = officer.post(f"/capital/{row.pk}/", {"act": "correct", "note": "多记"}, follow=True)
    officer.post(f"/capital/{row.pk}/", {"act": "correct", "amount": "1000", "note": "多记"})

    assert "不能超过被更正的一笔尚余的 5,000万元" in beyond.text
    assert "请填要冲减的金额" in empty.text
    assert CapitalArrival.objects.get(corrects=row).amount == Decimal(-1000)


def test_a_locked_month_is_named_on_the_page(office, manager):
    officer, _head, _project = office
    day = timezone.localdate().replace(day=1) - dt.timedelta(days=1)
    months.lock_month(periods.month_of(day), by=manager.user, now=timezone.now())

    page = officer.post("/capital/", typed(arrived_on=day.isoformat()))

    assert f"{day:%Y-%m} 已于" in page.text
    assert "请招商中心负责人写明原因后解锁" in page.text


def test_a_row_of_another_is_not_there(office):
    row = CapitalArrivalFactory(status="submitted")

    assert office[1].post(f"/capital/{row.pk}/", {"act": "verify"}).status_code == 404


def test_who_shares_a_project_for_editing_hands_in_its_drafts(office):
    officer = office[0]
    row = CapitalArrivalFactory()
    Share(user=officer.user, target=row.project, level="view", reason="manual").save()
    assert 'value="submit"' not in officer.get("/capital/").text
    Share.objects.update(level="edit")

    assert 'value="submit"' in officer.get("/capital/").text


# Targets


def test_targets_show_value_achieved_and_pace(manager):
    today = timezone.localdate()
    TargetFactory(indicator="signing", year=today.year, value=Decimal(4))
    project = ProjectFactory(origin="entered")
    AgreementFactory(project=project, kind="formal", signed_on=today.replace(month=1, day=1), amount=Decimal(100))

    (group,) = manager.get("/reports/targets/").context["page"].groups

    (row,) = group.rows
    assert (group.name, row.target.text, row.done.text, row.rate.text, row.gap.text) == ("全区", "4", "1", "25.00%", "3")


def test_an_indicator_without_a_target_says_so_and_has_no_rate(manager):
    today = timezone.localdate()
    TargetFactory(indicator="signing", year=today.year, value=Decimal(4))

    page = manager.get("/reports/targets/", {"indicator": "signing_amount"})

    (group,) = page.context["page"].groups
    (row,) = group.unset
    assert (group.rows, row.target.indicator, row.period, row.done.text) == ([], "signing_amount", f"{today.year}年", "0万元")
    assert page.text.count("未下达目标") == 1


def test_a_quarter_without_a_target_beside_one_that_has_it_says_so(manager):
    year = timezone.localdate().year - 1
    department = DepartmentFactory(name="测试部门")
    TargetFactory(indicator="signing", year=year, period_kind="quarter", n=2, value=Decimal(4), department=department)

    groups = {group.name: group for group in manager.get("/reports/targets/", {"year": year}).context["page"].groups}

    said = [f"{year}年{part}" for part in ("第1季度", "第3季度", "第4季度", "")]
    assert [row.period for row in groups["测试部门"].unset] == said
    assert {row.target.period_kind for row in groups["全区"].unset} == {"year"}


def test_who_sees_no_target_is_told_that_none_was_set():
    assert "未下达目标" in client_of("officer").get("/reports/targets/").text


def test_the_page_of_targets_costs_the_same_for_one_and_for_ten(manager):
    year = timezone.localdate().year
    TargetFactory(indicator="signing", year=year)
    manager.get("/reports/targets/")
    with CaptureQueriesContext(connection) as one:
        manager.get("/reports/targets/")
    for n in range(9):
        TargetFactory(indicator="signing", year=year, department=DepartmentFactory(name=f"测试部门{n}"))

    with CaptureQueriesContext(connection) as ten:
        manager.get("/reports/targets/")

    assert len(ten) == len(one) <= 12
