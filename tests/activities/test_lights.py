"""The light of a project: its colour, its reason, and the cost of judging many."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from activities import lights
from projects.models import Project
from tests.factories import NOW, DirectiveFactory, InteractionFactory, MilestoneFactory, MilestoneRevisionFactory, ProjectFactory
from tests.reference import load_reference

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 11, 27)
BEFORE = timezone.make_aware(dt.datetime(2026, 1, 5, 9))


@pytest.fixture(autouse=True)
def _rules(db: None) -> None:
    load_reference()


def light_of(project: Project) -> tuple[str, str]:
    lights.refresh([Project.objects.get(pk=project.pk)], today=TODAY)
    project.refresh_from_db()
    return project.light, project.light_reason


@pytest.mark.parametrize(
    ("due_on", "is_key", "colour"),
    [
        ("2026-11-26", True, "red"),
        ("2026-11-26", False, "yellow"),
        ("2026-11-13", False, "red"),
        ("2026-12-31", False, "green"),
        ("2026-12-31", True, "green"),
    ],
)
def test_lateness_decides_the_colour(due_on, is_key, colour):
    row = MilestoneFactory(due_on=dt.date.fromisoformat(due_on), is_key=is_key, confirmed_at=BEFORE)

    assert light_of(row.project)[0] == colour


def test_a_key_milestone_soon_due_without_its_paper_is_yellow():
    row = MilestoneFactory(due_on=dt.date(2026, 12, 1), is_key=True, evidence="营业执照", confirmed_at=BEFORE)

    assert light_of(row.project) == ("yellow", "测试节点 2026-12-01 到期，凭据未齐")


def test_a_project_on_hold_is_blue_with_its_day_of_review():
    project = ProjectFactory(status="on_hold", review_on=dt.date(2027, 1, 4))

    assert light_of(project) == ("blue", "暂缓，2027-01-04 复核")


def test_a_project_without_a_confirmed_open_milestone_is_grey():
    row = MilestoneFactory(status="to_confirm", confirmed_at=None, due_on=dt.date(2020, 11, 11))

    assert light_of(row.project)[0] == "grey"


def test_a_milestone_moved_twice_is_yellow_and_what_followed_from_an_anchor_does_not_count():
    row = MilestoneFactory(due_on=dt.date(2026, 12, 31), confirmed_at=BEFORE)
    root = MilestoneRevisionFactory(milestone=row, old_due_on=dt.date(2026, 12, 1), new_due_on=dt.date(2026, 12, 15))
    MilestoneRevisionFactory(milestone=row, old_due_on=dt.date(2026, 12, 15), new_due_on=dt.date(2026, 12, 20), caused_by=root)
    assert light_of(row.project)[0] == "green"

    MilestoneRevisionFactory(milestone=row, old_due_on=dt.date(2026, 12, 20), new_due_on=dt.date(2026, 12, 31))

    assert light_of(row.project) == ("yellow", "测试节点 已改期 2 次")


def test_raising_a_problem_changes_no_light_until_its_own_date_is_past():
    row = MilestoneFactory(due_on=dt.date(2026, 12, 31), confirmed_at=BEFORE)
    problem = DirectiveFactory(source="problem", project=row.project, due_on=dt.date(2026, 12, 10))
    assert light_of(row.project)[0] == "green"

    problem.due_on = dt.date(2026, 11, 20)
    problem.save()

    assert light_of(row.project)[0] == "yellow"


def test_a_light_keeps_the_day_since_which_it_burns():
    row = MilestoneFactory(due_on=dt.date(2026, 11, 20), is_key=True, confirmed_at=BEFORE)
    light_of(row.project)

    lights.refresh([Project.objects.get(pk=row.project.pk)], today=TODAY + dt.timedelta(days=3))

    row.project.refresh_from_db()
    assert row.project.light_since_on == TODAY


def test_judging_many_projects_asks_no_more_than_judging_two():
    def asked() -> int:
        Project.objects.update(light_reason="待重算", light="grey")
        rows = list(Project.objects.all())
        with CaptureQueriesContext(connection) as queries:
            lights.Facts.of(rows, today=TODAY)
        return len(queries)

    MilestoneFactory.create_batch(2, due_on=TODAY, confirmed_at=NOW)
    few = asked()
    for row in MilestoneFactory.create_batch(10, due_on=TODAY, confirmed_at=NOW):
        InteractionFactory(project=row.project)

    assert asked() == few
