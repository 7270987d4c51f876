"""Two rows for one company or person become one: nothing stays behind, nothing is lost, all can be undone."""

import datetime as dt

import pytest
from django.apps import apps
from django.contrib.contenttypes.fields import GenericForeignKey
from django.core.exceptions import ValidationError
from django.db import models

from accounts.models import Share
from audit import changesets
from audit.models import AuditEvent
from companies import merging
from companies.models import Company, Person, Position
from core import services as core
from core.models import DomainModel
from projects.models import AgreementParty, ProjectParty
from tests.factories import (
    FACTORIES,
    NOW,
    AgreementPartyFactory,
    CompanyAliasFactory,
    CompanyFactory,
    InteractionCompanyFactory,
    ParkFactory,
    PersonFactory,
    PositionFactory,
    ProjectFactory,
    ProjectPartyFactory,
    ShareFactory,
    TenancyFactory,
    UserFactory,
    build_one,
)
from tests.test_all_models import OURS

pytestmark = pytest.mark.django_db
CODE = "91350100M000100Y43"
ONE_SUBJECT = {  # tables that take exactly one of several subjects
    ("activities.Attendance", "person"): {},
    ("activities.Directive", "company"): {},
    ("events.Participation", "person"): {"company": None},
    ("projects.ProjectMember", "person"): {"user": None},
    ("projects.CapitalArrival", "payer"): {},
}


@pytest.fixture
def manager():
    return UserFactory(roles=["manager"])


@pytest.fixture(params=[CompanyFactory, PersonFactory], ids=["company", "person"])
def pair(request):
    return request.param(), request.param()


def merge(keep, drop, by):
    return merging.merge(keep, drop, by=by, now=NOW)


def fresh(row):
    return type(row)._base_manager.get(pk=row.pk)


def keys_to(*targets):
    """Every foreign key of ours that points at a company or a person, found here without the code under test."""
    for model in OURS:
        for field in model._meta.fields:
            if isinstance(field, models.ForeignKey) and field.related_model in targets:
                yield pytest.param(model, field.name, id=f"{model._meta.label}.{field.name}")


def generic_models():
    """Every model of the installation, ours or not, that points at rows of any kind."""
    for model in apps.get_models():
        for field in model._meta.private_fields:
            if isinstance(field, GenericForeignKey):
                yield pytest.param(model, field.name, id=f"{model._meta.label}.{field.name}")


@pytest.mark.parametrize(("model", "name"), list(keys_to(Company, Person)))
def test_every_foreign_key_moves_and_comes_back(model, name, manager):
    target = model._meta.get_field(name).related_model
    keep, drop = build_one(target), build_one(target)
    row = build_one(model, **{name: drop}, **ONE_SUBJECT.get((model._meta.label, name), {}))

    changeset = merge(keep, drop, manager)

    assert getattr(fresh(row), name) == keep
    assert changesets.undo(changeset, by=manager, now=NOW).refused == []
    assert getattr(fresh(row), name) == drop
    assert fresh(drop).deleted_at is None


@pytest.mark.parametrize(("model", "name"), list(generic_models()))
def test_every_generic_pair_moves_and_comes_back(model, name, pair, manager):
    keep, drop = pair
    assert model in FACTORIES
    row = build_one(model, **{name: drop})

    changeset = merge(keep, drop, manager)

    assert getattr(fresh(row), name) == keep
    assert changesets.undo(changeset, by=manager, now=NOW).refused == []
    assert getattr(fresh(row), name) == drop


def test_there_are_generic_pairs_to_move():
    assert {case.values[0]._meta.label for case in generic_models()} >= {
        "accounts.Share",
        "companies.Qualification",
        "documents.Attachment",
        "documents.Citation",
        "reminders.Reminder",
    }


def test_a_row_that_was_deleted_before_moves_too_and_comes_back_without_pointing_at_a_deleted_one(manager):
    keep, drop = CompanyFactory(), CompanyFactory()
    project = ProjectFactory()
    party = ProjectPartyFactory(project=project, company=drop)
    core.delete(project, by=None, now=NOW - dt.timedelta(days=1))

    merge(keep, drop, manager)

    core.undelete(fresh(project), by=None)
    assert ProjectParty.objects.get(pk=party.pk).company == keep


def test_the_dropped_name_leads_to_the_survivor(manager):
    keep = CompanyFactory(name="测试甲科技（深圳）有限公司")
    drop = CompanyFactory(name="测试甲公司", short_name="测试甲")

    merge(keep, drop, manager)

    assert {alias.name for alias in keep.aliases.all()} == {"测试甲公司", "测试甲"}


def test_what_the_survivor_does_not_say_is_filled_in_and_what_it_says_stays(manager):
    keep = CompanyFactory(city="广东深圳", capital_source="unknown", credit_code=None)
    drop = CompanyFactory(city="广东广州", capital_source="foreign", credit_code=CODE, note="测试备注")

    merge(keep, drop, manager)

    after = fresh(keep)
    assert (after.city, after.capital_source, after.credit_code, after.note) == ("广东深圳", "foreign", CODE, "测试备注")


def test_a_number_that_is_filled_in_is_found_by_its_tail(manager):
    keep, drop = PersonFactory(mobile=""), PersonFactory(mobile="13812345678")

    changeset = merge(keep, drop, manager)

    assert fresh(keep).phone_tail == "5678"
    changesets.undo(changeset, by=manager, now=NOW)
    assert fresh(keep).phone_tail == ""


def test_a_vague_date_is_filled_in_with_its_precision(manager):
    keep, drop, person = CompanyFactory(), CompanyFactory(), PersonFactory()
    kept = PositionFactory(company=keep, person=person, as_of_on=None)
    PositionFactory(company=drop, person=person, as_of_on=dt.date(2020, 10, 31), as_of_on_precision="month")

    merge(keep, drop, manager)

    assert (fresh(kept).as_of_on, fresh(kept).as_of_on_precision) == (dt.date(2020, 10, 31), "month")


def test_what_would_stand_twice_is_folded_with_its_own_children(manager):
    keep, drop, project = CompanyFactory(), CompanyFactory(), ProjectFactory()
    kept = ProjectPartyFactory(project=project, company=keep, rank=3, share_percent=None)
    folded = ProjectPartyFactory(project=project, company=drop, rank=1, share_percent=40)
    signed = AgreementPartyFactory(agreement__project=project, party=folded)

    preview = merging.preview(keep, drop)
    changeset = merge(keep, drop, manager)

    assert len(preview.folded) == 1
    assert fresh(folded).deleted_at is not None
    assert (fresh(kept).rank, fresh(kept).share_percent) == (1, 40)
    assert AgreementParty.objects.get(pk=signed.pk).party == kept
    assert changesets.undo(changeset, by=manager, now=NOW).refused == []
    assert (fresh(folded).deleted_at, fresh(kept).rank, fresh(kept).share_percent) == (None, 3, None)
    assert fresh(signed).party == folded


@pytest.mark.parametrize(
    "double",
    [
        lambda company, shared: CompanyAliasFactory(company=company, name="测试别名"),
        lambda company, shared: PositionFactory(company=company, person=shared["person"]),
        lambda company, shared: InteractionCompanyFactory(company=company, interaction=shared["interaction"]),
        lambda company, shared: TenancyFactory(company=company, park=shared["park"]),
        lambda company, shared: ShareFactory(target=company, user=shared["user"]),
    ],
    ids=["alias", "position", "contact", "tenancy", "share"],
)
def test_each_unique_key_folds_and_unfolds(double, manager):
    keep, drop = CompanyFactory(), CompanyFactory()
    shared = {
        "person": PersonFactory(),
        "interaction": InteractionCompanyFactory().interaction,
        "park": ParkFactory(),
        "user": UserFactory(),
    }
    kept, folded = double(keep, shared), double(drop, shared)
    model = type(folded)
    before = model._base_manager.values().get(pk=folded.pk)

    preview = merging.preview(keep, drop)
    changeset = merge(keep, drop, manager)

    living = model._default_manager.filter(pk__in=[kept.pk, folded.pk])
    assert list(living) == [kept]
    assert len(preview.folded) == 1
    assert changesets.undo(changeset, by=manager, now=NOW).refused == []
    after = model._base_manager.values().get(pk=folded.pk)
    moving = {"version", "updated_at", "updated_by_id"}
    assert {k: v for k, v in after.items() if k not in moving} == {k: v for k, v in before.items() if k not in moving}


def test_an_ended_tenancy_of_the_same_park_is_no_double(manager):
    keep, drop, park = CompanyFactory(), CompanyFactory(), ParkFactory()
    TenancyFactory(company=keep, park=park)
    ended = TenancyFactory(company=drop, park=park, until_on=dt.date(2020, 1, 1))

    merge(keep, drop, manager)

    assert (fresh(ended).company, fresh(ended).deleted_at) == (keep, None)


def test_a_company_does_not_become_its_own_parent(manager):
    drop = CompanyFactory()
    keep, other = CompanyFactory(parent=drop), CompanyFactory(parent=drop)

    changeset = merge(keep, drop, manager)

    assert (fresh(keep).parent, fresh(other).parent) == (None, keep)
    changesets.undo(changeset, by=manager, now=NOW)
    assert (fresh(keep).parent, fresh(other).parent) == (drop, drop)


def test_a_branch_that_is_merged_with_its_parent_leaves_no_loop(manager):
    keep = CompanyFactory()
    drop = CompanyFactory(parent=keep)

    merge(keep, drop, manager)

    assert fresh(keep).parent is None


def test_the_lead_party_of_a_project_follows(manager):
    keep, drop = CompanyFactory(), CompanyFactory()
    project = ProjectFactory(lead_party=drop)
    ProjectPartyFactory(project=project, company=drop)

    merge(keep, drop, manager)

    assert fresh(project).lead_party == keep


def test_the_counts_are_said_first_and_nothing_is_changed_by_saying_them(pair):
    keep, drop = pair
    name = "company" if isinstance(drop, Company) else "person"
    PositionFactory.create_batch(2, **{name: drop})

    preview = merging.preview(keep, drop)

    assert ("任职", 2) in preview.moved
    assert Position.objects.filter(**{name: drop}).count() == 2
    assert not AuditEvent.objects.exists()


def test_what_is_counted_is_what_moves(manager):
    keep, drop = CompanyFactory(), CompanyFactory(parent=CompanyFactory())
    PositionFactory.create_batch(2, company=drop)
    InteractionCompanyFactory(company=drop)
    CompanyFactory(parent=drop)

    preview = merging.preview(keep, drop)
    merge(keep, drop, manager)

    assert sorted(preview.moved) == [("上级单位", 1), ("任职", 2), ("对接企业", 1)]
    assert Position.objects.filter(company=keep).count() == 2


def test_who_followed_the_dropped_company_may_go_on_and_a_company_of_nobody_becomes_his(manager):
    officer = UserFactory(roles=["officer"])
    held, free = CompanyFactory(), CompanyFactory(owner=None)
    first, second = CompanyFactory(owner=officer), CompanyFactory(owner=officer)

    changeset = merge(held, first, manager)
    merge(free, second, manager)

    assert Share.objects.get().level == "edit"
    assert set(Company.objects.visible_to(officer)) == {held, free}
    assert (fresh(free).owner, fresh(free).department) == (officer, officer.department)
    changesets.undo(changeset, by=manager, now=NOW)
    assert not Share.objects.exists()


def test_an_officer_merges_only_what_he_may_change():
    officer = UserFactory(roles=["officer"])
    mine, other = CompanyFactory(owner=officer), CompanyFactory()
    ShareFactory(user=officer, target=other, level="view")

    with pytest.raises(ValidationError) as error:
        merge(mine, other, officer)

    assert error.value.code == "forbidden"
    Share.objects.update(level="edit")
    del officer._scope
    merge(mine, other, officer)
    assert fresh(other).deleted_at is not None


def test_two_legal_persons_are_not_merged(manager):
    keep, drop = CompanyFactory(credit_code=CODE), CompanyFactory(credit_code="91110000101623741K")

    with pytest.raises(ValidationError) as error:
        merge(keep, drop, manager)

    assert error.value.code == "different_codes"


def test_a_row_is_not_merged_with_itself_or_with_one_that_is_gone(pair, manager):
    keep, drop = pair
    core.delete(drop, by=None, now=NOW)

    for other, code in ((keep, "same"), (drop, "gone")):
        with pytest.raises(ValidationError) as error:
            merge(keep, other, manager)
        assert error.value.code == code


def test_a_merge_leaves_one_event_and_its_author(manager):
    keep, drop = CompanyFactory(), CompanyFactory()

    merge(keep, drop, manager)

    event = AuditEvent.objects.get()
    assert (event.action, event.actor_id, event.object_id) == ("company.merged", manager.pk, str(keep.public_id))
    assert fresh(drop).deleted_by == manager


def test_no_living_row_points_at_a_merged_one(manager):
    keep, drop = CompanyFactory(), CompanyFactory()
    for case in keys_to(Company):
        model, name = case.values
        build_one(model, **{name: drop}, **ONE_SUBJECT.get((model._meta.label, name), {}))
    for case in generic_models():
        model, name = case.values
        build_one(model, **{name: drop})

    merge(keep, drop, manager)

    for reference in merging.references(Company):
        left = [row for row in reference.rows(drop) if not isinstance(row, DomainModel) or row.deleted_at is None]
        assert left == [], reference
