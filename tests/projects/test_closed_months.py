"""A locked month is passed by nothing: no undo, no deletion, no return of what was deleted, in the admin or elsewhere."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from accounts import roles
from audit import changesets
from core import services as core
from projects.models import CapitalArrival, InvestmentProgress, Project
from projects.services import capital, investment
from reports.models import Period
from reports.services import months, periods
from tests.factories import (
    NOW,
    CapitalArrivalFactory,
    CompanyFactory,
    InvestmentProgressFactory,
    ProjectFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
OCTOBER = dt.date(2026, 10, 15)


@pytest.fixture
def manager():
    roles.sync_groups()
    return UserFactory(roles=["manager"], display_name="测试主任")


@pytest.fixture
def project(manager):
    return ProjectFactory(owner=manager)


def lock(manager):
    months.lock_month(periods.month_of(OCTOBER), by=manager, now=NOW)


def names_the_month(sentence):
    return "2026-10 已于" in sentence and "请招商中心负责人写明原因后解锁" in sentence


def entered(project, by, amount=100):
    """An arrival of October in a set of its own."""
    changeset = changesets.open("capital.entered", by=by, now=NOW)
    values = {"arrived_on": OCTOBER, "amount": Decimal(amount), "origin": "our_city"}
    return capital.enter_arrival(project, values, by=by, now=NOW, into=changeset), changeset


def test_an_entry_made_before_the_lock_is_not_taken_back_after_it(project, manager):
    row, changeset = entered(project, manager)
    lock(manager)

    undone = changesets.undo(changeset, by=manager, now=NOW)

    (sentence,) = undone.refused
    assert undone.restored == 0
    assert names_the_month(sentence)
    assert CapitalArrival.objects.filter(pk=row.pk).exists()


def test_many_entries_made_before_the_lock_are_not_taken_back_after_it(project, manager):
    changeset = changesets.open("capital.imported", by=manager, now=NOW)
    october = CapitalArrivalFactory.create_batch(3, project=project, arrived_on=OCTOBER)
    november = CapitalArrivalFactory(project=project, arrived_on=NOW.date())
    for row in (*october, november):
        changesets.record_created(changeset, row)
    lock(manager)

    undone = changesets.undo(changeset, by=manager, now=NOW)

    assert (undone.restored, len(undone.refused)) == (1, 3)
    assert all(names_the_month(sentence) for sentence in undone.refused)
    assert {*CapitalArrival.objects.all()} == {*october}


@pytest.mark.parametrize("many", [1, 3])
def test_changed_figures_of_a_locked_month_are_not_put_back(project, manager, many):
    rows = [InvestmentProgressFactory(project=ProjectFactory(), report_month=OCTOBER.replace(day=1)) for _n in range(many)]
    changeset = changesets.open("investment.imported", by=manager, now=NOW)
    for row in rows:
        before = changesets.before(row, ["completed"])
        row.completed = Decimal(7)
        row.save(update_fields=["completed"])
        changesets.record_change(changeset, row, before)
    lock(manager)

    undone = changesets.undo(changeset, by=manager, now=NOW)

    assert (undone.restored, len(undone.refused)) == (0, many)
    assert all(names_the_month(sentence) for sentence in undone.refused)
    assert {row.completed for row in InvestmentProgress.objects.all()} == {Decimal(7)}


def test_nothing_is_put_back_into_a_month_that_was_locked_since(project, manager):
    row = CapitalArrivalFactory(project=project, arrived_on=OCTOBER)
    changeset = changesets.open("capital.moved", by=manager, now=NOW)
    before = changesets.before(row, ["arrived_on"])
    row.arrived_on = NOW.date()
    row.save(update_fields=["arrived_on"])
    changesets.record_change(changeset, row, before)
    lock(manager)

    undone = changesets.undo(changeset, by=manager, now=NOW)

    assert names_the_month(undone.refused[0])
    assert CapitalArrival.objects.get(pk=row.pk).arrived_on == NOW.date()


def test_what_says_nothing_of_the_figures_is_put_back_all_the_same(project, manager):
    row = CapitalArrivalFactory(project=project, arrived_on=OCTOBER)
    changeset = changesets.open("company.merged", by=manager, now=NOW)
    before = changesets.before(row, ["payer"])
    row.payer = CompanyFactory()
    row.save(update_fields=["payer"])
    changesets.record_change(changeset, row, before)
    lock(manager)

    undone = changesets.undo(changeset, by=manager, now=NOW)

    assert (undone.restored, undone.refused) == (1, [])


def test_a_project_with_figures_of_a_locked_month_is_not_deleted(project, manager):
    CapitalArrivalFactory(project=project, arrived_on=OCTOBER)
    investment.enter_month(project, {"report_month": dt.date(2026, 9, 1), "completed": Decimal(1)}, by=manager, now=NOW)
    lock(manager)

    with pytest.raises(ValidationError) as refused:
        core.delete(project, by=manager, now=NOW)

    (sentence,) = refused.value.messages
    assert names_the_month(sentence)
    assert f"不能删除“{project}”" in sentence
    assert Project.objects.filter(pk=project.pk).exists()
    assert CapitalArrival.objects.count() == InvestmentProgress.objects.count() == 1


def test_after_unlocking_it_is_deleted_and_does_not_come_back_once_locked_again(project, manager):
    row = CapitalArrivalFactory(project=project, arrived_on=OCTOBER)
    lock(manager)
    periods.unlock(Period.objects.get(), "项目重复", by=manager)
    core.delete(project, by=manager, now=NOW)
    lock(manager)

    with pytest.raises(ValidationError) as refused:
        core.undelete(Project.all_objects.get(pk=project.pk), by=manager)

    assert names_the_month(refused.value.messages[0])
    assert CapitalArrival.all_objects.get(pk=row.pk).deleted_at is not None


def test_a_project_without_figures_of_the_month_is_deleted_while_it_is_locked(project, manager):
    CapitalArrivalFactory(project=project, arrived_on=NOW.date())
    lock(manager)

    assert core.delete(project, by=manager, now=NOW) == 2


def test_the_admin_says_why_a_project_is_not_deleted(project, manager):
    CapitalArrivalFactory(project=project, arrived_on=OCTOBER)
    lock(manager)
    client = Client()
    client.force_login(manager, backend="django.contrib.auth.backends.ModelBackend")
    address = reverse("admin:projects_project_delete", args=[project.pk])

    page = client.get(address)
    refused = client.post(address, {"post": "yes"})

    assert names_the_month(page.text)
    assert refused.status_code == 200 or refused.status_code == 403
    assert Project.objects.filter(pk=project.pk).exists()


def test_the_undo_button_says_why_nothing_was_taken_back(project, manager):
    _row, changeset = entered(project, manager)
    lock(manager)
    client = Client()
    client.force_login(manager, backend="django.contrib.auth.backends.ModelBackend")

    page = client.post(reverse("audit:undo", args=[changeset.pk]), {"next": "/capital/"}, follow=True)

    assert names_the_month(page.text)
    assert CapitalArrival.objects.exists()
