"""The pages that act on a project: the refusal stands at its field and nothing typed is lost."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts import roles
from projects.models import Project
from tests.factories import AgreementFactory, MilestoneFactory, ProjectFactory, UserFactory

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
