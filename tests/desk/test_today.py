"""今日: what a person has to do, nobody else's, oldest arrears never hiding today."""

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from activities.models import FollowUp
from activities.silence import silent
from audit import changesets
from audit.models import ChangeSet
from desk.today import Today
from projects.models import Project
from tests.factories import (
    TODAY,
    AttendanceFactory,
    CompanyFactory,
    DirectiveFactory,
    EvidenceFactory,
    FollowUpFactory,
    InteractionCompanyFactory,
    InteractionFactory,
    MilestoneFactory,
    ProjectFactory,
    SavedViewFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def officer():
    return UserFactory(roles=["officer"])


def of(user, *, mine: bool = True) -> Today:
    return Today(user, today=TODAY, mine=mine)


def titles(day: Today) -> dict[str, list[str]]:
    return {group.code: [item.title for item in group.items] for group in day.groups()}


def test_steps_promises_and_orders_stand_by_time(officer):
    MilestoneFactory(project__owner=officer, name="立项备案", due_on=TODAY - 3 * DAY)
    FollowUpFactory(title="回访", owner=officer, assignee=officer, due_on=TODAY)
    DirectiveFactory(text="协调用电", owner=officer, handler=officer, due_on=TODAY + 5 * DAY)
    FollowUpFactory(title="以后", owner=officer, assignee=officer, due_on=TODAY + 8 * DAY)

    FollowUpFactory(title="很久以后", owner=officer, assignee=officer, due_on=TODAY + 31 * DAY)

    found = titles(of(officer))

    assert found == {"overdue": ["立项备案"], "today": ["回访"], "week": ["协调用电"], "later": ["以后"]}


def test_of_what_comes_later_a_few_are_shown_and_all_on_the_page_of_everything(officer):
    for n in range(8, 15):
        FollowUpFactory(title=f"第{n}天", owner=officer, assignee=officer, due_on=TODAY + n * DAY)
    FollowUpFactory(title="很久以后", owner=officer, assignee=officer, due_on=TODAY + 300 * DAY)
    FollowUpFactory.create_batch(35, owner=officer, assignee=officer, due_on=TODAY - DAY)

    later = of(officer).groups()[3]
    everything = Today(officer, today=TODAY, mine=True, everything=True).groups()[3]

    assert ([item.title for item in later.items], later.more) == ([f"第{n}天" for n in range(8, 13)], 2)
    assert (everything.items[-1].title, everything.more) == ("很久以后", 0)


def test_mine_leaves_out_what_others_must_do(officer):
    head = UserFactory(roles=["head"], department=officer.department)
    FollowUpFactory(title="别人的", owner=officer, assignee=officer, due_on=TODAY)
    FollowUpFactory(title="自己的", owner=head, assignee=head, due_on=TODAY)

    assert titles(of(head))["today"] == ["自己的"]
    assert set(titles(of(head, mine=False))["today"]) == {"别人的", "自己的"}


def test_nobody_sees_what_is_not_his(officer):
    FollowUpFactory(due_on=TODAY)
    MilestoneFactory(due_on=TODAY)

    assert titles(of(officer, mine=False)) == {"overdue": [], "today": [], "week": [], "later": []}


def test_what_is_not_shown_is_counted_and_arrears_do_not_hide_today(officer):
    FollowUpFactory.create_batch(35, owner=officer, assignee=officer, due_on=TODAY - DAY)
    FollowUpFactory(title="今天的", owner=officer, assignee=officer, due_on=TODAY)

    overdue, today, _week, _later = of(officer).groups()

    assert (overdue.count, len(overdue.items) + overdue.more) == (35, 35)
    assert [item.title for item in today.items] == ["今天的"]


def test_lateness_is_counted_in_working_days(officer):
    FollowUpFactory(owner=officer, assignee=officer, due_on=dt.date(2026, 11, 20))  # a Friday

    assert [item.late for item in of(officer).groups()[0].items] == [2]


@pytest.mark.parametrize(("grade", "days"), [("A", 7), ("B", 14), ("C", 30)])
def test_a_project_is_silent_after_the_days_of_its_grade(officer, grade, days):
    for quiet in (days, days + 1):
        row = ProjectFactory(owner=officer, grade=grade, name=f"{quiet} 天")
        InteractionFactory(project=row, outcome="effective", happened_on=TODAY - quiet * DAY)

    found = silent(Project.objects.all(), today=TODAY)

    assert [row.name for row in found] == [f"{days + 1} 天"]


def test_only_an_effective_contact_ends_the_silence(officer):
    row = ProjectFactory(owner=officer, grade="A")
    InteractionFactory(project=row, outcome="effective", happened_on=TODAY - 8 * DAY)
    InteractionFactory(project=row, outcome="no_answer", happened_on=TODAY)

    assert list(silent(Project.objects.all(), today=TODAY)) == [row]


def test_press_projects_and_those_on_hold_are_not_silent(officer):
    old = TODAY - 90 * DAY
    for fields in ({"origin": "press"}, {"status": "on_hold", "review_on": TODAY}):
        InteractionFactory(project=ProjectFactory(owner=officer, **fields), outcome="effective", happened_on=old)

    assert list(silent(Project.objects.all(), today=TODAY)) == []


def test_a_contact_without_people_or_with_a_doubtful_name_waits_to_be_completed(officer):
    today = timezone.localdate()
    whole, nameless, doubtful = (InteractionFactory(owner=officer) for _n in range(3))
    for row in (whole, doubtful):
        AttendanceFactory(interaction=row)
    InteractionCompanyFactory(interaction=whole, company=CompanyFactory(name_status="registered"))
    InteractionCompanyFactory(interaction=doubtful, company=CompanyFactory(name_status="unverified"))

    gaps = {gap.interaction: gap.lacks for gap in Today(officer, today=today, mine=True).gaps()}

    assert gaps == {nameless: ["参加人"], doubtful: ["企业全称"]}


def test_missing_papers_of_my_projects_are_listed(officer):
    mine = EvidenceFactory(project__owner=officer, status="missing")
    EvidenceFactory(status="missing")

    assert of(officer).missing_evidence() == [mine]


def test_the_text_for_a_chat_carries_no_telephone(officer):
    company = CompanyFactory(name="测试光电有限公司")
    FollowUpFactory(title="回访", owner=officer, assignee=officer, due_on=TODAY, company=company)
    day = of(officer)

    text = day.text(day.groups())

    assert "【今天】1" in text
    assert "· 11-24 回访（测试光电有限公司）" in text


def test_a_promise_is_kept_with_one_click_and_taken_back_with_another(officer):
    row = FollowUpFactory(owner=officer, assignee=officer, due_on=timezone.localdate())
    client = Client()
    client.force_login(officer)

    page = client.post(reverse("desk:follow_up_done", args=[row.pk]), follow=True)

    row.refresh_from_db()
    assert (row.status, row.completed_by) == (FollowUp.Status.DONE, officer)
    assert "撤销" in page.content.decode()
    changesets.undo(ChangeSet.objects.get(), by=officer, now=timezone.now())
    row.refresh_from_db()
    assert (row.status, row.completed_at) == (FollowUp.Status.OPEN, None)


def test_somebody_elses_promise_cannot_be_kept(officer):
    row = FollowUpFactory(due_on=TODAY)
    client = Client()
    client.force_login(officer)

    assert client.post(reverse("desk:follow_up_done", args=[row.pk])).status_code == 404


def test_the_page_asks_the_same_for_few_and_for_many_rows():
    manager = UserFactory(roles=["manager"])
    client = Client()
    client.force_login(manager)
    client.get("/")
    queries = []
    for n in (3, 12):
        for _n in range(n):
            row = ProjectFactory(grade="A")
            InteractionCompanyFactory(interaction=InteractionFactory(project=row, happened_on=dt.date(2020, 1, 1)))
            MilestoneFactory(project=row, due_on=timezone.localdate())
            EvidenceFactory(project=row, status="missing")
            FollowUpFactory(due_on=timezone.localdate(), project=row)
            DirectiveFactory(due_on=timezone.localdate())
        with CaptureQueriesContext(connection) as asked:
            assert client.get("/").status_code == 200
        queries.append(len(asked))

    assert queries[0] == queries[1]


def test_saved_views_of_the_ledger_are_one_click_away(officer):
    SavedViewFactory(owner=officer, name="我的红灯", query="light=red")
    SavedViewFactory(name="别人的")
    client = Client()
    client.force_login(officer)

    text = client.get("/").content.decode()

    assert f'<a href="{reverse("desk:projects")}?light=red">我的红灯</a>' in text
    assert "别人的" not in text
