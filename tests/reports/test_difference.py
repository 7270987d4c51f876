"""本周 vs 上周: each kind of change is found, said in words, and only to those who may see the project."""

import datetime as dt
from decimal import Decimal

import pytest

from accounts import roles
from core.services import delete
from reports.services import difference as module
from reports.services import snapshots
from tests.factories import NOW, TODAY, AgreementFactory, MilestoneFactory, ProjectFactory, UserFactory

pytestmark = pytest.mark.django_db
WEEK = dt.timedelta(days=7)


@pytest.fixture
def manager():
    roles.sync_groups()
    return UserFactory(roles=["manager"])


def take(now=NOW):
    return snapshots.take_snapshot("manual", now=now)


def signed(**values):
    project = ProjectFactory(track="land", stage="land.negotiating", **values)
    project.agreement = AgreementFactory(project=project, kind="formal", amount=Decimal(20000), signed_on=TODAY)
    project.save()
    return project


def test_each_kind_of_change_is_found_once(manager):
    moved, changed, dated, gone = (signed(name=f"测试项目{n}") for n in "甲乙丙丁")
    milestone = MilestoneFactory(project=dated, name="土地摘牌", due_on=TODAY)
    MilestoneFactory(project=changed, due_on=TODAY)
    old = take()
    moved.stage = "land.signed"
    moved.save()
    changed.agreement.amount = Decimal(35000)
    changed.agreement.save()
    milestone.due_on = TODAY + WEEK
    milestone.save()
    delete(gone, by=manager, now=NOW)
    added = ProjectFactory(name="测试项目戊")
    new = take(NOW + WEEK)

    found = snapshots.difference(old, new, user=manager)

    assert [(line.label, line.project_id, line.before, line.after) for line in found.stage_moved.rows] == [
        ("测试项目甲", moved.pk, "在谈", "签约")
    ]
    assert [(line.project_id, line.before, line.after) for line in found.amount_changed.rows] == [
        (changed.pk, "2亿元", "3.5亿元")
    ]
    assert [(line.label, line.what, line.before, line.after) for line in found.date_moved.rows] == [
        ("测试项目丙", "土地摘牌", "2026-11-24", "2026-12-01")
    ]
    assert [line.project_id for line in found.added.rows] == [added.pk]
    assert [line.project_id for line in found.gone.rows] == [gone.pk]
    assert found.total == 5


def test_a_word_beside_a_figure_that_nobody_gave_is_no_change(manager):
    project = signed()
    project.agreement.amount = None
    project.agreement.save()
    old = take()
    project.agreement.amount_qualifier = "about"
    project.agreement.save()

    assert snapshots.difference(old, take(NOW + WEEK), user=manager).total == 0


def test_two_snapshots_of_the_same_rows_differ_in_nothing(manager):
    MilestoneFactory(project=signed())

    assert snapshots.difference(take(), take(NOW + WEEK), user=manager).total == 0


def test_a_planned_date_of_the_project_that_moved_says_which(manager):
    project = signed(planned_start_on=TODAY)
    old = take()
    project.planned_start_on = None
    project.expected_sign_on = TODAY
    project.save()

    found = snapshots.difference(old, take(NOW + WEEK), user=manager)

    assert {(line.what, line.before, line.after) for line in found.date_moved.rows} == {
        ("计划开工", "2026-11-24", "—"),
        ("计划签约", "—", "2026-11-24"),
    }


def test_an_amount_that_got_a_word_or_was_struck_out_has_changed(manager):
    worded, struck = signed(), signed()
    old = take()
    worded.agreement.amount_qualifier = "about"
    worded.agreement.save()
    struck.agreement.amount = None
    struck.agreement.save()

    found = snapshots.difference(old, take(NOW + WEEK), user=manager)

    assert {(line.project_id, line.before, line.after) for line in found.amount_changed.rows} == {
        (worded.pk, "2亿元", "约2亿元"),
        (struck.pk, "2亿元", "—"),
    }


def test_a_project_put_on_hold_has_moved(manager):
    project = signed()
    old = take()
    project.status, project.status_reason, project.review_on = "on_hold", "测试原因", TODAY
    project.save()

    (line,) = snapshots.difference(old, take(NOW + WEEK), user=manager).stage_moved.rows

    assert (line.before, line.after) == ("在谈", "在谈（暂缓）")


def test_only_projects_of_the_reader_are_told_of(manager):
    officer = UserFactory(roles=["officer"])
    old = take()
    mine = ProjectFactory(owner=officer)
    ProjectFactory()

    found = snapshots.difference(old, take(NOW + WEEK), user=officer)

    assert [line.project_id for line in found.added.rows] == [mine.pk]


def test_a_milestone_of_a_new_project_is_not_a_date_that_moved(manager):
    old = take()
    MilestoneFactory()

    found = snapshots.difference(old, take(NOW + WEEK), user=manager)

    assert (found.added.count, found.date_moved.count) == (1, 0)


def test_it_costs_the_same_for_one_project_and_for_ten_and_keeps_only_the_first_lines(
    manager, monkeypatch, django_assert_num_queries
):
    monkeypatch.setattr(module, "MOST", 4)
    old = take()
    ProjectFactory.create_batch(10)
    new = take(NOW + WEEK)
    snapshots.difference(old, new, user=manager)  # reads the person's scope

    with django_assert_num_queries(4):
        found = snapshots.difference(old, new, user=manager)

    assert (found.added.count, len(found.added.rows), found.added.left) == (10, 4, 6)
