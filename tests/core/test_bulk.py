"""The two bulk paths keep version, author and history right."""

import pytest

from companies.models import Company
from core import bulk
from core.models import StaleRow
from tests.factories import CompanyFactory, DepartmentFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def by():
    return UserFactory()


def unsaved(number):
    department = DepartmentFactory()
    return CompanyFactory.build_batch(number, owner=None, department=department)


def prepared(number):
    rows = unsaved(number)
    for row in rows:
        row.fill_derived()
    return rows


def test_inserted_rows_have_keys_version_author_and_one_history_entry(by):
    rows = bulk.insert(prepared(3), by=by)

    saved = list(Company.objects.order_by("pk"))
    assert [row.pk for row in rows] == [row.pk for row in saved]
    assert {(row.version, row.created_by, row.updated_by) for row in saved} == {(1, by, by)}
    assert len({row.public_id for row in saved}) == 3
    for row in saved:
        entry = row.history.get()
        assert (entry.history_type, entry.history_user, entry.name, entry.version) == ("+", by, row.name, 1)


def test_an_inserted_row_can_be_saved_as_any_other(by):
    row = bulk.insert(prepared(1), by=by)[0]

    row.save(by=by)

    assert Company.objects.get().version == 2


def test_rows_may_be_inserted_by_the_system_itself():
    bulk.insert(prepared(1))

    row = Company.objects.get()
    assert (row.created_by, row.history.get().history_user) == (None, None)


def test_changed_rows_have_a_new_version_author_and_history_entry(by):
    first, second = CompanyFactory.create_batch(2, by=UserFactory())
    before = first.updated_at
    for row in (first, second):
        row.city = "测试市"

    bulk.change([first, second], ["city"], by=by)

    for row in Company.objects.all():
        assert (row.city, row.version, row.updated_by) == ("测试市", 2, by)
        assert row.updated_at > before
        assert row.created_by != by
        entry = row.history.latest("history_id")
        assert row.history.count() == 2
        assert (entry.history_type, entry.history_user, entry.city, entry.version) == ("~", by, "测试市", 2)


def test_only_the_named_fields_are_changed(by):
    row = CompanyFactory(city="甲市", focus="甲")
    row.city, row.focus = "乙市", "乙"

    bulk.change([row], ["city"], by=by)

    row.refresh_from_db()
    assert (row.city, row.focus) == ("乙市", "甲")


def test_a_changed_row_can_be_saved_at_once_and_an_older_copy_cannot(by):
    row = CompanyFactory()
    older = Company.objects.get(pk=row.pk)
    bulk.change([row], ["city"], by=by)

    row.save(by=by)

    assert Company.objects.get().version == 3
    with pytest.raises(StaleRow):
        older.save(by=by)


def test_one_stale_row_stops_all(by):
    fresh, stale = CompanyFactory.create_batch(2)
    Company.objects.get(pk=stale.pk).save()
    fresh.city = stale.city = "测试市"

    with pytest.raises(StaleRow) as error:
        bulk.change([fresh, stale], ["city"], by=by)

    assert error.value.row is stale
    assert fresh.version == stale.version == 1
    assert set(Company.objects.values_list("city", flat=True)) == {""}
    assert [row.history.count() for row in (fresh, stale)] == [1, 2]


def test_a_row_that_is_gone_stops_all(by):
    row = CompanyFactory()
    row.pk += 1000

    with pytest.raises(StaleRow):
        bulk.change([row], ["city"], by=by)


def test_no_rows_are_no_work(by):
    assert bulk.insert([], by=by) == []
    assert bulk.change([], ["city"], by=by) == []


def test_the_history_of_bulk_rows_keeps_out_what_history_excludes(by):
    row = bulk.insert(prepared(1), by=by)[0]

    bulk.change([row], ["search_text"], by=by)

    assert not hasattr(row.history.latest("history_id"), "search_text")


def test_a_thousand_rows_cost_few_queries(by, django_assert_max_num_queries):
    rows = prepared(1000)

    with django_assert_max_num_queries(30):
        bulk.insert(rows, by=by)
