"""A long ledger is planned and written in batches, and nothing shows of it but the memory that it does not take."""

import gc
import weakref

import pytest
from django.core.exceptions import ValidationError

from companies.models import Company
from ledgers import applying, batches, planning, services
from ledgers.batches import Batches, Entangled
from ledgers.layouts.known import LAYOUTS
from ledgers.models import Provenance
from ledgers.planning import Part
from ledgers.writing import write_xlsx
from projects.models import Agreement, Project
from tests.factories import NOW, TODAY, CompanyAliasFactory, CompanyFactory
from tests.ledgers.rows import context_of, row, signed

T1, COMPANIES, USERS = LAYOUTS["T1"], LAYOUTS["companies"], LAYOUTS["users"]


@pytest.fixture(autouse=True)
def short_batches(monkeypatch):
    monkeypatch.setattr(batches, "ROWS", 2)


@pytest.fixture
def bring(upload, user, tmp_path):
    """Uploads a ledger of these rows."""

    def write(layout, *rows):
        empty = dict.fromkeys(column.key for column in layout.columns)
        path = tmp_path / f"{layout.code}.xlsx"
        write_xlsx(path, layout, [{**empty, **one} for one in rows], context=context_of(user), unmasked=True)
        return upload(path, layout=layout.code)

    return write


def project(number, **values):
    usual = {"name": f"测试项目{number:02}", "investor": f"测试企业{number:02}有限公司", "contact": [(f"联系人{number:05}", "")]}
    return signed(**{**usual, **values}).values


def split(layout, *rows, user):
    """The numbers of the rows of each batch."""
    found = Batches([Part(layout, rows, context_of(user))])
    return [[one.number for part in parts for one in part.rows] for parts in found]


# What belongs together


def test_rows_of_one_investor_stay_together_whatever_their_distance(user):
    rows = [signed(n, name=f"测试项目{n}", investor=f"测试企业{n % 4}有限公司") for n in range(6)]

    assert split(T1, *rows, user=user) == [[0, 4], [1, 5], [2, 3]]


def test_rows_that_only_name_one_department_and_one_event_are_parted(user):
    rows = [row(n, name=f"测试项目{n}", department="测试发展局", event="测试签约会") for n in range(4)]

    assert split(T1, *rows, user=user) == [[0, 1], [2, 3]]


def test_accounts_stay_together_since_each_may_stand_above_any_other(user):
    rows = [row(n, username=f"tester{n:03}", display_name=f"测试员{n}") for n in range(5)]

    assert split(USERS, *rows, user=user) == [[0, 1, 2, 3, 4]]


def test_rows_that_meet_in_one_saved_row_are_planned_together_the_next_time(user):
    known = CompanyFactory(name="测试光电有限公司", owner=user)
    CompanyAliasFactory(company=known, name="测光")
    names = ["测试光电有限公司", "测试甲有限公司", "测试乙有限公司", "测光"]
    rows = [row(n, name=name) for n, name in enumerate(names)]
    found = Batches([Part(COMPANIES, rows, context_of(user))])

    def plan_all():
        for parts in found:
            found.meet(planning.plan(parts))

    with pytest.raises(Entangled):
        plan_all()

    assert [[one.number for part in parts for one in part.rows] for parts in found] == [[0, 3], [1, 2]]


# Nothing shows of it


def test_a_ledger_in_batches_is_written_whole_and_changes_nothing_when_it_comes_again(bring, user):
    rows = [project(n, investor=f"测试企业{n % 3}有限公司") for n in range(7)]

    job = services.apply(bring(T1, *rows), by=user, now=NOW)
    again = services.check(bring(T1, *rows), by=user, today=TODAY)

    assert (Project.objects.count(), Company.objects.count(), Agreement.objects.count()) == (7, 3, 7)
    assert job.report["create"]["projects.Project"] == 7
    assert all(one.lead_party and one.agreement for one in Project.objects.all())
    assert Provenance.objects.filter(job=job, content_type__model="project").count() == 7
    assert (again.problems, again.plan.changes_nothing, again.plan.rows) == ([], True, 7)
    assert again.plan.counts["unchanged"]["projects.Project"] == 7


def test_changed_rows_of_all_batches_are_saved_with_their_history_and_come_back(bring, user):
    services.apply(bring(T1, *(project(n, site="测试路1号") for n in range(7))), by=user, now=NOW)

    job = services.apply(bring(T1, *(project(n, site="测试路2号") for n in range(7))), by=user, now=NOW)

    assert set(Project.objects.values_list("site", "version")) == {("测试路2号", 2)}
    assert {one.history.count() for one in Project.objects.all()} == {2}
    assert services.undo(job, by=user, now=NOW).refused == []
    assert set(Project.objects.values_list("site", flat=True)) == {"测试路1号"}


def test_a_bad_row_in_the_last_batch_imports_none(bring, user):
    rows = [*(project(n) for n in range(6)), project(7, department="没有的部门")]

    with pytest.raises(ValidationError) as refused:
        services.apply(bring(T1, *rows), by=user, now=NOW)

    assert refused.value.code == "problems"
    assert not Project.objects.exists()
    assert not Company.objects.exists()


def test_only_the_good_rows_are_imported_when_the_person_says_so(bring, user):
    rows = [*(project(n) for n in range(6)), project(7, department="没有的部门")]

    services.apply(bring(T1, *rows), by=user, now=NOW, only_good=True)

    assert Project.objects.count() == 6


def test_two_rows_far_apart_that_contradict_each_other_are_found(bring, user):
    known = CompanyFactory(name="测试光电有限公司", city="", owner=user)
    CompanyAliasFactory(company=known, name="测光")
    others = [{"name": f"测试企业{n}有限公司"} for n in range(4)]
    rows = [{"name": "测试光电有限公司", "city": "甲地"}, *others, {"name": "测光", "city": "乙地"}]

    checked = services.check(bring(COMPANIES, *rows), by=user, today=TODAY)

    assert [found.code for found in checked.problems] == ["contradiction"]


def test_a_plan_that_was_written_does_not_stay_in_memory(bring, user, monkeypatch):
    alive, insert = [], applying._insert_all

    def watched(plan, *args, **options):
        gc.collect()
        assert [one for one in alive if one() is not None] == []
        alive.append(weakref.ref(plan))
        return insert(plan, *args, **options)

    monkeypatch.setattr(applying, "_insert_all", watched)

    services.apply(bring(T1, *(project(n) for n in range(8))), by=user, now=NOW)

    assert len(alive) == 4
