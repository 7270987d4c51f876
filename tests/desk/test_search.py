"""One box: by name, pinyin, initials, credit code and the end of a telephone; nothing that is not one's own."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from desk.finder import find
from tests.factories import (
    CompanyAliasFactory,
    CompanyFactory,
    EventFactory,
    PersonFactory,
    PositionFactory,
    ProjectFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
CODE = "91110000600037341L"  # a published example


@pytest.fixture
def manager():
    return UserFactory(roles=["manager"])


def labels(hits) -> list[str]:
    return [hit.label for hit in hits]


@pytest.mark.parametrize("query", ["光电", "guangdian", "csgd", "91110000", CODE.lower(), "  测试光电 "])
def test_a_company_is_found_by(manager, query):
    CompanyFactory(name="测试光电有限公司", credit_code=CODE)
    CompanyFactory(name="别的有限公司")

    assert labels(find(query, manager).companies) == ["测试光电有限公司"]


def test_a_company_is_found_by_another_name(manager):
    CompanyAliasFactory(company=CompanyFactory(name="测试光电有限公司"), name="老字号")

    assert labels(find("老字号", manager).companies) == ["测试光电有限公司"]


def test_a_person_is_found_by_the_last_four_digits(manager):
    person = PersonFactory(name="联系人甲", mobile="13800001234")
    PositionFactory(person=person, company=CompanyFactory(name="测试光电有限公司"), title="经理")
    PersonFactory(name="联系人乙", mobile="13800005678")

    (hit,) = find("1234", manager).people

    assert (hit.label, hit.hint) == ("联系人甲", "测试光电有限公司 经理")


def test_projects_are_found_by_code_and_investor_and_events_by_name(manager):
    ProjectFactory(name="测试项目", code="T000123", lead_party=CompanyFactory(name="测试光电有限公司"))
    EventFactory(name="测试推介会")

    assert labels(find("T000123", manager).projects) == labels(find("光电", manager).projects) == ["测试项目"]
    assert labels(find("tuijie", manager).events) == ["测试推介会"]


def test_the_exact_name_comes_first(manager):
    for name in ("云蝶", "广州云蝶科技", "云蝶教育"):
        CompanyFactory(name=name)

    assert labels(find("云蝶", manager).companies) == ["云蝶", "云蝶教育", "广州云蝶科技"]


def test_of_anothers_company_only_its_name_and_who_follows_it_are_told():
    officer, other = UserFactory(roles=["officer"]), UserFactory(roles=["officer"], display_name="测试员乙")
    CompanyFactory(name="测试光电有限公司", owner=other)
    ProjectFactory(name="光电项目", owner=other)

    found = find("光电", officer)

    assert [(hit.label, "由测试员乙跟进" in hit.hint, hit.url) for hit in found] == [("测试光电有限公司", True, "")]


def test_a_deleted_alias_finds_nothing(manager):
    alias = CompanyAliasFactory(name="旧名")
    type(alias).all_objects.filter(pk=alias.pk).update(deleted_at=alias.created_at)

    assert not find("旧名", manager)


@pytest.mark.parametrize("query", ["", "   ", "%", "'; drop table", "没有的"])
def test_what_is_not_there_is_said(manager, query):
    client = Client()
    client.force_login(manager)

    page = client.get("/search/", {"q": query})

    assert page.status_code == 200
    assert ("没有找到" in page.content.decode()) == bool(query.strip())


def test_the_page_asks_the_same_for_few_and_many(manager):
    client = Client()
    client.force_login(manager)
    queries = []
    for n in (2, 15):
        for _n in range(n):
            project = ProjectFactory(name=f"光电 {_n} {n}", lead_party=CompanyFactory(name=f"光电 {_n} {n}"))
            PositionFactory(person=PersonFactory(name="光电"), company=project.lead_party)
        client.get("/search/", {"q": "光电"})
        with CaptureQueriesContext(connection) as asked:
            client.get("/search/", {"q": "光电"})
        queries.append(len(asked))

    assert queries[0] == queries[1] <= 12
