"""The page of a project tells its story, shows only what the person may see, and offers only what he may do."""

import datetime as dt
import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts import roles
from desk import stage_bar
from projects import gates
from projects.models import Project
from projects.services import refresh_project
from tests.factories import (
    AgreementFactory,
    AgreementPartyFactory,
    AttachmentFactory,
    AttendanceFactory,
    CapitalArrivalFactory,
    CitationFactory,
    CommitmentFactory,
    CompanyFactory,
    DirectiveFactory,
    EventFactory,
    EvidenceFactory,
    FollowUpFactory,
    InteractionCompanyFactory,
    InteractionFactory,
    InvestmentProgressFactory,
    MilestoneFactory,
    ProgressReportFactory,
    ProjectFactory,
    ProjectMemberFactory,
    ProjectPartyFactory,
    StageChangeFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

MOST_QUERIES = 32


@pytest.fixture(autouse=True)
def _groups():
    roles.sync_groups()


def signed_in(*names, **values):
    """A client and the person behind it."""
    user = UserFactory(roles=names, **values)
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    client.user = user
    return client


def page(client, project):
    return client.get(reverse("desk:project", args=[project.pk]))


def text(client, project):
    return page(client, project).content.decode()


def furnish(project, count):
    """So many of everything that belongs to a project."""
    for _n in range(count):
        event, company = EventFactory(), CompanyFactory(owner=project.owner)
        party = ProjectPartyFactory(project=project, company=company)
        agreement = AgreementFactory(project=project, event=event, our_unit=project.department)
        AgreementPartyFactory(agreement=agreement, party=party)
        MilestoneFactory(project=project)
        EvidenceFactory(project=project)
        contact = InteractionFactory(project=project, owner=project.owner)
        InteractionCompanyFactory(interaction=contact, company=company)
        AttendanceFactory(interaction=contact)
        FollowUpFactory(project=project, owner=project.owner, assignee=project.owner)
        StageChangeFactory(project=project, moved_by=project.owner)
        CapitalArrivalFactory(project=project, payer=company)
        InvestmentProgressFactory(project=project)
        ProgressReportFactory(project=project, status="accepted")
        DirectiveFactory(project=project, owner=project.owner)
        CommitmentFactory(project=project)
        ProjectMemberFactory(project=project)
        AttachmentFactory(target=project)
        CitationFactory(target=agreement, fields=["event"])
    refresh_project(project)


@pytest.mark.parametrize("role", ["officer", "head", "manager"])
def test_the_page_asks_the_same_few_queries_however_much_there_is(role):
    client = signed_in(role)
    few, many = (ProjectFactory(owner=client.user) for _n in range(2))
    furnish(few, 3)
    furnish(many, 30)
    page(client, few)  # fills the caches of the process

    with CaptureQueriesContext(connection) as at_three:
        page(client, few)
    with CaptureQueriesContext(connection) as at_thirty:
        page(client, many)

    assert len(at_thirty) == len(at_three) <= MOST_QUERIES


def test_a_project_of_another_department_is_not_found():
    assert page(signed_in("officer"), ProjectFactory()).status_code == 404


def test_contacts_of_the_project_that_the_person_may_not_see_are_left_out():
    client = signed_in("officer")
    project = ProjectFactory(owner=client.user)
    InteractionFactory(project=project, owner=client.user, summary="本人记的一笔")
    InteractionFactory(project=project, summary="别的部门记的一笔")
    FollowUpFactory(project=project, title="别人的待办")
    DirectiveFactory(project=project, text="别人的交办")

    shown = text(client, project)

    assert "本人记的一笔" in shown
    assert "别的部门记的一笔" not in shown
    assert "别人的待办" not in shown
    assert "别人的交办" not in shown


def test_a_company_is_a_link_only_where_its_page_opens():
    client = signed_in("officer")
    project = ProjectFactory(owner=client.user)
    mine, foreign = CompanyFactory(owner=client.user), CompanyFactory()
    ProjectPartyFactory(project=project, company=mine)
    ProjectPartyFactory(project=project, company=foreign, rank=2)

    shown = text(client, project)

    assert foreign.name in shown
    assert f'href="{mine.get_absolute_url()}"' in shown
    assert f'href="{foreign.get_absolute_url()}"' not in shown


def test_buttons_are_those_the_person_may_use():
    project = ProjectFactory()

    manager, leader = (text(signed_in(role), project) for role in ("manager", "leader"))

    edit, log = reverse("admin:projects_project_change", args=[project.pk]), f"{reverse('desk:log')}?project={project.pk}"
    assert (edit in manager, log in manager) == (True, True)
    assert (edit in leader, log in leader) == (False, False)
    assert reverse("projects:plan", args=[project.pk]) in leader


def test_what_is_missing_for_the_next_stage_links_to_its_field():
    project = ProjectFactory(stage="land.pre_sign")
    client = signed_in("manager")

    shown = text(client, project)
    form = client.get(reverse("admin:projects_project_change", args=[project.pk])).content.decode()

    fields = [*stage_bar.FIELDS.values(), stage_bar.EVIDENCE, stage_bar.FILES]
    assert f"{reverse('admin:projects_project_change', args=[project.pk])}#agreements-group" in shown
    assert [field for field in fields if f'id="{field}"' not in form] == []
    assert set(stage_bar.FIELDS) == set(gates.RULES)


def backed(project):
    """With what the gates of every stage ask for."""
    AgreementFactory(project=project)
    ProjectPartyFactory(project=project, role="investor")
    return project


def test_no_move_is_proposed_over_a_stage_whose_agreement_is_missing():
    project = ProjectFactory(stage="land.signed")
    ProjectPartyFactory(project=project, role="investor")
    done = {"status": "done", "completed_on": timezone.localdate()}
    MilestoneFactory(project=project, name="项目公司注册", **done)
    client = signed_in("manager")

    bar = page(client, project).context["bar"]
    shown, plan = text(client, project), client.get(reverse("projects:plan", args=[project.pk])).content.decode()

    assert bar.proposal is None
    assert any("缺少协议" in lack.text for lack in bar.owed)
    for said in (shown, plan):
        assert "缺少协议" in said
        assert "改为“" not in said
        assert "所需已齐" not in said
    assert "没有要补的凭据" not in plan


def test_papers_of_a_later_stage_propose_the_move_and_the_button_makes_it():
    project = backed(ProjectFactory(stage="land.filed"))
    EvidenceFactory(project=project, code="land.started.construction_permit", label="施工许可证", status="provided")
    AttachmentFactory(target=project, label="开工照片（现场）")
    client = signed_in("manager")

    proposal = page(client, project).context["bar"].proposal
    move = {"to": proposal.stage.code, "on": proposal.on.isoformat(), "note": proposal.note}
    client.post(reverse("projects:move", args=[project.pk]), move)

    assert proposal.proofs == ["施工许可证", "开工照片"]
    assert Project.objects.get(pk=project.pk).stage == "land.started"


@pytest.mark.parametrize("name", ["开工", "项目公司注册（迁入）"])
def test_a_reached_milestone_of_a_stages_name_proposes_the_move_since_its_day(name):
    project = backed(ProjectFactory())
    day = timezone.localdate() - dt.timedelta(days=5)
    MilestoneFactory(project=project, name=name, status="done", completed_on=day)

    proposal = page(signed_in("manager"), project).context["bar"].proposal

    assert proposal.stage.code in {"land.started", "land.registered"}
    assert proposal.on == day


def test_half_of_the_papers_propose_nothing():
    project = ProjectFactory(stage="land.filed")
    AttachmentFactory(target=project, label="开工照片")
    MilestoneFactory(project=project, name="开工前准备", status="done", completed_on=timezone.localdate())

    assert page(signed_in("manager"), project).context["bar"].proposal is None


def test_what_is_not_known_is_a_dash_and_never_nought():
    figures = {figure.label: figure.value for figure in page(signed_in("manager"), ProjectFactory()).context["figures"]}

    assert set(figures.values()) == {"—"}


def test_the_head_line_carries_the_agreement_in_force_and_only_proven_capital():
    project = ProjectFactory()
    AgreementFactory(project=project, amount=Decimal(150_000), amount_qualifier="about")
    refresh_project(project)
    CapitalArrivalFactory(project=project, amount=Decimal(300))
    CapitalArrivalFactory(
        project=project, amount=Decimal(200), status="verified", verified_at=timezone.now(), verified_by=project.owner
    )

    shown = text(signed_in("manager"), project)

    assert "约15亿元" in shown
    assert "<strong>200万元</strong>" in shown
    assert "另有 300万元 待核实" in shown


def test_a_field_that_no_longer_says_what_was_proven_shows_the_source():
    project = ProjectFactory()
    CitationFactory(target=project, fields=["name"], value="旧名", quote="旧名项目签约", line_from=3, line_to=4)
    CitationFactory(target=project, fields=["name"], value=project.name, quote="名称短语", line_from=7, line_to=7)

    shown = text(signed_in("manager"), project)

    assert "原文：旧名项目签约" in shown
    assert "第 3–4 行" in shown
    assert "<q>名称短语</q>" in shown


def test_members_stand_by_time_and_leaders_first():
    project = ProjectFactory()
    today = timezone.localdate()
    ProjectMemberFactory(project=project, user=None, name="前任", role="leader", until_on=today - dt.timedelta(days=1))
    ProjectMemberFactory(project=project, user=None, name="跟办", role="follower")
    ProjectMemberFactory(project=project, user=None, name="领导", role="leader")

    members = page(signed_in("manager"), project).context["members"].rows

    assert [row.name for row in members] == ["领导", "跟办", "前任"]


def test_a_long_list_is_cut_with_a_link_to_the_whole():
    client = signed_in("manager")
    project = ProjectFactory()
    for _n in range(51):
        InteractionFactory(project=project)

    cut, whole = page(client, project), client.get(f"{reverse('desk:project', args=[project.pk])}?all=1")

    assert len(cut.context["timeline"].rows) == 50
    assert 'href="?all=1"' in cut.content.decode()
    assert len(whole.context["timeline"].rows) == 51


def test_the_picture_has_a_text_for_those_who_do_not_see_it_and_no_style_of_its_own():
    project = ProjectFactory()
    MilestoneFactory(project=project, name="测试节点甲")

    shown = text(signed_in("manager"), project)

    assert re.search(r'role="img"\s+aria-labelledby="gantt-screen"', shown)
    assert '<title id="gantt-screen">1 个里程碑' in shown
    assert " style=" not in shown
