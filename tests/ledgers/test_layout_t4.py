"""T4 项目节点推进表: what its cells say of milestones, and what an import makes of it."""

import contextlib
import datetime as dt
import json

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from accounts import roles
from audit import changesets
from core.dates import FuzzyDate, Precision
from ledgers.layouts import t4_cells
from ledgers.layouts.base import Context, Kind
from ledgers.layouts.t4 import NODES, T4
from ledgers.layouts.t4_cells import AHEAD, UNDATED, Said, read_actual, read_node
from ledgers.values import Unread
from projects.models import Milestone, MilestoneRevision, ProgressReport, Project, ProjectMember
from tests.factories import (
    NOW,
    TODAY,
    AgreementFactory,
    MilestoneFactory,
    ProgressReportFactory,
    ProjectFactory,
    ProjectMemberFactory,
    ShareFactory,
    UserFactory,
)
from tests.ledgers.layout_rows import apply, codes, plan_of, read, written

PLAN, DONE = dt.date(2026, 3, 1), dt.date(2026, 3, 5)
FUTURE = TODAY + dt.timedelta(days=60)


@pytest.fixture
def user(db):
    roles.sync_groups()
    return UserFactory(roles=["manager"])


@pytest.fixture
def context(user):
    return Context(user, TODAY, TODAY)


@pytest.fixture
def project(user):
    return ProjectFactory(name="测试光电项目", owner=user)


def row(number=6, **cells):
    return read(T4, number, {"name": "测试光电项目", **cells})


def node(project, code="A15"):
    return Milestone.objects.get(project=project, code=code)


def on(day, precision=Precision.DAY):
    return FuzzyDate(day, precision)


# What a cell of two lines says


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2026-03-01\n2026-03-05", Said(on(PLAN), on(DONE))),
        ("2026年3月\n2026.3.5", Said(on(dt.date(2026, 3, 31), "month"), on(DONE))),
        ("计划：2026-03-01\n实际：2026-03-05", Said(on(PLAN), on(DONE))),
        ("实际：2026-03-05\n计划：2026-03-01", Said(on(PLAN), on(DONE))),
        ("2026-03-01\n已完成", Said(on(PLAN), UNDATED)),
        ("2026-03-01\n●2026-03-05", Said(on(PLAN), on(DONE))),
        ("●2026-03-01\n2026-03-05", Said(on(PLAN), on(DONE))),
        ("2026-03-01\n已于2026年3月5日完成", Said(on(PLAN), on(DONE))),
        ("2026-03-01\n2026.3.5开工", Said(on(PLAN), on(DONE))),
        ("2026-03-01\n进行中", Said(on(PLAN), status="doing")),
        ("2026-03-01\n◐", Said(on(PLAN), status="doing")),
        ("2026-03-01\n○", Said(on(PLAN))),
        ("▲2026-03-01\n未开始", Said(on(PLAN))),
        ("2026-03-01\n✕逾期", Said(on(PLAN))),
        ("2026-03-01\n—", Said(on(PLAN))),
        ("—\n2026-03-05", Said(None, on(DONE))),
        ("2026-03-01", Said(on(PLAN))),
        ("○2026-03-01", Said(on(PLAN))),
        ("◐2026-03-01", Said(on(PLAN), status="doing")),
        ("●2026-03-05", Said(None, on(DONE))),
        ("2026-03-05完成", Said(None, on(DONE))),
        ("已开工", Said(None, UNDATED)),
        ("计划2026年3月1日开工", Said(on(PLAN))),
        ("●", Said(None, UNDATED)),
        ("✔️", Said(None, UNDATED)),
        ("○", Said()),
        ("46082", Said(on(PLAN))),
        ("不涉及", Said(status="waived")),
        ("2026-03-01\n容缺受理", Said(on(PLAN), status="conditional")),
    ],
)
def test_a_cell_says_the_plan_above_and_the_outcome_below(text, said):
    assert read_node(text, "开工", TODAY) == said


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-01/2026-03-05",  # which is which
        "2026-03-01\n2026-03-05\n2026-03-07",
        "2026-03-01\n进行中2026-05-01",  # a date below is a day of completion
        "2026-03-01\n○2026-05-01",
        "●2026-03-01\n进行中",
        "●2026-03-01\n✕逾期",
        "2026-03-01\n已竣工",  # the word of another node
        "2026-03-01\n预计2026-05-01",
        "11/12/26",
        "3亿元",
        "计划2026-03-01\n计划2026-04-01",
        "2026.1",  # October, when Excel took the last nought
    ],
)
def test_a_cell_that_would_have_to_be_guessed_is_refused(text):
    with pytest.raises(Unread) as refused:
        read_node(text, "开工", TODAY)

    assert "请" in refused.value.message


@given(st.text(max_size=20))
def test_any_text_is_read_or_refused(text):
    with contextlib.suppress(Unread):
        read_node(text, "开工", TODAY)
    with contextlib.suppress(Unread):
        read_actual(text, "开工", TODAY)


@given(st.dates(dt.date(2000, 1, 1), dt.date(2090, 12, 31)), st.sampled_from(["day", "month", "quarter", "year"]), st.booleans())
def test_what_is_written_of_a_milestone_reads_back(day, precision, inferred):
    row = Milestone(completed_on=day, completed_on_precision=precision, completed_on_inferred=inferred, status="done")

    text = t4_cells.write_actual(row)

    assert read_actual(text, "开工", TODAY).reached == FuzzyDate(end_of(day, precision), precision, inferred)


def end_of(day, precision):
    """The day under which a vague date is kept."""
    month = {"day": day.month, "month": day.month, "quarter": (day.month + 2) // 3 * 3, "year": 12}[precision]
    return (
        day if precision == "day" else (day.replace(day=1, month=month) + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(1)
    )


@pytest.mark.parametrize("status", [status for status in Milestone.Status if status not in ("to_confirm", "planned")])
def test_how_a_milestone_stands_reads_back(status):
    said = read_actual(t4_cells.write_actual(Milestone(status=status)), "开工", TODAY)

    assert said == (Said(None, UNDATED) if status == "done" else Said(status=status))


def test_the_nodes_are_those_of_the_template_for_new_land():
    reference = json.loads((settings.BASE_DIR / "fixtures/reference.json").read_text())
    items = [entry["fields"] for entry in reference if entry["key"].startswith("M-A.")]
    known = {item["code"]: (item["name"], item["is_key"]) for item in items}

    assert {item.code: (item.name, item.is_key) for item in NODES} == {item.code: known[item.code] for item in NODES}
    assert len({item.code for item in NODES}) == 17


def test_no_word_for_a_state_means_two():
    words = [word for several in t4_cells.WORDS.values() for word in several.split()]

    assert len(words) == len(set(words))
    assert AHEAD not in list(Milestone.Status)


# What an import makes of it


def test_a_new_node_stays_to_be_confirmed_with_its_plan_as_the_original(project, context):
    apply(T4, [row(started_plan=PLAN, started_actual="2026-03-05")], context)

    started = node(project)
    assert (started.status, started.due_on, started.original_due_on) == ("to_confirm", PLAN, PLAN)
    assert (started.completed_on, started.confirmed_at, started.name, started.is_key) == (DONE, None, "开工", True)


def test_both_forms_say_the_same(project, context):
    apply(T4, [row(started="2026-03-01\n2026-03-05", filed="●2026-02-01")], context)

    again = plan_of(T4, [row(started_plan=PLAN, started_actual="2026-03-05", filed_actual=dt.date(2026, 2, 1))], context)

    assert again.changes_nothing
    assert again.problems == []


def test_a_node_whose_plan_nobody_knows_was_due_when_it_was_reached(project, context):
    apply(T4, [row(started_actual="2026年3月")], context)

    assert (node(project).due_on, node(project).completed_on_precision) == (dt.date(2026, 3, 31), "month")


def test_a_node_without_any_date_cannot_be_kept(project, context):
    plan = plan_of(T4, [row(started="●", filed="不涉及", energy="○", environment="进行中")], context)

    assert [(found.code, found.column) for found in plan.problems] == [("undated", "前期手续/环评"), ("undated", "建设/开工")]
    assert not plan.resources[Milestone].created


def test_the_year_of_a_node_is_that_of_the_sheet(project, user):
    apply(T4, [row(started="3月1日\n3月5日")], Context(user, TODAY, dt.date(2025, 6, 30)))

    assert (node(project).due_on.year, node(project).completed_on, node(project).completed_on_inferred) == (
        2025,
        dt.date(2025, 3, 5),
        True,
    )


def test_a_milestone_to_confirm_only_learns_what_the_ledger_says(project, context):
    MilestoneFactory(project=project, code="A15", status="to_confirm", due_on=PLAN)

    apply(T4, [row(started_plan=FUTURE, started_actual="2026-03-05")], context)

    assert (node(project).status, node(project).due_on, node(project).original_due_on) == ("to_confirm", FUTURE, FUTURE)
    assert node(project).completed_on == DONE
    assert not MilestoneRevision.objects.exists()


def test_a_confirmed_milestone_is_dated_anew_with_a_revision(project, context, user):
    promised = MilestoneFactory(project=project, code="A15")

    apply(T4, [row(started_plan=FUTURE)], context)

    revision = MilestoneRevision.objects.get()
    assert (revision.milestone, revision.old_due_on, revision.new_due_on) == (promised, promised.due_on, FUTURE)
    assert (revision.revised_by, revision.revised_on, revision.caused_by) == (user, TODAY, None)
    assert (node(project).status, node(project).due_on) == ("planned", FUTURE)
    assert node(project).original_due_on == promised.due_on


def test_an_open_milestone_that_was_reached_is_reported_not_verified(project, context, user):
    MilestoneFactory(project=project, code="A15")

    apply(T4, [row(started_actual="2026-03-05")], context)

    started = node(project)
    assert (started.status, started.completed_on, started.reported_by) == ("reported", DONE, user)
    assert (started.reported_at is not None, started.verified_at, started.verified_by) == (True, None, None)


def test_the_same_chart_again_changes_nothing(project, context):
    MilestoneFactory(project=project, code="A15")
    rows = [row(started_plan=FUTURE, started_actual="2026-03-05", completed="2026-12\n○", leaders="测试领导甲", progress="进场")]
    apply(T4, rows, context)

    again = plan_of(T4, rows, context)

    assert again.changes_nothing
    assert again.problems == []


@pytest.mark.parametrize(
    ("before", "word", "after"),
    [
        ("planned", "进行中", "doing"),
        ("planned", "容缺", "conditional"),
        ("doing", "容缺", "conditional"),
        ("conditional", "进行中", "conditional"),
        ("doing", "未开始", "doing"),
        ("reported", "进行中", "reported"),
        ("to_confirm", "进行中", "to_confirm"),
        ("planned", "已报完成", "reported"),
        ("planned", "已完成", "reported"),
    ],
)
def test_a_word_moves_an_open_milestone_forward_and_never_back(project, context, before, word, after):
    MilestoneFactory(project=project, code="A15", status=before)

    apply(T4, [row(started_actual=word)], context)

    assert node(project).status == after


def test_a_known_day_is_not_given_up_for_a_mere_done(project, context):
    MilestoneFactory(project=project, code="A15", status="reported", completed_on=DONE)

    assert plan_of(T4, [row(started_actual="已完成")], context).changes_nothing


@pytest.mark.parametrize(
    ("status", "cells", "code"),
    [
        ("done", {"started_actual": "2026-03-06"}, "locked"),
        ("waived", {"started_actual": "2026-03-06"}, "locked"),
        ("done", {"started_plan": FUTURE}, "settled"),
        ("planned", {"started_plan": PLAN}, "past"),
        ("planned", {"started_actual": "不适用"}, "waived"),
        ("planned", {"started_actual": (TODAY + dt.timedelta(1)).isoformat()}, "future"),
        ("planned", {"started_actual": "2026年12月"}, "future"),
        ("planned", {"started_actual": "看情况"}, "date"),
    ],
)
def test_what_the_services_refuse_an_import_refuses_too(project, context, status, cells, code):
    MilestoneFactory(project=project, code="A15", status=status, completed_on=DONE, waived_reason="测试原因")

    plan = plan_of(T4, [row(**cells)], context)

    assert codes(plan) == [code]
    assert (plan.problems[0].column, plan.problems[0].cell[:2]) == (
        f"建设/开工/{'计划' if 'started_plan' in cells else '实际'}",
        "R6",
    )


def test_a_date_typed_since_the_last_chart_is_a_conflict_and_kept(project, context):
    MilestoneFactory(project=project, code="A15", status="to_confirm", due_on=PLAN)
    apply(T4, [row(started_plan=FUTURE)], context)
    typed = node(project)
    typed.due_on, typed.status, typed.confirmed_at = FUTURE + dt.timedelta(30), "planned", NOW
    typed.save()

    plan = plan_of(T4, [row(started_plan=FUTURE)], context)

    assert [found.field for found in plan.conflicts] == ["计划完成日期"]
    assert (plan.changes_nothing, plan.problems) == (True, [])


def test_an_import_of_dates_and_outcomes_can_be_undone(project, context, user):
    before = MilestoneFactory(project=project, code="A15")
    job = apply(T4, [row(started_plan=FUTURE, started_actual="2026-03-05", completed_plan=FUTURE)], context)

    undone = changesets.undo(job.changeset, by=user, now=NOW)

    started = node(project)
    assert undone.refused == []
    assert (started.status, started.due_on, started.reported_by, started.completed_on) == ("planned", before.due_on, None, None)
    assert (MilestoneRevision.objects.count(), Milestone.objects.count()) == (0, 1)


# The project and its other columns


def test_a_project_that_is_not_there_is_refused(context):
    plan = plan_of(T4, [row(started_plan=FUTURE)], context)

    assert (codes(plan), Project.objects.count()) == (["unknown"], 0)


def test_one_of_several_projects_of_a_name_is_told_by_its_number(project, context, user):
    twin = ProjectFactory(name=project.name, owner=user, code="2026-017")

    without, by_number = (plan_of(T4, [row(started_plan=FUTURE, **cells)], context) for cells in ({}, {"code": "2026-017"}))

    assert codes(without) == ["ambiguous"]
    assert [entry.instance.project for entry in by_number.resources[Milestone].created] == [twin]


def test_progress_is_that_of_the_week_of_the_sheet(project, user):
    apply(T4, [row(progress="完成桩基", problems="无", needs_coordination="用电")], Context(user, TODAY, dt.date(2026, 11, 18)))

    report = ProgressReport.objects.get()
    assert (str(report.period_start_on), str(report.period_end_on)) == ("2026-11-13", "2026-11-20")
    assert (report.progress, report.problems, report.needs_coordination, report.status) == ("完成桩基", "", "用电", "submitted")


def test_investment_department_and_light_are_written_and_not_read(project, context):
    plan = plan_of(T4, [row(amount="3亿元", department="不认识的单位", light="红")], context)

    assert (plan.changes_nothing, plan.problems) == (True, [])


# Export and import


def full(user, number):
    """A project with every node in some state, two leaders, an amount and the week's progress."""
    project = ProjectFactory(name=f"测试项目{number}", owner=user, code=f"2026-{number:03d}", light="red")
    project.agreement = AgreementFactory(project=project, amount=30_000, amount_qualifier="about")
    project.save()
    ProjectMemberFactory(project=project, user=None, name="测试领导甲", role="leader", rank=1)
    ProjectMemberFactory(project=project, role="leader", rank=2)
    week = {"period_start_on": dt.date(2026, 11, 20), "period_end_on": dt.date(2026, 11, 27)}
    ProgressReportFactory(project=project, progress="第一行\n第二行", problems="测试问题", needs_coordination="用电", **week)
    for place, item in enumerate(NODES):
        status = Milestone.Status.values[place % 7]
        dates = {"due_on": PLAN + dt.timedelta(place), "original_due_on": PLAN}
        if status in ("done", "reported", "to_confirm"):
            precision = ("day", "month", "quarter", "year", "unknown")[place // 7 + 1]
            known = {} if precision == "unknown" else {"completed_on": dt.date(2025, 12, 31), "completed_on_inferred": place > 7}
            dates |= {"completed_on_precision": precision, **known}
        MilestoneFactory(project=project, code=item.code, status=status, waived_reason="测试原因", **dates)
    return project


def test_every_column_but_those_of_two_lines_is_written(user, context):
    full(user, 1)

    told = next(T4.rows(Project.objects.all(), context))

    assert set(told) == {column.key for column in T4.columns if column.width}
    assert {column.key for column in T4.columns if not column.width} == {item.key for item in NODES}


def test_what_is_written_changes_nothing_when_it_comes_back(user, context):
    full(user, 1), full(user, 2)
    ProjectFactory(name="测试空项目", owner=user)

    back = plan_of(T4, written(T4, Project.objects.order_by("pk"), context), context)

    assert back.problems == []
    assert back.changes_nothing
    assert back.counts["unchanged"] == {
        "projects.Milestone": 34,
        "projects.ProgressReport": 2,
        "projects.ProjectMember": 4,
    }


def test_deleted_nodes_and_members_are_not_written(user, context):
    project = full(user, 1)
    for row in (*Milestone.objects.filter(project=project), *ProjectMember.objects.filter(project=project)):
        row.deleted_at = NOW
        row.save()

    told = next(T4.rows(Project.objects.all(), context))

    assert (told["started_plan"], told["started_actual"], told["leaders"]) == (None, None, None)


@pytest.mark.parametrize("count", [3, 30])
def test_the_chart_costs_the_same_for_three_and_thirty_projects(user, context, count, django_assert_num_queries):
    for number in range(count):
        full(user, number)

    with django_assert_num_queries(5):
        found = list(T4.rows(Project.objects.order_by("pk"), context))

    assert len(found) == count


def test_every_column_has_a_place(user):
    places = [column.to for column in T4.columns]

    assert all(place == "derived" or place.count(".") == 2 for place in places)
    assert {column.kind for column in T4.columns if column.key.endswith("_plan")} == {Kind.DATE}


def test_who_is_there_by_name_stays_so_though_a_colleague_is_called_so(project, context):
    ProjectMemberFactory(project=project, user=None, name="测试员乙", role="leader")
    UserFactory(display_name="测试员乙")

    assert plan_of(T4, [row(leaders="测试员乙")], context).changes_nothing


def test_nothing_is_added_to_a_project_that_the_person_may_only_see(project):
    officer = UserFactory(roles=["officer"])
    ShareFactory(user=officer, target=project, level="view")

    plan = plan_of(T4, [row(started_plan=FUTURE, leaders="测试领导甲")], Context(officer, TODAY, TODAY))

    assert codes(plan) == ["scope", "scope"]


def test_a_number_of_another_project_is_refused(project, context):
    assert codes(plan_of(T4, [row(code="2026-999", started_plan=FUTURE)], context)) == ["identity"]


def test_a_row_without_a_name_makes_nothing(context):
    assert plan_of(T4, [row(name=None, started_plan=FUTURE)], context).changes_nothing  # the reader of cells has refused it
