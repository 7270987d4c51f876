"""联系人名录, both ways."""

import datetime as dt

import pytest

from accounts import roles
from companies.models import Company, Person, Position
from companies.phones import mask
from ledgers import reading
from ledgers.layouts.base import Context
from ledgers.layouts.people import PEOPLE
from ledgers.recognise import read_rows, recognise
from ledgers.writing import write_csv, write_xlsx
from tests.factories import TODAY, CompanyFactory, PersonFactory, PositionFactory, UserFactory
from tests.ledgers.plain import applied, exported, planned, problems, read_back, undone
from tests.ledgers.rows import row

pytestmark = pytest.mark.django_db

FULL = {
    "name": "联系人甲",
    "company": "测试光电有限公司",
    "title": "总经理",
    "mobile": "13800001234",
    "phone": "0391-3561650-801",
    "email": "contact00001@example.invalid",
    "is_primary": True,
    "since_on": dt.date(2020, 3, 5),
    "until_on": dt.date(2026, 3, 5),
    "source": "名片",
    "note": "第一行\n第二行",
}


@pytest.fixture
def user():
    roles.sync_groups()
    return UserFactory(roles=["manager"])


def contact(number=6, **values):
    return row(number, **{"name": "联系人甲", "company": "测试光电有限公司", **values})


def test_every_column_of_a_contact_is_kept(user):
    applied(PEOPLE, row(**FULL), user=user)

    position = Position.objects.select_related("person", "company").get()
    found = {name: getattr(position, name) for name in ("title", "is_primary", "since_on", "until_on")}
    found |= {name: getattr(position.person, name) for name in ("name", "mobile", "phone", "email", "source", "note")}
    assert {**found, "company": position.company.name} == FULL


def test_a_full_and_a_poor_contact_are_written_and_read_back_without_a_change(user):
    applied(PEOPLE, row(**FULL), row(7, name="联系人乙", company="测试装备厂"), user=user)

    plan = planned(PEOPLE, *read_back(PEOPLE, user=user), user=user)

    assert (plan.problems, plan.changes_nothing) == ([], True)
    assert exported(PEOPLE, user=user)[0] == FULL


def test_contacts_made_by_hand_are_written_and_read_back_without_a_change(user):
    company = CompanyFactory()
    several = PersonFactory(mobile="138 0000 1234")
    for title in ("", "董事", "总经理"):
        PositionFactory(person=several, company=company, title=title, is_primary=title == "董事")
    PositionFactory(person=several)
    for mobile in ("13800001235", "13800001236"):
        PositionFactory(person=PersonFactory(name="联系人乙", mobile=mobile), company=company)

    plan = planned(PEOPLE, *read_back(PEOPLE, user=user), user=user)

    assert (plan.problems, plan.changes_nothing) == ([], True)


def test_applying_the_same_contacts_again_changes_nothing_and_undoing_leaves_none(user):
    job = applied(PEOPLE, row(**FULL), user=user)

    again = planned(PEOPLE, row(**FULL), user=user)
    taken_back = undone(job, user=user)

    assert (again.problems, again.changes_nothing) == ([], True)
    assert (taken_back.refused, Person.objects.count(), Position.objects.count(), Company.objects.count()) == ([], 0, 0, 0)


def test_masked_telephones_and_mail_overwrite_nothing(user):
    applied(PEOPLE, row(**FULL), user=user)
    hidden = {key: mask(FULL[key]) for key in ("mobile", "phone", "email")}

    plan = planned(PEOPLE, row(**{**FULL, **hidden}), user=user)

    assert all("****" in value for value in hidden.values())
    assert (plan.problems, plan.changes_nothing) == ([], True)


def test_a_masked_telephone_is_not_stored_with_a_new_contact(user):
    applied(PEOPLE, contact(mobile="138****1234", phone="＊＊＊＊", email="****"), user=user)

    person = Person.objects.get()
    assert (person.mobile, person.phone, person.email) == ("", "", "")


def test_blanks_clear_only_when_asked_and_a_masked_number_never(user):
    applied(PEOPLE, row(**FULL), user=user)

    cleared = planned(PEOPLE, contact(title="总经理", blank=("mobile", "note")), user=user, blank_clears=True)
    kept = planned(PEOPLE, contact(title="总经理", mobile="138****1234"), user=user, blank_clears=True)

    entry = next(iter(cleared.resources[Person].changed))
    assert set(entry.before) == {"mobile", "note"}
    assert kept.changes_nothing


def test_a_landline_beside_the_mobile_goes_where_landlines_stand(user):
    applied(PEOPLE, contact(mobile="138-0000-1234、0391-3561650"), user=user)

    person = Person.objects.get()
    assert (person.mobile, person.phone) == ("13800001234", "0391-3561650")


def test_more_numbers_than_can_be_kept_are_refused(user):
    plan = planned(PEOPLE, contact(mobile="13800001234/13800001235"), user=user)

    assert problems(plan) == [("phones", "手机")]


def test_what_is_no_telephone_is_refused_at_its_cell(user):
    plan = planned(PEOPLE, contact(mobile="1380000123"), user=user)

    assert problems(plan) == [("phone", "手机")]
    assert plan.problems[0].cell == "D6"


def test_a_namesake_at_the_same_company_is_told_by_his_mobile_or_asked_for(user):
    company = CompanyFactory(name="测试光电有限公司")
    twins = [PersonFactory(name="联系人甲", mobile=f"1380000123{digit}") for digit in (4, 5)]
    for twin in twins:
        PositionFactory(person=twin, company=company)

    told = planned(PEOPLE, contact(title="经理", mobile="13800001235", source="名片"), user=user)
    asked = planned(PEOPLE, contact(title="经理", source="名片"), user=user)

    assert [entry.instance for entry in told.resources[Person].changed] == [twins[1]]
    assert [code for code, _column in problems(asked)] == ["ambiguous"]


def test_an_office_without_a_title_takes_the_one_of_the_ledger(user):
    position = PositionFactory(company=CompanyFactory(name="测试光电有限公司"), person__name="联系人甲", title="")

    applied(PEOPLE, contact(title="总经理"), contact(7, title="董事"), user=user)

    position.refresh_from_db()
    assert position.title == "总经理"
    assert set(Position.objects.values_list("title", flat=True)) == {"总经理", "董事"}


def test_an_office_that_ends_before_it_begins_is_refused(user):
    position = PositionFactory(company=CompanyFactory(name="测试光电有限公司"), person__name="联系人甲", title="经理")
    position.since_on = dt.date(2022, 1, 1)
    position.save(update_fields=["since_on"])

    plan = planned(PEOPLE, contact(title="经理", until_on=dt.date(2021, 1, 1)), user=user)

    assert problems(plan) == [("order", "任职止")]


@pytest.mark.parametrize("count", [3, 30])
def test_writing_contacts_costs_the_same_queries_for_few_and_many(user, count, django_assert_num_queries):
    for _number in range(count):
        PositionFactory()
    list(exported(PEOPLE, user=user))  # the scope is read once

    with django_assert_num_queries(1):
        exported(PEOPLE, user=user)


@pytest.mark.parametrize("unmasked", [True, False], ids=["whole", "masked"])
@pytest.mark.parametrize("suffix", ["xlsx", "csv"])
def test_a_file_of_contacts_read_back_changes_nothing_whole_or_masked(user, tmp_path, suffix, unmasked):
    applied(PEOPLE, row(**FULL), row(7, name="联系人乙", company="测试装备厂"), user=user)
    path, context = tmp_path / f"联系人.{suffix}", Context(user, TODAY, TODAY)
    write = write_xlsx if suffix == "xlsx" else write_csv
    write(path, PEOPLE, PEOPLE.rows(Position.objects.order_by("pk"), context), context=context, unmasked=unmasked)

    sheet = reading.read(path, path.name).sheets[0]
    rows, unread = read_rows(recognise(sheet, [PEOPLE], {}, {}), TODAY)
    plan = planned(PEOPLE, *rows, user=user)

    assert (len(rows), unread, plan.problems, plan.changes_nothing) == (2, [], [], True)
    assert ("****" in str(rows)) is not unmasked


@pytest.mark.parametrize("count", [3, 30])
def test_a_plan_of_contacts_costs_the_same_queries_for_few_and_many(user, count, django_assert_max_num_queries):
    rows = [
        row(6 + place, **{**FULL, "company": f"测试企业{place}有限公司", "mobile": f"138000{place:05d}"})
        for place in range(count)
    ]
    applied(PEOPLE, *rows, user=user)

    with django_assert_max_num_queries(12):
        assert planned(PEOPLE, *rows, user=user).changes_nothing
