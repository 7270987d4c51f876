"""The pages on which two rows are compared and merged, and the button that undoes it."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts import roles
from audit import changesets
from audit.models import ChangeSet
from companies.models import Company, Person
from tests.factories import CompanyFactory, InteractionCompanyFactory, PersonFactory, PositionFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager():
    roles.sync_groups()
    return UserFactory(roles=["manager"])


@pytest.fixture
def client(manager):
    return signed_in(manager)


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.parametrize(
    ("make", "name"), [(CompanyFactory, "merge"), (PersonFactory, "merge_people")], ids=["companies", "people"]
)
def test_two_rows_are_compared_merged_and_parted_again(make, name, client):
    keep, drop = make(), make(note="另一条的备注")
    PositionFactory(**{"company" if name == "merge" else "person": drop})
    url = reverse(f"companies:{name}")

    shown = client.get(url, {"keep": keep.pk, "drop": drop.pk}).content.decode()
    client.post(url, {"keep": keep.pk, "drop": drop.pk})
    offered = client.get(reverse("desk:home")).content.decode()
    client.post(reverse("audit:undo", args=[ChangeSet.objects.get().pk]))

    assert all(text in shown for text in (str(keep), str(drop), "另一条的备注", "任职 <strong>1</strong>"))
    assert reverse("audit:undo", args=[ChangeSet.objects.get().pk]) in offered
    assert set(type(keep).objects.filter(pk__in=[keep.pk, drop.pk])) == {keep, drop}
    assert not type(keep).objects.get(pk=keep.pk).note


def test_without_a_second_row_similar_ones_are_offered_and_others_searched(client):
    keep = CompanyFactory(name="海狸测试科技有限公司")
    CompanyFactory(name="深圳海狸测试科技有限公司")
    CompanyFactory(name="甲乙丙丁有限公司")

    offered = client.get(reverse("companies:merge"), {"keep": keep.pk}).content.decode()
    found = client.get(reverse("companies:merge"), {"keep": keep.pk, "q": "jybd"}).content.decode()

    assert "深圳海狸测试科技有限公司" in offered
    assert "甲乙丙丁有限公司" in found


def test_people_of_one_name_or_number_are_offered(client):
    keep = PersonFactory(name="联系人甲", mobile="13800000000")
    PersonFactory(name="联系人甲", source="名片")
    PersonFactory(name="联系人乙", mobile="13800000000", source="微信")
    PersonFactory(name="联系人丙", source="报道")

    page = client.get(reverse("companies:merge_people"), {"keep": keep.pk}).content.decode()

    assert ["名片" in page, "微信" in page, "报道" in page] == [True, True, False]


def test_what_one_does_not_see_is_not_compared(manager):
    officer = UserFactory(roles=["officer"])
    mine, other = CompanyFactory(owner=officer), CompanyFactory()
    client, url = signed_in(officer), reverse("companies:merge")

    assert client.get(url, {"keep": mine.pk, "drop": other.pk}).status_code == 404
    assert client.post(url, {"keep": mine.pk, "drop": other.pk}).status_code == 404
    assert client.get(url).status_code == 404
    assert signed_in(UserFactory(roles=["leader"])).get(url, {"keep": mine.pk}).status_code == 403


def test_a_refused_merge_says_why_and_shows_the_comparison(client):
    keep = CompanyFactory(credit_code="91350100M000100Y43")
    drop = CompanyFactory(credit_code="91110000101623741K")

    response = client.post(reverse("companies:merge"), {"keep": keep.pk, "drop": drop.pk})

    assert response.status_code == 200
    assert "不能合并" in response.content.decode()
    assert Company.objects.count() == 2


@pytest.mark.parametrize(("make", "name"), [(CompanyFactory, "company"), (PersonFactory, "person")])
def test_the_action_of_the_list_takes_two_rows_to_the_comparison(make, name, client):
    rows = make.create_batch(3)
    url = reverse(f"admin:companies_{name}_changelist")

    def act(chosen):
        return client.post(url, {"action": "merge_two", "_selected_action": [row.pk for row in chosen]})

    assert f"keep={rows[0].pk}&drop={rows[1].pk}" in act(rows[:2]).url
    assert "drop" not in act(rows).url


def test_only_the_author_and_the_manager_undo(client):
    author, other = UserFactory(roles=["officer"]), UserFactory(roles=["officer"])
    person = PersonFactory()
    changeset = changesets.open("test.done", by=author, now=timezone.now())
    changesets.record_created(changeset, person)
    url = reverse("audit:undo", args=[changeset.pk])

    assert signed_in(other).post(url).status_code == 403
    assert signed_in(author).get(url).status_code == 405
    response = signed_in(author).post(url, {"next": "/search/?q=x"})
    again = client.post(url, {"next": "https://example.invalid/"}, follow=True)

    assert response.url == "/search/?q=x"
    assert again.redirect_chain[0][0] == "/"
    assert "已经撤销过" in str(next(iter(again.context["messages"])))
    assert not Person.objects.exists()


def test_the_sets_are_listed_for_whoever_reads_the_trail_without_their_values(client):
    auditor = UserFactory(roles=["auditor"])
    changeset = changesets.open("test.done", by=auditor, now=timezone.now())
    changesets.record_created(changeset, PersonFactory(name="联系人甲"))
    url = reverse("admin:audit_changeset_changelist")

    page = signed_in(auditor).get(url).content.decode()

    assert "test.done" in page
    assert "联系人甲" not in page
    assert client.get(url).status_code == 403


def test_the_comparison_costs_the_same_for_three_rows_as_for_thirty(client):
    costs = []
    warm = CompanyFactory(), CompanyFactory()
    client.get(reverse("companies:merge"), {"keep": warm[0].pk, "drop": warm[1].pk})  # content types are read once
    for count in (3, 30):
        keep, drop = CompanyFactory(), CompanyFactory()
        PositionFactory.create_batch(count, company=drop)
        InteractionCompanyFactory.create_batch(count, company=drop)
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("companies:merge"), {"keep": keep.pk, "drop": drop.pk})
        costs.append(len(queries))

    assert costs[0] == costs[1]
