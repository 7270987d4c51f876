"""Whoever enters a company learns that another officer already follows it, and nothing more."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from accounts import roles, services
from companies.duplicates import similar
from companies.models import Company
from core import services as core
from tests.factories import NOW, CompanyAliasFactory, CompanyFactory, ShareFactory, UserFactory

pytestmark = pytest.mark.django_db
CODE = "91350100M000100Y43"


@pytest.fixture
def officer():
    roles.sync_groups()
    return UserFactory(roles=["officer"], display_name="测试员甲")


@pytest.fixture
def client(officer):
    client = Client()
    client.force_login(officer)
    return client


def names(found):
    return [row.name for row in found]


@pytest.mark.parametrize(
    ("there", "typed", "why"),
    [
        ("海狸测试科技（深圳）有限公司", "海狸测试科技 (深圳) 有限公司", "名称相同"),
        ("海狸测试科技（深圳）有限公司", "焦作海狸测试科技有限责任公司", "去掉地名和组织形式后相同"),
        ("焦作天宝测试机械科技有限公司", "天宝测试公司", "一个名称包含另一个"),
        ("广东测试云蝶教育科技有限公司", "广东测试云碟教育科技有限公司", "名称相近"),
    ],
)
def test_what_may_be_the_same_is_found_with_its_reason(there, typed, why):
    CompanyFactory(name=there)

    assert [(row.name, row.why) for row in similar(typed)] == [(there, why)]


@pytest.mark.parametrize("other", ["郑州大学", "测试云蝶科技有限公司", "深圳市有限公司"])
def test_what_is_another_one_is_not_found(other):
    CompanyFactory(name=other)

    assert similar("碧桂园房地产开发有限公司") == similar("河南大学") == similar("") == similar("  ") == []


def test_an_alias_is_found_and_leads_to_its_company():
    alias = CompanyAliasFactory(name="天宝测试机械", company__name="焦作某某有限公司")

    assert [row.pk for row in similar("天宝测试机械有限公司")] == [alias.company.pk]


def test_the_same_credit_code_comes_first_whatever_the_name():
    CompanyFactory(name="海狸测试科技有限公司")
    CompanyFactory(name="完全两样有限公司", credit_code=CODE)

    found = similar("海狸测试科技有限公司", credit_code=CODE.lower())

    assert next((row.name, row.why) for row in found) == ("完全两样有限公司", "信用代码相同")
    assert len(found) == 2


def test_the_most_certain_comes_first_and_five_are_enough():
    for name in ("海狸测试科枝", "海狸测试科技云", "深圳海狸测试科技", "海狸测试科技"):
        CompanyFactory(name=f"{name}有限公司")
    for n in range(5):
        CompanyFactory(name=f"海狸测试科技{n}号有限公司")

    found = names(similar("海狸测试科技有限公司"))

    assert found[:2] == ["海狸测试科技有限公司", "深圳海狸测试科技有限公司"]
    assert len(found) == 5
    assert "海狸测试科枝有限公司" not in found


def test_the_row_itself_and_deleted_ones_are_left_out():
    mine, gone = CompanyFactory(name="海狸测试科技有限公司"), CompanyFactory(name="深圳海狸测试科技有限公司")
    core.delete(gone, by=None, now=NOW)

    assert similar(mine.name, exclude=mine) == []


def test_since_when_is_the_day_it_was_entered_or_last_handed_over():
    company = CompanyFactory(name="海狸测试科技有限公司", owner__display_name="测试员甲")
    Company.objects.filter(pk=company.pk).update(created_at=NOW - dt.timedelta(days=400))
    first = similar(company.name)[0]
    services.reassign(company, owner=UserFactory(display_name="测试员乙"), by=UserFactory())
    second = similar(company.name)[0]

    assert (first.owner, first.since_on) == ("测试员甲", dt.date(2025, 10, 20))
    assert second.owner == "测试员乙"
    assert second.since_on > first.since_on


@pytest.mark.parametrize("count", [3, 30])
def test_the_question_costs_the_same_however_many_companies_there_are(count, django_assert_num_queries):
    for n in range(count):
        CompanyAliasFactory(company=CompanyFactory(name=f"海狸测试科技{n}号有限公司"))

    with django_assert_num_queries(4):
        similar("海狸测试科技有限公司")


def test_every_officer_sees_who_follows_a_company_that_is_not_his_and_no_link_to_it(client):
    other = CompanyFactory(
        name="海狸测试科技有限公司", owner__display_name="测试员乙", city="广东深圳", note="不给别人看", credit_code=CODE
    )

    page = client.get(reverse("companies:similar"), {"name": "深圳海狸测试科技公司"}).content.decode()

    assert all(text in page for text in (other.name, "测试员乙", "广东深圳", "起跟进"))
    assert "<a " not in page
    assert other.note not in page
    assert CODE not in page


def test_a_company_one_may_see_is_linked_and_an_unknown_one_leaves_the_fragment_empty(client, officer):
    mine = CompanyFactory(name="海狸测试科技有限公司", owner=officer)

    page = client.get(reverse("companies:similar"), {"name": "海狸测试科技"}).content.decode()

    assert reverse("desk:company", args=[mine.pk]) in page
    assert not client.get(reverse("companies:similar"), {"name": "无人知晓有限公司"}).content.strip()
    assert not client.get(reverse("companies:similar"), {"name": mine.name, "exclude": mine.pk}).content.strip()


def test_saving_a_company_in_the_admin_warns_of_a_similar_one(client, officer):
    other = CompanyFactory(name="海狸测试科技（深圳）有限公司", owner__display_name="测试员乙")
    company = CompanyFactory(name="甲乙丙丁有限公司", owner=officer)

    said = save(client, company, name="海狸测试科技有限公司")

    assert len([text for text in said if other.name in text and "测试员乙" in text]) == 1
    assert "比较与合并" not in "".join(said)
    ShareFactory(user=officer, target=other, level="edit")
    assert "比较与合并" in "".join(save(client, company, name="海狸测试科技公司"))
    assert other.name not in "".join(save(client, company, city="焦作"))


def save(client, company, **values):
    """Send the company's page of the admin as it is shown, changed; returns the messages."""
    url = reverse("admin:companies_company_change", args=[company.pk])
    page = client.get(url)
    fields = {k: "" if v is None else v for k, v in page.context["adminform"].form.initial.items()}
    for formset in page.context["inline_admin_formsets"]:
        prefix = formset.formset.prefix
        fields |= {f"{prefix}-TOTAL_FORMS": 0, f"{prefix}-INITIAL_FORMS": 0}
    response = client.post(url, fields | values, follow=True)
    assert response.redirect_chain, response.context["errors"]
    return [str(message) for message in response.context["messages"]]


@pytest.mark.parametrize(
    ("there", "typed"),
    [
        ("测试教育装备科技有限公司（测试）", "测试电机科技有限公司（测试）"),
        ("焦作光电科技发展有限公司", "焦作电机科技发展有限公司"),
    ],
)
def test_two_different_words_between_the_same_general_ones_are_not_alike(there, typed):
    CompanyFactory(name=there)

    assert similar(typed) == []
