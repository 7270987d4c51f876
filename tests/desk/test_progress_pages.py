"""进展报送: who sees and files which rows, what stands in what colour, and what the pages cost."""

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts import roles
from core.periods import Week, week_before, week_of
from desk import progress as reporting
from desk.progress import State
from projects import services
from projects.models import ProgressReport, Project, Told
from tests.factories import (
    DepartmentFactory,
    MilestoneFactory,
    ProgressReportFactory,
    ProjectFactory,
    ProjectMemberFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

MOST_QUERIES = 12
STATUS, FILL, REVIEW = (reverse(f"desk:progress{name}") for name in ("_status", "", "_review"))
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _groups():
    roles.sync_groups()


@pytest.fixture
def week() -> Week:
    return week_of(timezone.now())


@pytest.fixture
def last(week) -> Week:
    return week_before(week)


def signed_in(*names, **values):
    """A client and the person behind it."""
    user = UserFactory(roles=names, **values)
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    client.user = user
    return client


def project(owner, name="测试项目", **more) -> Project:
    """One that was there before the week that is reported."""
    row = ProjectFactory(owner=owner, name=name, **more)
    Project.objects.filter(pk=row.pk).update(created_at=timezone.now() - dt.timedelta(days=100))
    return row


def report(of, week, progress="完成土地平整", status="submitted", **more) -> ProgressReport:
    when = {"submitted_at": week.opens_at, "submitted_by": of.owner} if status != "draft" else {}
    period = {"period_start_on": week.start_on, "period_end_on": week.end_on, "revision": 1}
    return ProgressReportFactory(project=of, progress=progress, status=status, **{**period, **when, **more})


def send(client, of, week, **typed):
    address = reverse("desk:progress_save", args=[of.pk])
    return client.post(address, {"week": week.start_on.isoformat(), "version": 0, "act": "submit", **typed}, headers=HTMX)


def text(answer) -> str:
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def names(client, address) -> list[str]:
    return [line.project.name for line in client.get(address).context["lines"]]


# --- 填报页


def test_a_person_fills_in_his_own_projects_and_those_he_follows(week):
    client = signed_in("officer")
    project(client.user, "自己的")
    followed, foreign, shared = (project(UserFactory(), name) for name in ("跟办的", "别人的", "只是共享的"))
    for row, role in ((followed, "follower"), (shared, "team_member")):
        ProjectMemberFactory(project=row, user=client.user, role=role)
        services.keep_shares(row)
    former = project(UserFactory(), "以前跟办的")
    ProjectMemberFactory(project=former, user=client.user, role="follower", until_on=week.start_on - dt.timedelta(days=1))
    services.keep_shares(former)

    assert sorted(names(client, FILL)) == ["自己的", "跟办的"]
    assert names(client, f"{FILL}?who=all") == names(client, FILL)
    assert send(client, foreign, week, progress="越权").status_code == 404
    assert not ProgressReport.objects.exists()


def test_what_one_may_only_see_is_not_filed_for(week):
    client = signed_in("leader")
    row = project(UserFactory(), "别人的")

    assert send(client, row, week, progress="越权").status_code == 403
    assert not ProgressReport.objects.exists()


def test_a_head_files_for_his_people_and_for_nobody_else(week):
    department = DepartmentFactory()
    client = signed_in("head", department=department)
    below = DepartmentFactory(parent=department)
    people = [UserFactory(department=unit) for unit in (department, below, DepartmentFactory())]
    rows = [project(owner, name) for owner, name in zip(people, ("本部门", "下级部门", "别的部门"), strict=True)]

    assert names(client, FILL) == []
    assert sorted(names(client, f"{FILL}?who=all")) == ["下级部门", "本部门"]
    assert names(client, f"{FILL}?who=all&owner={people[1].pk}") == ["下级部门"]
    assert send(client, rows[1], week, progress="代报").status_code == 200
    assert send(client, rows[2], week, progress="越权").status_code == 404
    assert ProgressReport.objects.get().project == rows[1]


def test_only_running_projects_of_ours_are_asked_for():
    client = signed_in("officer")
    project(client.user, "推进中")
    project(client.user, "暂缓", status="on_hold", review_on=timezone.localdate())
    project(client.user, "终止", status="terminated", status_reason="投资方放弃")
    project(client.user, "报道", origin="press")

    assert names(client, FILL) == ["推进中"]


def test_last_words_stand_beside_an_empty_box(week, last):
    client = signed_in("officer")
    row = project(client.user)
    report(row, week_before(last), "更早的进展")
    report(row, last, "上期的进展", next_plan="上期的计划")

    line = client.get(FILL).context["lines"][0]
    shown = text(client.get(FILL))

    assert (line.previous.progress, line.told) == ("上期的进展", Told())
    assert "上期的计划" in shown
    assert "更早的进展" not in shown


def test_one_request_files_a_row_and_answers_with_that_row(week):
    client = signed_in("officer")
    row, other = project(client.user), project(client.user, "另一个")

    shown = text(send(client, row, week, progress="取得施工许可证"))

    assert (shown.count("<tr"), "已报" in shown, "另一个" in shown) == (1, True, False)
    found = ProgressReport.objects.get()
    assert (found.project, found.status, found.submitted_by) == (row, "submitted", client.user)
    assert other.progress_reports.count() == 0


def test_a_chip_files_that_nothing_changed(week):
    client = signed_in("officer")
    row = project(client.user)

    shown = text(send(client, row, week, no_change="等待部门批复"))

    assert "无变化：" in shown
    assert ProgressReport.objects.get().no_change_reason == "等待部门批复"


def test_no_change_does_not_throw_away_what_was_typed(week):
    client = signed_in("officer")

    shown = text(send(client, project(client.user), week, no_change="等待部门批复", problems="写了一半的问题"))

    assert "请先清空" in shown
    assert "写了一半的问题</textarea>" in shown
    assert not ProgressReport.objects.exists()


@pytest.mark.parametrize(
    ("typed", "sentence"), [("", "请填写“本期进展”"), ("暂无", "请填写“本期进展”"), ("长" * 5001, "5001 字")]
)
def test_what_is_refused_comes_back_as_it_was_typed(week, typed, sentence):
    client = signed_in("officer")

    shown = text(send(client, project(client.user), week, progress=typed, problems="用电容量不足"))

    assert sentence in shown
    assert f"{typed}</textarea>" in shown
    assert "用电容量不足</textarea>" in shown
    assert 'role="alert"' in shown


def test_when_somebody_else_was_faster_both_texts_are_shown_and_the_next_click_decides(week):
    client = signed_in("officer")
    row = project(client.user)
    services.submit(row, week, Told("别人先报的"), by=UserFactory(roles=["manager"]), now=timezone.now())

    answer = send(client, row, week, progress="我写的")
    shown, version = text(answer), answer.context["line"].version

    assert "别人先报的" in shown
    assert "我写的</textarea>" in shown
    assert "有人改过这一行" in shown
    assert ProgressReport.objects.get().progress == "别人先报的"
    send(client, row, week, progress="我写的", version=version)
    assert ProgressReport.objects.get().progress == "我写的"


def test_a_project_that_ended_meanwhile_is_refused_with_a_sentence(week):
    client = signed_in("officer")
    row = project(client.user, "测试项目甲")
    services.set_status(row, "terminated", on=timezone.localdate(), by=client.user, reason="投资方放弃")

    assert "“测试项目甲”已终止，不再报送进展" in text(send(client, row, week, progress="还在写"))


def test_without_scripts_the_row_is_filed_and_refused_all_the_same(week):
    client = signed_in("officer")
    row = project(client.user)
    address = reverse("desk:progress_save", args=[row.pk])
    post = {"week": week.start_on.isoformat(), "version": "0", "act": "submit"}

    refused = client.post(address, {**post, "progress": "", "problems": "写了问题"})
    filed = client.post(address, {**post, "progress": "有了进展"})

    assert "写了问题</textarea>" in text(refused)
    assert (filed.status_code, filed.url) == (302, f"{FILL}?week={week.start_on}#p{row.pk}")


def test_the_week_before_can_be_caught_up_and_is_late(last):
    client = signed_in("officer")
    row = project(client.user)

    page = text(client.get(f"{FILL}?week={last.start_on}"))
    shown = text(send(client, row, last, progress="补报的进展"))

    assert "正在补报上一期" in page
    assert "迟报" in shown
    assert ProgressReport.objects.get().period_start_on == last.start_on


def test_an_older_or_nonsensical_week_opens_this_one(week, last):
    client = signed_in("officer")

    for asked in (week_before(last).start_on, "2026-11-24", "x", "9999-12-31", ""):
        assert client.get(f"{FILL}?week={asked}").context["week"] == week


@pytest.mark.parametrize(
    ("status", "more", "state", "word"),
    [
        ("draft", {}, State.DRAFT, "草稿，未报"),
        ("returned", {"return_reason": "缺少数据"}, State.RETURNED, "缺少数据"),
        ("submitted", {}, State.FILED, "已报"),
        ("submitted", {"likeness": 90}, State.ALIKE, "与上期雷同"),
        ("submitted", {"likeness": 89}, State.FILED, "已报"),
        ("accepted", {}, State.ACCEPTED, "已采用"),
    ],
)
def test_each_row_says_how_far_it_is(week, status, more, state, word):
    client = signed_in("officer")
    report(project(client.user), week, status=status, **more)

    answer = client.get(FILL)

    assert answer.context["lines"][0].state == state
    assert word in text(answer)


def test_an_accepted_row_has_no_box_but_a_way_to_correct_it(week):
    client = signed_in("officer")
    row = report(project(client.user), week, "采用的进展", status="accepted")

    shown = text(client.get(FILL))

    assert "<textarea" not in shown
    assert reverse("desk:progress_correct", args=[row.pk]) in shown
    assert "已采用，不能再改" in text(send(client, row.project, week, progress="再改", version=row.version))


def test_those_who_owe_can_be_shown_alone(week):
    client = signed_in("officer")
    report(project(client.user, "报了的"), week)
    project(client.user, "没报的")

    answer = client.get(f"{FILL}?left=1")

    assert [line.project.name for line in answer.context["lines"]] == ["没报的"]
    assert (answer.context["filed"], answer.context["total"]) == (1, 2)


# --- 更正


def test_a_correction_is_filed_and_leaves_what_was_accepted(week):
    client = signed_in("officer")
    row = report(project(client.user), week, "采用的进展", status="accepted")
    address = reverse("desk:progress_correct", args=[row.pk])

    assert "采用的进展</textarea>" in text(client.get(address))
    answer = client.post(address, {"progress": "更正的进展", "version": row.version})

    assert answer.url == f"{row.project.get_absolute_url()}#progress"
    assert [item.progress for item in ProgressReport.objects.order_by("revision")] == ["采用的进展", "更正的进展"]


def test_a_correction_over_a_newer_one_is_refused_and_keeps_what_was_typed(week):
    client = signed_in("officer")
    row = report(project(client.user), week, "采用的进展", status="accepted")
    services.correct(row, Told("别人的更正"), by=UserFactory(), now=timezone.now())

    shown = text(client.post(reverse("desk:progress_correct", args=[row.pk]), {"progress": "我的更正", "version": 99}))

    assert "我的更正</textarea>" in shown
    assert "别人的更正" in shown
    assert ProgressReport.objects.get(revision=2).progress == "别人的更正"


@pytest.mark.parametrize(("role", "code"), [("officer", 404), ("leader", 403)])
def test_others_do_not_correct(week, role, code):
    row = report(project(UserFactory()), week, status="accepted")

    assert signed_in(role).get(reverse("desk:progress_correct", args=[row.pk])).status_code == code


# --- 报送情况


def tally(client, address=STATUS) -> dict[str, tuple[int, int, int]]:
    """Name → filed, alike, missing; of each person."""
    units = client.get(address).context["units"]
    return {person.name: (person.filed, person.alike, person.missing) for unit in units for person in unit.people.values()}


def test_of_every_person_it_is_counted_what_is_there_what_repeats_and_what_is_missing(week):
    client = signed_in("manager")
    one, two = (UserFactory(display_name=name) for name in ("测试员甲", "测试员乙"))
    rows = [project(one, f"甲{n}") for n in range(6)]
    report(rows[0], week)
    report(rows[1], week, status="accepted")
    report(rows[2], week, likeness=95)
    report(rows[3], week, status="draft")
    report(rows[4], week, status="returned")
    report(project(two, "乙"), week, submitted_at=week.deadline_at + dt.timedelta(minutes=1))
    project(None, "无主", department=one.department)

    answer = client.get(STATUS)
    shown = text(answer)

    assert tally(client) == {"测试员甲": (2, 1, 3), "测试员乙": (1, 0, 0), "—": (0, 0, 1)}
    total = answer.context["total"]
    assert (total.total, total.filed, total.alike, total.missing, total.late) == (8, 3, 1, 4, 1)
    for shape, word in (("●", "已报"), ("▲", "与上期雷同"), ("■", "未报")):
        assert shape in shown
        assert word in shown


def test_every_number_opens_as_many_projects(week):
    client = signed_in("manager")
    for n in range(5):
        row = project(UserFactory(), f"项目{n}")
        if n:
            report(row, week, likeness=95 if n == 1 else None)
    project(None, "无主", department=DepartmentFactory())

    units = client.get(STATUS).context["units"]

    opened = 0
    for tallied in [unit.sum for unit in units] + [person for unit in units for person in unit.people.values()]:
        for state, n in tallied.numbers:
            chosen = client.get(f"{STATUS}?week={week.start_on}&state={state}{tallied.query}").context["chosen"]
            assert len(chosen["rows"]) == n
            opened += n
    assert opened == 12


def test_a_correction_that_was_returned_does_not_take_the_accepted_report_away(week):
    client = signed_in("manager")
    row = project(client.user)
    first = report(row, week, status="accepted")
    report(row, week, status="returned", revision=2, supersedes=first, return_reason="缺数据")

    assert tally(client) == {client.user.display: (1, 0, 0)}


def test_status_shows_only_what_the_person_may_see(week):
    client = signed_in("officer")
    project(client.user, "自己的")
    project(UserFactory(display_name="测试员外"), "别人的", code="2026-999")

    shown = text(client.get(f"{STATUS}?state=missing"))

    assert "自己的" in shown
    assert "测试员外" not in shown
    assert "2026-999" not in shown


def test_an_earlier_week_is_told_as_it_was_filed(week, last):
    client = signed_in("manager")
    row = project(client.user)
    ProjectFactory(owner=client.user, name="这一期才有的")
    report(row, last)

    assert tally(client) == {client.user.display: (0, 0, 2)}
    assert tally(client, f"{STATUS}?week={last.start_on}") == {client.user.display: (1, 0, 0)}


def test_the_list_for_reminding_names_people_and_numbers_and_nothing_else(week):
    client = signed_in("manager")
    one = UserFactory(display_name="测试员甲", mobile="13800000001", department__name="测试一部")
    project(one, "测试光电有限公司项目", code="2026-001")
    project(one, "没有编号的项目")
    report(project(UserFactory(display_name="测试员乙")), week)

    said = client.get(STATUS).context["text"]

    assert "测试一部：测试员甲 2 个（2026-001）" in said
    assert f"{week.start_on:%m-%d}—{week.end_on:%m-%d}" in said
    for secret in ("13800000001", "测试光电", "没有编号", "测试员乙"):
        assert secret not in said


def test_when_all_have_reported_nobody_is_reminded(week):
    client = signed_in("manager")
    report(project(client.user), week)

    assert client.get(STATUS).context["text"] == "本期已全部报送。"


# --- 审核


def test_only_heads_and_managers_review(week):
    row = report(project(UserFactory()), week)

    for role in ("officer", "leader", "statistician"):
        client = signed_in(role)
        assert client.get(REVIEW).status_code == 403
        assert client.post(reverse("desk:progress_decide", args=[row.pk]), {"act": "accept"}).status_code == 403
        assert client.post(reverse("desk:progress_accept_all"), {"seen": f"{row.pk}:1"}).status_code == 403
    row.refresh_from_db()
    assert row.status == "submitted"


def test_a_head_reviews_his_departments_and_no_other(week):
    client = signed_in("head")
    mine = report(project(UserFactory(department=client.user.department), "本部门"), week)
    foreign = report(project(UserFactory(), "别的部门"), week)

    shown = text(client.get(REVIEW))
    answer = client.post(reverse("desk:progress_decide", args=[foreign.pk]), {"act": "accept", "version": 1})
    client.post(reverse("desk:progress_accept_all"), {"seen": f"{foreign.pk}:1,{mine.pk}:1"})

    assert "本部门" in shown
    assert "别的部门" not in shown
    assert answer.status_code == 404
    assert [ProgressReport.objects.get(pk=row.pk).status for row in (mine, foreign)] == ["accepted", "submitted"]


def test_new_words_stand_beside_the_last_ones(week, last):
    client = signed_in("manager")
    row = project(client.user)
    report(row, last, "上期的进展", status="accepted")
    report(row, week, "本期的进展", likeness=92)

    finding = client.get(REVIEW).context["findings"][0]

    assert (finding.previous.progress, finding.report.progress) == ("上期的进展", "本期的进展")
    assert "相似度 92%" in text(client.get(REVIEW))


def decide(client, row, **post):
    return client.post(reverse("desk:progress_decide", args=[row.pk]), {"version": row.version, **post}, headers=HTMX)


def test_accepting_is_one_request_and_renews_the_light(week):
    client = signed_in("manager")
    project_ = project(client.user, light="grey", light_reason="超过 35 天没有进展")
    MilestoneFactory(project=project_, due_on=timezone.localdate() + dt.timedelta(days=30))
    row = report(project_, week)

    shown = text(decide(client, row, act="accept"))

    row.refresh_from_db()
    project_.refresh_from_db()
    assert (row.status, row.accepted_by) == ("accepted", client.user)
    assert "已采用" in shown
    assert (project_.light, project_.light_reason) == ("green", "按计划推进")


def test_returning_needs_a_reason_and_shows_it_to_who_wrote_it(week):
    client, writer = signed_in("manager"), signed_in("officer")
    row = report(project(writer.user), week)

    refused = text(decide(client, row, act="return", other_reason=" "))
    returned = text(decide(client, row, act="return", reason="缺少时间和数据"))

    assert "退回请写明原因" in refused
    assert "已退回" in returned
    assert "缺少时间和数据" in text(writer.get(FILL))


def test_a_reason_that_was_typed_goes_before_that_of_a_chip(week):
    client = signed_in("manager")
    row = report(project(client.user), week)

    decide(client, row, act="return", reason="缺少时间和数据", other_reason="请写明哪一天")
    send(client, row.project, week, no_change="手续办理中", other_reason="等设备到货", version=2)

    row.refresh_from_db()
    assert (row.return_reason, row.no_change_reason) == ("请写明哪一天", "等设备到货")


def test_what_was_changed_after_it_was_shown_is_not_accepted(week):
    client, writer = signed_in("manager"), signed_in("officer")
    row = report(project(writer.user), week)
    send(writer, row.project, week, progress="后来改的", version=row.version)

    shown = text(decide(client, row, act="accept"))

    assert "报送人又改过" in shown
    assert "后来改的" in shown
    assert ProgressReport.objects.get().status == "submitted"


def test_all_at_once_accepts_what_was_shown_but_what_repeats_or_changed(week):
    client = signed_in("manager")
    fresh, alike, changed = (report(project(client.user, name), week) for name in ("新的", "雷同的", "改过的"))
    ProgressReport.objects.filter(pk=alike.pk).update(likeness=97)
    page = client.get(REVIEW)
    send(client, changed.project, week, progress="又改了", version=changed.version)
    late = report(project(client.user, "后来的"), week)

    answer = client.post(reverse("desk:progress_accept_all"), {"seen": page.context["seen"]}, follow=True)

    assert len(page.context["fresh"]) == 2
    status = dict(ProgressReport.objects.values_list("pk", "status"))
    assert [status[row.pk] for row in (fresh, alike, changed, late)] == ["accepted", "submitted", "submitted", "submitted"]
    assert "已采用 1 份" in text(answer)
    assert "1 份在您打开之后有了改动" in text(answer)


def test_what_a_ledger_brought_waits_for_review_and_stands_on_the_page_of_the_project():
    client = signed_in("manager")
    row = ProgressReportFactory(project=project(client.user), status="submitted", progress="台账导入的本月进展")

    reviewed = text(client.get(REVIEW))
    shown = text(client.get(row.project.get_absolute_url()))

    assert "台账导入的本月进展" in reviewed
    assert "台账导入的本月进展" in shown
    assert "待审" in shown


# --- 项目页, 后台


def test_the_project_tells_what_stands_the_newest_first(week, last):
    client = signed_in("officer")
    row = project(client.user)
    report(row, last, "上期采用的", status="accepted")
    first = report(row, week, "第一版说法", status="accepted")
    report(row, week, "第二版说法", status="accepted", revision=2, supersedes=first)
    report(row, week, "第三版待审", revision=3)

    shown = text(client.get(row.get_absolute_url()))

    assert "第一版说法" not in shown
    assert shown.index("第三版待审") < shown.index("第二版说法") < shown.index("上期采用的")


def test_a_pasted_table_is_shown_as_its_lines_and_nothing_in_it_is_a_command(week):
    client = signed_in("officer")
    row = project(client.user)

    send(client, row, week, progress="节点\t完成\r\n<script>alert(1)</script>\t2")
    shown = text(client.get(row.get_absolute_url()))

    assert "节点 ｜ 完成\n&lt;script&gt;alert(1)&lt;/script&gt; ｜ 2" in shown


def test_in_the_admin_reports_are_read_and_never_written(week):
    client = signed_in("manager")
    row = report(project(client.user), week, "采用的进展", status="accepted")
    change = reverse("admin:projects_progressreport_change", args=[row.pk])

    shown = text(client.get(change))
    answers = [client.post(change, {"progress": "改写"})]
    answers += [client.post(reverse("admin:projects_progressreport_delete", args=[row.pk]), {"post": "yes"})]
    answers += [client.get(reverse("admin:projects_progressreport_add"))]

    assert "采用的进展" in shown
    assert 'name="progress"' not in shown
    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert ProgressReport.objects.get().progress == "采用的进展"


# --- 今日


def test_today_says_how_many_of_ones_own_projects_still_owe_the_report(week):
    client = signed_in("manager")
    rows = [project(client.user) for _n in range(3)]
    project(UserFactory(), "别人的")
    report(rows[0], week)
    report(rows[1], week, status="returned", return_reason="缺数据")

    assert "本期进展还有 2 个项目未报" in text(client.get("/"))
    for row in rows[1:]:
        ProgressReport.objects.filter(project=row).update(status="submitted")
    report(rows[2], week)
    assert "未报，" not in text(client.get("/"))


# --- what it costs


@pytest.mark.parametrize("address", [f"{FILL}?who=all", STATUS, f"{STATUS}?state=missing", REVIEW])
@pytest.mark.parametrize("role", ["head", "manager"])
def test_the_pages_ask_the_same_few_queries_for_two_hundred_projects(week, last, role, address):
    client = signed_in(role)
    people = [UserFactory(department=client.user.department) for _n in range(5)]

    def furnish(count):
        for n in range(count):
            row = project(people[n % 5], f"项目{n}", code=f"2026-{Project.objects.count():03d}")
            report(row, last, status="accepted")
            if n % 2:
                report(row, week)

    furnish(4)
    client.get(address)  # fills the caches of the process
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    furnish(196)
    with CaptureQueriesContext(connection) as many:
        answer = client.get(address)

    assert answer.status_code == 200
    assert len(many) == len(few) <= MOST_QUERIES


# --- words


@pytest.mark.parametrize(
    ("before", "said"),
    [
        (dt.timedelta(days=2, hours=3, minutes=5), "还剩 2 天 3 小时"),
        (dt.timedelta(hours=3, minutes=5), "还剩 3 小时 5 分"),
        (dt.timedelta(0), "已过截止时间，现在报送记为迟报"),
        (dt.timedelta(hours=-1), "已过截止时间，现在报送记为迟报"),
    ],
)
def test_the_page_says_how_much_time_is_left(week, before, said):
    assert reporting.time_left(week, week.deadline_at - before) == said
