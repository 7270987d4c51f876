"""The filter of projects: what it finds, and that nonsense is an error of its field and nothing more."""

import datetime as dt
from decimal import Decimal

import pytest
from django.http import QueryDict

from projects import services
from projects.filters import ProjectFilter
from projects.models import Project
from tests.factories import (
    NOW,
    TODAY,
    AgreementFactory,
    CompanyFactory,
    DepartmentFactory,
    EventFactory,
    EvidenceFactory,
    InteractionFactory,
    MilestoneFactory,
    ParkFactory,
    ProjectFactory,
    ProjectPartyFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
LONG_AGO = NOW - dt.timedelta(days=100)


@pytest.fixture
def manager():
    return UserFactory(roles=["manager"])


def found(query, user):
    return set(filtered(query, user).qs)


def filtered(query, user):
    return ProjectFilter(QueryDict(query), user=user, today=TODAY)


def signed(amount=None, **values):
    project = ProjectFactory()
    AgreementFactory(project=project, amount=amount, **values)
    return services.refresh_project(project)


@pytest.mark.parametrize("text", ["光电", "guangdian", "gd", "T-9", "华瑞", "huarui", "光电 华瑞"])
def test_a_project_is_found_by_name_number_and_investor_in_characters_pinyin_or_initials(text, manager):
    project = ProjectFactory(name="测试光电项目", code="T-9")
    ProjectPartyFactory(project=project, company=CompanyFactory(name="测试华瑞有限公司"))
    services.refresh_project(project)
    ProjectFactory(name="测试轮胎")

    assert found(f"q={text}", manager) == {project}


def test_every_word_has_to_be_found(manager):
    ProjectFactory(name="测试光电项目")

    assert found("q=光电 轮胎", manager) == set()


@pytest.mark.parametrize(
    ("query", "values"),
    [
        ("track=tenancy", {"track": "tenancy", "stage": "tenancy.signed"}),
        ("track=null", {"track": None, "stage": "any.signed", "origin": "press"}),
        ("stage=land.filed&stage=land.started", {"stage": "land.started"}),
        ("status=on_hold&status=terminated", {"status": "on_hold", "review_on": TODAY}),
        ("light=red&light=yellow", {"light": "yellow"}),
        ("grade=A", {"grade": "A"}),
        ("industry=C", {"industry": "C39"}),
        ("origin=imported", {"origin": "imported"}),
        ("owner=null", {"owner": None}),
    ],
)
def test_a_choice_finds_the_projects_that_have_it(query, values, manager):
    project = ProjectFactory(**values)
    ProjectFactory()

    assert found(query, manager) == {project}


def test_rows_to_choose_from_find_their_projects(manager):
    project = ProjectFactory(park=ParkFactory(), owner=UserFactory(), department=DepartmentFactory())
    event = EventFactory()
    AgreementFactory(project=project, event=event)
    ProjectFactory()

    for name, row in {"park": project.park, "owner": project.owner, "department": project.department, "event": event}.items():
        assert found(f"{name}={row.pk}", manager) == {project}, name


@pytest.mark.parametrize(
    "query",
    [
        "amount_from=1.5亿",
        "amount_from=3000万&amount_to=2亿",
        "amount_to=15000",
        "signed_from=2026-11-01&signed_to=2026-11-30",
        "agreement=formal",
    ],
)
def test_the_agreement_in_force_is_compared_as_people_write_it(query, manager):
    inside = signed(Decimal(15_000), signed_on=dt.date(2026, 11, 5))
    signed(Decimal(20_001) if "amount_from" not in query else Decimal(100), signed_on=dt.date(2026, 10, 31), kind="mou")
    ProjectFactory()

    assert found(query, manager) == {inside}


def test_a_project_lacks_evidence_while_one_is_missing(manager):
    missing, provided = EvidenceFactory(), EvidenceFactory(status="provided")

    assert found("missing=on", manager) == {missing.project}
    assert found("", manager) == {missing.project, provided.project}


def test_overdue_is_a_running_project_with_an_open_milestone_late_since_it_was_confirmed(manager):
    yesterday = TODAY - dt.timedelta(days=1)
    late = MilestoneFactory(due_on=yesterday, confirmed_at=LONG_AGO)
    MilestoneFactory(due_on=yesterday, confirmed_at=NOW)
    MilestoneFactory(due_on=TODAY, confirmed_at=LONG_AGO)
    MilestoneFactory(due_on=yesterday, confirmed_at=LONG_AGO, status="done", completed_on=TODAY)
    MilestoneFactory(due_on=yesterday, confirmed_at=LONG_AGO, project=ProjectFactory(status="on_hold", review_on=TODAY))

    assert found("overdue=on", manager) == {late.project}


def test_silent_is_without_an_effective_contact_for_so_many_days(manager):
    silent, heard, greeted, _new = old = [ProjectFactory() for _n in range(4)]
    Project.objects.filter(pk__in=[row.pk for row in old[:3]]).update(created_at=LONG_AGO)
    Project.objects.filter(pk=_new.pk).update(created_at=NOW)
    InteractionFactory(project=silent, happened_on=TODAY - dt.timedelta(days=31))
    InteractionFactory(project=heard, happened_on=TODAY - dt.timedelta(days=30))
    InteractionFactory(project=greeted, outcome="greeting")

    assert found("silent=30", manager) == {silent, greeted}


def test_mine_are_the_projects_i_own(manager):
    mine = ProjectFactory(owner=manager)
    ProjectFactory()

    assert found("mine=on", manager) == {mine}


@pytest.mark.parametrize(
    "query",
    [
        "track=nonsense",
        "stage=land.signed&stage=nonsense",
        "light=' OR 1=1",
        "owner=999999",
        "park=abc",
        "event=-1",
        "amount_from=很多钱",
        "amount_to=5美元",
        "signed_from=2026-13-45",
        "silent=-3",
        "silent=999999999999999999999",
        f"q={'长' * 61}",
    ],
)
def test_a_wrong_value_is_an_error_of_its_field_and_the_rest_still_filters(query, manager):
    project = ProjectFactory(grade="A")
    ProjectFactory(grade="B")
    name = query.partition("=")[0]

    asked = filtered(f"{query}&grade=A", manager)

    assert set(asked.errors) == {name}
    assert set(asked.qs) == {project}


def test_a_wrong_amount_says_what_to_write(manager):
    assert "1.5亿" in filtered("amount_from=很多钱", manager).errors["amount_from"][0]


def test_only_visible_projects_are_found_and_only_visible_events_offered():
    officer = UserFactory(roles=["officer"])
    mine, hidden = ProjectFactory(owner=officer), ProjectFactory()
    ours, theirs = EventFactory(owner=officer), EventFactory()
    AgreementFactory(project=mine, event=ours)
    AgreementFactory(project=hidden, event=theirs)

    offered = dict(filtered("", officer).form.fields["event"].choices)

    assert found("", officer) == {mine}
    assert {str(ours.pk)} == offered.keys() - {""}
    assert "event" in filtered(f"event={theirs.pk}", officer).errors


def test_all_rows_to_choose_from_cost_one_query(manager, django_assert_num_queries):
    ParkFactory.create_batch(3)
    asked = filtered("", manager)

    with django_assert_num_queries(1):
        for name in ("park", "owner", "department", "event"):
            list(asked.form.fields[name].choices)
