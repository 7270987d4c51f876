"""What an act changed can be taken back, once, row by row, and never over the work of somebody else."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from accounts.models import Share
from audit import changesets
from audit.models import AuditEvent, Change
from companies.models import Company, Person
from core import services as core
from tests.factories import (
    NOW,
    AgreementFactory,
    CompanyAliasFactory,
    CompanyFactory,
    FollowUpFactory,
    InteractionFactory,
    PersonFactory,
    PositionFactory,
    ShareFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
LATER = NOW + dt.timedelta(days=1)


@pytest.fixture
def by():
    return UserFactory(display_name="测试员甲")


@pytest.fixture
def changeset(by):
    return changesets.open("test.done", by=by, now=NOW)


def change(changeset, row, **values):
    """Change a row as a service does, noted in the set."""
    before = changesets.before(row, values)
    for name, value in values.items():
        setattr(row, name, value)
    row.save(update_fields=list(values))
    changesets.record_change(changeset, row, before)
    return row


def fresh(row):
    return type(row)._base_manager.get(pk=row.pk)


def test_a_set_says_who_did_what_and_until_when_it_can_be_undone(by):
    changeset = changesets.open("test.done", by=by, now=NOW)

    assert (changeset.kind, changeset.by_id, changeset.by_name) == ("test.done", by.pk, "测试员甲")
    assert (changeset.at, changeset.expires_at) == (NOW, NOW + dt.timedelta(days=30))


def test_every_kind_of_column_comes_back_as_it_was(changeset, by):
    moment = dt.datetime(2026, 11, 24, 1, 2, 3, 456789, tzinfo=dt.UTC)
    follow_up = FollowUpFactory(completed_at=moment)
    agreement = AgreementFactory(amount=Decimal("142000.1234"))
    change(changeset, follow_up, completed_at=None, due_on=None, assignee=UserFactory())
    change(changeset, agreement, amount=None)

    undone = changesets.undo(changeset, by=by, now=LATER)

    back = fresh(follow_up)
    assert undone == (2, [])
    assert (back.completed_at, back.due_on, back.assignee) == (moment, dt.date(2026, 11, 24), None)
    assert fresh(agreement).amount == Decimal("142000.1234")


def test_undoing_is_signed_and_leaves_history_and_one_event(changeset, by):
    company = change(changeset, CompanyFactory(city="广东深圳"), city="河南郑州")

    changesets.undo(changeset, by=by, now=LATER)

    back = fresh(company)
    assert (back.city, back.version, back.updated_by) == ("广东深圳", 3, by)
    assert back.history.first().history_user == by
    event = AuditEvent.objects.get(action="changeset.undone")
    assert (event.actor_id, event.changes["rows"]) == (by.pk, 1)


def test_a_row_edited_since_stays_and_is_named(changeset, by):
    edited = change(changeset, CompanyFactory(name="测试甲有限公司", city="甲地"), city="乙地")
    other = change(changeset, CompanyFactory(city="甲地"), city="乙地")
    edited.city = "丙地"
    edited.save()

    undone = changesets.undo(changeset, by=by, now=LATER)

    assert undone.restored == 1
    assert [sentence for sentence in undone.refused if "测试甲有限公司" in sentence] == undone.refused != []
    assert (fresh(edited).city, fresh(other).city) == ("丙地", "甲地")


def test_an_edit_of_another_column_since_is_kept(changeset, by):
    company = change(changeset, CompanyFactory(city="甲地"), city="乙地")
    company.note = "后来补充"
    company.save()

    changesets.undo(changeset, by=by, now=LATER)

    assert (fresh(company).city, fresh(company).note) == ("甲地", "后来补充")


def test_a_row_deleted_since_stays_deleted_and_is_named(changeset, by):
    company = change(changeset, CompanyFactory(city="甲地"), city="乙地")
    core.delete(company, by=None, now=LATER)

    undone = changesets.undo(changeset, by=by, now=LATER)

    assert (undone.restored, len(undone.refused)) == (0, 1)
    assert fresh(company).city == "乙地"


def test_a_row_that_was_deleted_before_is_changed_back_all_the_same(changeset, by):
    company = CompanyFactory(city="甲地")
    core.delete(company, by=None, now=NOW - dt.timedelta(days=1))
    change(changeset, fresh(company), city="乙地")

    changesets.undo(changeset, by=by, now=LATER)

    assert fresh(company).city == "甲地"


def test_a_created_row_leaves_softly(changeset, by):
    company = CompanyFactory()
    changesets.record_created(changeset, company)

    assert changesets.undo(changeset, by=by, now=LATER) == (1, [])

    assert fresh(company).deleted_at == LATER


def test_a_created_row_that_somebody_worked_on_stays(changeset, by):
    edited, filled = CompanyFactory(name="测试甲有限公司"), CompanyFactory(name="测试乙有限公司")
    for row in (edited, filled):
        changesets.record_created(changeset, row)
    edited.note = "已核实"
    edited.save()
    PositionFactory(company=filled)

    undone = changesets.undo(changeset, by=by, now=LATER)

    assert undone.restored == 0
    assert ["测试乙有限公司" in undone.refused[0], "测试甲有限公司" in undone.refused[1]] == [True, True]
    assert Company.objects.count() == 2


def test_created_rows_leave_with_the_children_of_the_same_set(changeset, by):
    company = CompanyFactory()
    changesets.record_created(changeset, company)
    changesets.record_created(changeset, CompanyAliasFactory(company=company))

    assert changesets.undo(changeset, by=by, now=LATER) == (2, [])


def test_a_deleted_row_comes_back(changeset, by):
    company = CompanyFactory()
    core.delete(company, by=by, now=NOW)
    changesets.record_deleted(changeset, company)

    assert changesets.undo(changeset, by=by, now=LATER) == (1, [])

    assert fresh(company).deleted_at is fresh(company).deleted_by is None


def test_a_plain_row_that_left_for_good_is_inserted_again_and_a_created_one_leaves(changeset, by):
    gone, made = ShareFactory(level="edit"), ShareFactory()
    changesets.record_deleted(changeset, gone)
    before = Share.objects.filter(pk=gone.pk).values().get()
    Share.objects.filter(pk=gone.pk).delete()
    changesets.record_created(changeset, made)

    assert changesets.undo(changeset, by=by, now=LATER) == (2, [])

    assert list(Share.objects.values()) == [before]


def test_a_living_row_never_points_at_a_deleted_one_again(changeset, by):
    first, second = CompanyFactory(name="测试甲有限公司"), CompanyFactory()
    position = change(changeset, PositionFactory(company=first), company=second)
    core.delete(first, by=None, now=LATER)

    undone = changesets.undo(changeset, by=by, now=LATER)

    assert undone.restored == 0
    assert "测试甲有限公司" in undone.refused[0]
    assert fresh(position).company == second


def test_a_name_that_is_taken_by_now_is_refused_with_a_sentence(changeset, by):
    company = change(changeset, CompanyFactory(name="测试甲有限公司"), name="测试乙有限公司")
    CompanyFactory(name="测试甲有限公司")

    undone = changesets.undo(changeset, by=by, now=LATER)

    assert (undone.restored, len(undone.refused)) == (0, 1)
    assert fresh(company).name == "测试乙有限公司"


def test_the_last_change_of_a_row_is_taken_back_first(changeset, by):
    company = CompanyFactory(city="甲地")
    for city in ("乙地", "丙地"):
        change(changeset, company, city=city)

    assert changesets.undo(changeset, by=by, now=LATER) == (2, [])

    assert fresh(company).city == "甲地"


def test_what_did_not_change_is_not_noted(changeset):
    change(changeset, CompanyFactory(city="甲地"), city="甲地")

    assert not changeset.changes.exists()


def test_a_set_is_undone_once(changeset, by):
    change(changeset, CompanyFactory(city="甲地"), city="乙地")
    changesets.undo(changeset, by=by, now=LATER)

    with pytest.raises(ValidationError) as error:
        changesets.undo(changeset, by=by, now=LATER)

    assert error.value.code == "undone"


def test_a_set_is_undone_within_thirty_days(changeset, by):
    change(changeset, CompanyFactory(city="甲地"), city="乙地")

    with pytest.raises(ValidationError) as error:
        changesets.undo(changeset, by=by, now=NOW + dt.timedelta(days=30))

    assert error.value.code == "expired"


def test_a_personal_column_is_recognised_by_a_digest_and_still_comes_back(changeset, by):
    person = change(changeset, PersonFactory(mobile="13800000000"), mobile="13900000000")

    noted = Change.objects.get()
    changesets.undo(changeset, by=by, now=LATER)

    assert "13900000000" not in str(noted.after)
    assert Person.objects.get(pk=person.pk).mobile == "13800000000"


def test_what_an_expired_set_held_is_forgotten(changeset, by):
    change(changeset, InteractionFactory(), summary="新内容")

    changesets.open("test.done", by=by, now=NOW + dt.timedelta(days=30))

    assert not Change.objects.exists()


# Many rows


def made(changeset, number, **values):
    """So many new companies, noted in the set."""
    rows = [CompanyFactory(name=f"测试企业{place:02}有限公司", **values) for place in range(number)]
    for row in rows:
        changesets.record_created(changeset, row)
    return rows


def test_undoing_many_rows_costs_no_more_questions_than_undoing_few(by, django_assert_max_num_queries):
    few, many = (changesets.open("test.done", by=by, now=NOW) for _set in range(2))
    made(few, 3)
    for row in (CompanyFactory(name=f"测试单位{place:02}", city="甲地") for place in range(30)):
        changesets.record_created(many, row)

    with django_assert_max_num_queries(100) as spent:
        changesets.undo(few, by=by, now=LATER)
    with django_assert_max_num_queries(len(spent)):
        undone = changesets.undo(many, by=by, now=LATER)

    assert (undone.restored, undone.refused) == (30, [])
    assert not Company.objects.exists()


def test_many_rows_leave_with_version_and_history(changeset, by):
    rows = made(changeset, 5)

    changesets.undo(changeset, by=by, now=LATER)

    assert {(fresh(row).deleted_at, fresh(row).deleted_by, fresh(row).version) for row in rows} == {(LATER, by, 2)}
    assert {(row.history.count(), row.history.first().history_user) for row in rows} == {(2, by)}


def test_of_many_rows_those_edited_or_built_upon_since_stay_and_are_named_in_order(changeset, by):
    rows = made(changeset, 6)
    rows[1].city = "乙地"
    rows[1].save()
    PositionFactory(company=rows[4])

    undone = changesets.undo(changeset, by=by, now=LATER)

    assert undone.restored == 4
    assert ["测试企业04" in undone.refused[0], "测试企业01" in undone.refused[1]] == [True, True]
    assert set(Company.objects.all()) == {rows[1], rows[4]}


def test_many_changed_rows_come_back_with_what_follows_from_their_names(changeset, by):
    rows = [change(changeset, CompanyFactory(name=f"测试甲{n}有限公司"), name=f"测试乙{n}有限公司") for n in range(4)]
    rows += [change(changeset, CompanyFactory(name=f"测试丙{n}有限公司", city="甲地"), city="乙地") for n in range(4)]

    undone = changesets.undo(changeset, by=by, now=LATER)

    assert (undone.restored, undone.refused) == (8, [])
    assert [fresh(row).name_key for row in rows[:4]] == [f"测试甲{n}有限公司" for n in range(4)]
    assert {fresh(row).city for row in rows[4:]} == {"甲地"}
    assert {(fresh(row).version, row.history.count(), row.history.first().history_user) for row in rows} == {(3, 3, by)}


def test_one_taken_name_among_many_holds_up_none_of_the_others(changeset, by):
    rows = [change(changeset, CompanyFactory(name=f"测试甲{n}有限公司"), name=f"测试乙{n}有限公司") for n in range(4)]
    CompanyFactory(name="测试甲2有限公司")

    undone = changesets.undo(changeset, by=by, now=LATER)

    assert (undone.restored, len(undone.refused)) == (3, 1)
    assert [fresh(row).name for row in rows] == [f"测试{'乙' if n == 2 else '甲'}{n}有限公司" for n in range(4)]
