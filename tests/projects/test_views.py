"""The pages that act on a project: the refusal stands at its field and nothing typed is lost."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import roles
from activities import services as activities
from audit.models import ChangeSet
from projects.models import Milestone, MilestoneRevision, Project
from tests.factories import TODAY, AgreementFactory, MilestoneFactory, PlanFactory, ProjectFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def client():
    roles.sync_groups()
    client = Client()
    client.force_login(UserFactory(roles=["manager"]), backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_a_refused_end_says_so_at_the_reason(client):
    project = ProjectFactory()

    page = client.post(reverse("projects:status", args=[project.pk]), {"status": "terminated", "on": "2026-11-24"})

    assert page.context["form"].errors["reason"] == ["终止项目请写明原因"]
    assert Project.objects.get(pk=project.pk).status == "active"


def test_a_refused_move_names_what_is_missing_and_keeps_the_note(client):
    project = ProjectFactory(stage="land.pre_sign")
    data = {"to": "land.signed", "on": "2026-11-24", "note": "我的说明"}

    page = client.post(reverse("projects:move", args=[project.pk]), data)

    assert "缺少协议" in page.content.decode()
    assert "我的说明" in page.content.decode()


def test_a_move_that_meets_its_gate_is_done_and_renews_the_light(client):
    project = ProjectFactory(stage="land.pre_sign", light="red")
    AgreementFactory(project=project)

    page = client.post(reverse("projects:move", args=[project.pk]), {"to": "land.signed", "on": "2026-11-24"})

    project.refresh_from_db()
    assert page.status_code == 302
    assert (project.stage, project.light != "red") == ("land.signed", True)


def test_a_colleague_who_may_not_change_it_is_refused(client):
    project = ProjectFactory()
    roles.sync_groups()
    reader = Client()
    reader.force_login(UserFactory(roles=["leader"]), backend="django.contrib.auth.backends.ModelBackend")

    assert reader.get(reverse("projects:plan", args=[project.pk])).status_code == 200
    assert reader.get(reverse("projects:move", args=[project.pk])).status_code == 403


def test_milestones_are_searched_by_their_own_name_and_by_their_projects(client):
    MilestoneFactory(name="土地摘牌", project__name="测试光电项目")
    MilestoneFactory(name="立项备案", project__name="别的项目")

    found = {
        word: [row.name for row in client.get("/admin/projects/milestone/", {"q": word}).context["cl"].result_list]
        for word in ("摘牌", "guangdian", "光电 摘牌", "光电 备案")
    }

    assert found == {"摘牌": ["土地摘牌"], "guangdian": ["土地摘牌"], "光电 摘牌": ["土地摘牌"], "光电 备案": []}


def acts(page) -> list[str]:
    return [value for value, _label in page.context["form"].fields["act"].choices]


def on(row) -> str:
    return reverse("projects:milestone", args=[row.pk])


def test_the_form_of_a_milestone_asks_first_and_offers_only_what_its_state_allows(client):
    row, done = MilestoneFactory(), MilestoneFactory(status="done", completed_on=TODAY)

    asked = client.post(on(row), {"done_on": "昨天"})

    assert not client.get(on(row)).context["form"]["act"].value()
    assert asked.context["form"].errors["act"] == ["请先选择发生了什么"]
    assert acts(client.get(on(done))) == ["reopen"]
    assert client.post(on(done), {"act": "complete", "done_on": "昨天"}).context["form"].errors["act"]


def test_an_impossible_day_is_refused_once_and_taken_with_the_box_ticked(client):
    row = MilestoneFactory(plan=PlanFactory(base_on=TODAY))
    typed = {"act": "complete", "done_on": "2026-01-01"}

    refused = client.post(on(row), typed)
    saved = client.post(on(row), {**typed, "sure": "on"}, follow=True)

    assert "早于计划的基准日" in str(refused.context["form"].errors["sure"])
    assert 'name="sure"' in refused.content.decode()
    row.refresh_from_db()
    assert row.status == "done"
    assert "已标为完成，完成日 2026-01-01" in saved.content.decode()


@pytest.mark.parametrize(
    ("values", "fields"),
    [
        ({}, {"act": "complete", "done_on": "昨天"}),
        ({}, {"act": "re_date", "new_on": "两周后", "reason": "等用地指标"}),
        ({}, {"act": "waive", "reason": "不用地"}),
        ({}, {"act": "report"}),
        ({"status": "to_confirm", "confirmed_at": None, "due_on": dt.date(2199, 1, 1)}, {"act": "confirm"}),
        ({"status": "waived", "waived_reason": "不用地"}, {"act": "reopen", "reason": "标错了"}),
    ],
)
def test_every_act_on_a_milestone_says_what_was_done_and_can_be_taken_back(client, values, fields):
    row = MilestoneFactory(**values)
    activities.refresh_light(row.project, today=timezone.localdate())
    kept = [
        field.attname for field in row._meta.concrete_fields if field.attname not in {"version", "updated_at", "updated_by_id"}
    ]
    columns = {"light": "", "light_reason": ""}
    before = Milestone.objects.values(*kept).get(), Project.objects.values(*columns).get()

    page = client.post(on(row), fields, follow=True)
    done = Milestone.objects.values(*kept).get()
    client.post(reverse("audit:undo", args=[ChangeSet.objects.get().pk]))

    assert f"“{row.name}”" in page.content.decode()
    assert done != before[0]
    assert (Milestone.objects.values(*kept).get(), Project.objects.values(*columns).get()) == before
    assert not MilestoneRevision.objects.exists()


def test_a_refused_act_leaves_nothing_to_take_back(client):
    client.post(on(MilestoneFactory()), {"act": "waive", "reason": ""})

    assert not ChangeSet.objects.exists()


def test_followers_and_overtaken_steps_are_shown_before_a_new_date_is_saved(client):
    row = MilestoneFactory(name="土地摘牌", due_on=TODAY)
    soon = timezone.localdate() + dt.timedelta(days=60)
    MilestoneFactory(name="规划许可", project=row.project, anchor=row, offset=10, due_on=dt.date(2020, 1, 1))
    MilestoneFactory(name="开工", project=row.project, is_key=True, due_on=soon)
    typed = {"act": "re_date", "new_on": str(soon + dt.timedelta(days=1)), "reason": "等指标"}

    shown = client.post(on(row), typed)
    outlook = shown.context["outlook"]
    row.refresh_from_db()
    text = shown.content.decode()
    saved = client.post(on(row), {**typed, "seen": str(outlook.on), "cascade": "on"}, follow=True)

    assert row.due_on == TODAY
    assert "规划许可" in text
    assert f"开工（{soon:%m-%d}）" in text
    assert "1 个后续节点一并顺移" in saved.content.decode()
    assert Milestone.objects.get(name="规划许可").due_on == outlook.shifts[0].new_due_on


def test_followers_stay_when_one_does_not_want_them_moved(client):
    row = MilestoneFactory(due_on=TODAY)
    follower = MilestoneFactory(project=row.project, anchor=row, offset=10, due_on=dt.date(2199, 1, 1))
    day = timezone.localdate() + dt.timedelta(days=14)

    saved = client.post(on(row), {"act": "re_date", "new_on": "两周后", "reason": "等", "seen": str(day)}, follow=True)

    follower.refresh_from_db()
    assert follower.due_on == dt.date(2199, 1, 1)
    assert "后续节点的日期没有动" in saved.content.decode()


def test_without_followers_a_new_date_is_saved_at_once_and_says_so(client):
    row = MilestoneFactory()

    saved = client.post(on(row), {"act": "re_date", "new_on": "两周后", "reason": "等"}, follow=True)

    row.refresh_from_db()
    assert row.due_on == timezone.localdate() + dt.timedelta(days=14)
    assert "没有后续节点随之顺移" in saved.content.decode()


def test_the_look_ahead_reads_the_day_as_it_is_said_and_saves_nothing(client):
    row = MilestoneFactory()

    page = client.post(on(row), {"act": "re_date", "new_on": "两周后", "preview": "1"})

    assert f"{timezone.localdate() + dt.timedelta(days=14)}" in page.content.decode()
    assert "没有从这个节点起算的后续节点，其余日期不变" in page.content.decode()
    assert not MilestoneRevision.objects.exists()


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({"act": "re_date", "new_on": "过几天", "reason": "等"}, "new_on", "没有看懂日期"),
        ({"act": "re_date", "new_on": "下周三左右", "reason": "等"}, "new_on", "请写明哪一天"),
        ({"act": "re_date", "new_on": "昨天", "reason": "等"}, "new_on", "不能早于今天"),
        ({"act": "re_date", "new_on": "两周后"}, "reason", "请写明原因"),
        ({"act": "complete", "done_on": "哪天"}, "done_on", "看不懂日期"),
        ({"act": "complete", "done_on": "明天"}, "done_on", "不能晚于今天"),
        ({"act": "complete"}, "done_on", "不详"),
    ],
)
def test_a_refused_day_or_reason_says_so_at_its_field(client, typed, field, sentence):
    page = client.post(on(MilestoneFactory()), typed)

    assert sentence in str(page.context["form"].errors[field])


def test_the_plan_says_why_a_date_was_moved_by_whom_and_when(client):
    row = MilestoneFactory(name="土地摘牌", due_on=dt.date(2026, 10, 26), original_due_on=dt.date(2026, 10, 26))
    client.post(on(row), {"act": "re_date", "new_on": "两周后", "reason": "等用地指标"})
    who = MilestoneRevision.objects.get().revised_by
    said = f"改期至 {timezone.localdate() + dt.timedelta(days=14)}：等用地指标（{who}，{timezone.localdate()}）"

    plan, page = client.get(reverse("projects:plan", args=[row.project_id])), client.get(row.project.get_absolute_url())

    for text in (plan.content.decode(), page.content.decode()):
        assert "原 2026-10-26" in text
        assert said in text


def test_from_the_plan_a_done_milestone_can_be_reopened_and_contacts_are_logged_at_the_desk(client):
    row = MilestoneFactory(status="done", completed_on=TODAY)
    address = reverse("projects:plan", args=[row.project_id])

    text = client.get(address).content.decode()

    assert f'id="m{row.pk}"' in text
    assert "重新打开" in text
    assert f"{reverse('desk:log')}?project={row.project_id}" in text
    assert reverse("admin:activities_interaction_add") not in text


def test_confirming_all_can_be_taken_back(client):
    row = MilestoneFactory(status="to_confirm", confirmed_at=None, due_on=dt.date(2199, 1, 1))

    page = client.post(reverse("projects:confirm_all", args=[row.project_id]), follow=True)
    confirmed = Milestone.objects.get().status
    client.post(reverse("audit:undo", args=[ChangeSet.objects.get().pk]))

    assert "已确认 1 个节点" in page.content.decode()
    assert (confirmed, Milestone.objects.get().status) == ("planned", "to_confirm")


def test_the_history_of_a_project_tells_the_decisions_about_its_plan(client):
    row = MilestoneFactory(name="土地摘牌")
    client.post(on(row), {"act": "re_date", "new_on": "两周后", "reason": "等用地指标"})

    text = client.get(reverse("admin:projects_project_history", args=[row.project_id])).content.decode()

    assert "土地摘牌 改期至" in text
    assert "等用地指标" in text
