"""Soft deletion: what leaves together, what refuses, what returns."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from companies.models import Company, CompanyAlias, Position
from core import services
from core.models import StaleRow
from documents.models import Citation
from projects.models import Agreement, AgreementParty, Milestone, Project
from tests.factories import (
    NOW,
    AgreementFactory,
    AgreementPartyFactory,
    AttachmentFactory,
    CitationFactory,
    CompanyAliasFactory,
    CompanyFactory,
    InteractionFactory,
    MilestoneFactory,
    PositionFactory,
    ProjectFactory,
    ProjectPartyFactory,
    QualificationFactory,
    StageChangeFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def by():
    return UserFactory()


def living(*rows):
    return [type(row).objects.filter(pk=row.pk).exists() for row in rows]


def moments(*rows):
    return {type(row).all_objects.get(pk=row.pk).deleted_at for row in rows}


def test_deletion_refuses_with_the_living_rows_that_point_here(by):
    company = CompanyFactory(name="测试甲公司")
    ProjectPartyFactory(company=company, project__name="测试乙项目")
    InteractionFactory().company_links.create(company=company)

    with pytest.raises(ValidationError) as error:
        services.delete(company, by=by, now=NOW)

    sentence = error.value.messages[0]
    assert error.value.code == "protected"
    assert "不能删除“测试甲公司”" in sentence
    assert "2 条记录" in sentence
    assert "参与方“测试甲公司（投资方）”" in sentence
    assert "对接企业“测试甲公司”" in sentence
    assert living(company) == [True]


def test_a_refusal_names_ten_rows_and_counts_all(by):
    company = CompanyFactory()
    ProjectPartyFactory.create_batch(12, company=company)

    with pytest.raises(ValidationError, match="12 条记录") as error:
        services.delete(company, by=by, now=NOW)

    assert error.value.messages[0].count("参与方") == 10


def test_a_row_that_points_here_and_is_deleted_does_not_refuse(by):
    party = ProjectPartyFactory()
    services.delete(party, by=by, now=NOW)

    services.delete(party.company, by=by, now=NOW)

    assert living(party.company) == [False]


def test_plain_rows_that_point_here_by_protect_refuse_too(by):
    user_row = AttachmentFactory()

    with pytest.raises(ValidationError, match="附件"):
        services.delete(user_row.document, by=by, now=NOW)


def test_children_and_their_children_leave_in_one_act_with_one_moment(by):
    project = ProjectFactory()
    agreement = AgreementFactory(project=project)
    party = AgreementPartyFactory(agreement=agreement).party
    milestone = MilestoneFactory(project=project)

    count = services.delete(project, by=by, now=NOW)

    rows = [project, agreement, agreement.parties(manager="all_objects").get(), party, milestone]
    assert count == 5
    assert living(*rows) == [False] * 5
    assert moments(*rows) == {NOW}


def test_rows_that_point_here_by_a_generic_key_leave_with_the_row(by):
    company = CompanyFactory()
    alias, position = CompanyAliasFactory(company=company), PositionFactory(company=company)
    tied = [CitationFactory(target=company), QualificationFactory(holder=company), AttachmentFactory(target=company)]
    of_a_child = CitationFactory(target=position)

    count = services.delete(company, by=by, now=NOW)

    assert count == 7
    assert moments(company, alias, position, *tied, of_a_child) == {NOW}


def test_what_belongs_to_others_stays(by):
    company, other = CompanyFactory(), CompanyFactory()
    # The same number under another kind of row: a generic key is a pair.
    of_other, of_project = CitationFactory(target=other), CitationFactory(target=ProjectFactory(pk=company.pk))
    person = PositionFactory(company=company).person
    document = CitationFactory(target=company).document

    services.delete(company, by=by, now=NOW)

    assert living(of_other, of_project, person, document, other) == [True] * 5


def test_rows_inside_the_act_do_not_refuse_it(by):
    """A party is protected by the agreement it signed; both are of the project that leaves."""
    signed = AgreementPartyFactory()

    services.delete(signed.agreement.project, by=by, now=NOW)

    assert Project.objects.count() == Agreement.objects.count() == AgreementParty.objects.count() == 0


def test_a_party_that_signed_does_not_leave_alone(by):
    signed = AgreementPartyFactory()

    with pytest.raises(ValidationError, match="协议签约方"):
        services.delete(signed.party, by=by, now=NOW)


def test_every_row_that_left_says_who_and_when_in_its_history(by):
    alias = CompanyAliasFactory()

    services.delete(alias.company, by=by, now=NOW)

    for row in (Company.all_objects.get(), CompanyAlias.all_objects.get()):
        entry = row.history.latest("history_id")
        assert (row.deleted_at, row.deleted_by, row.updated_by, row.version) == (NOW, by, by, 2)
        assert (entry.history_user, entry.deleted_at) == (by, NOW)


def test_undelete_brings_back_exactly_what_left_in_the_same_act(by):
    project = ProjectFactory()
    stays_away, returns = MilestoneFactory.create_batch(2, project=project)
    citation = CitationFactory(target=returns)
    services.delete(stays_away, by=by, now=NOW - dt.timedelta(days=1))
    services.delete(project, by=by, now=NOW)

    count = services.undelete(Project.all_objects.get(), by=by)

    assert count == 3
    assert list(Milestone.objects.all()) == [returns]
    assert list(Citation.objects.all()) == [citation]
    assert living(project, stays_away) == [True, False]


def test_a_child_deleted_by_itself_comes_back_by_itself(by):
    alias = CompanyAliasFactory()
    services.delete(alias, by=by, now=NOW)

    services.undelete(CompanyAlias.all_objects.get(), by=by)

    assert living(alias, alias.company) == [True, True]


def test_a_child_does_not_come_back_without_its_parent(by):
    """A living row never points at a deleted one (contract.md 1)."""
    alias = CompanyAliasFactory()
    services.delete(alias.company, by=by, now=NOW)

    with pytest.raises(ValidationError):
        services.undelete(CompanyAlias.all_objects.get(), by=by)


def test_a_living_row_is_not_deleted_by_undelete(by):
    alias = CompanyAliasFactory()

    assert services.undelete(alias.company, by=by) == 0
    assert living(alias, alias.company) == [True, True]


def test_a_deleted_row_is_not_deleted_again_with_a_new_moment(by):
    alias = CompanyAliasFactory()
    services.delete(alias.company, by=by, now=NOW)

    services.delete(Company.all_objects.get(), by=by, now=NOW + dt.timedelta(days=1))

    services.undelete(Company.all_objects.get(), by=by)
    assert living(alias, alias.company) == [True, True]


def test_a_name_is_free_again_after_deletion(by):
    company = CompanyFactory(name="测试甲有限公司")
    services.delete(company, by=by, now=NOW)

    again = CompanyFactory(name="测试甲有限公司")

    assert list(Company.objects.all()) == [again]


def test_a_stale_row_is_not_deleted(by):
    company = CompanyFactory()
    Company.objects.get().save()

    with pytest.raises(StaleRow):
        services.delete(company, by=by, now=NOW)

    assert living(company) == [True]


def test_history_of_moves_stays_with_a_deleted_project(by):
    move = StageChangeFactory()

    services.delete(move.project, by=by, now=NOW)

    assert type(move).objects.filter(pk=move.pk).exists()


def test_a_pointer_that_is_kept_by_a_service_does_not_refuse(by):
    """`Project.agreement` and `lead_party` follow the rows; they are not somebody's reference."""
    agreement = AgreementFactory()
    agreement.project.agreement = agreement
    agreement.project.save()

    services.delete(agreement, by=by, now=NOW)

    assert living(agreement) == [False]


def test_a_position_leaves_with_its_company_and_its_person_stays(by):
    position = PositionFactory()

    services.delete(position.company, by=by, now=NOW)

    assert Position.objects.count() == 0
    assert living(position.person) == [True]
