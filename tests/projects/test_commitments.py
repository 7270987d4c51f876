"""Promises of both sides: dated, reviewed for fair competition, never agreed while the review waits."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from audit.models import AuditEvent
from core.models import StaleRow
from projects import services
from projects.models import Commitment
from tests.factories import TODAY, CommitmentFactory, ProjectFactory, UserFactory

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)
PENDING = "待公平竞争审查，不得作为已商定事项"


@pytest.fixture
def user():
    return UserFactory()


def add(user, project=None, **values) -> Commitment:
    told = {"side": "ours", "text": "三十日内完成供电接入", "due_on": TODAY + DAY, **values}
    return services.add_commitment(project or ProjectFactory(), told.pop("side"), told.pop("text"), by=user, **told)


def refused(code, service, *args, **options):
    with pytest.raises(ValidationError) as caught:
        service(*args, **options)
    assert caught.value.code == code


def test_a_promise_waits_for_the_review_until_somebody_says_otherwise(user):
    row = add(user)

    assert (row.fair_review, row.status) == ("pending", "open")
    assert AuditEvent.objects.filter(action="commitment.added").count() == 1


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"side": "third"}, "side"),
        ({"text": " "}, "text"),
        ({"text": "长" * 2001}, "text"),
        ({"due_on": None}, "due_on"),
        ({"fair_review": "waived"}, "review"),
    ],
)
def test_a_promise_that_lacks_something_is_refused(user, values, code):
    refused(code, add, user, **values)

    assert not Commitment.objects.exists()


def test_nothing_is_promised_in_an_ended_project(user):
    refused("ended", add, user, ProjectFactory(status="terminated", status_reason="投资方放弃"))


def test_what_waits_for_the_review_is_in_no_list_of_agreed_things_and_says_so_by_name(user):
    project = ProjectFactory()
    waiting, passed = add(user, project), add(user, project, fair_review="passed")
    free, gone = add(user, project, fair_review="not_needed"), add(user, project, fair_review="passed")
    services.settle_commitment(gone, "withdrawn", by=user)

    assert set(Commitment.objects.agreed()) == {passed, free}
    assert set(Commitment.objects.awaiting_review()) == {waiting}
    assert PENDING in str(waiting)
    assert PENDING not in str(passed)


def test_what_waits_for_the_review_is_not_kept_until_it_passed(user):
    row = add(user)
    refused("pending", services.settle_commitment, row, "kept", by=user)

    row = services.review_commitment(row, "passed", by=user)

    assert services.settle_commitment(row, "kept", by=user).status == "kept"
    refused("review", services.review_commitment, row, "passed", by=user)
    refused("status", services.settle_commitment, row, "kept", by=user)


def test_a_second_copy_is_not_saved(user):
    row = add(user, fair_review="passed")
    services.settle_commitment(row, "kept", by=user, version=row.version)

    with pytest.raises(StaleRow):
        services.settle_commitment(row, "withdrawn", by=user, version=row.version)


def test_overdue_are_open_ones_past_their_day():
    late = CommitmentFactory(due_on=TODAY - DAY)
    CommitmentFactory(due_on=TODAY)
    CommitmentFactory(due_on=TODAY - DAY, status="kept")
    CommitmentFactory(due_on=None)

    assert list(Commitment.objects.overdue(TODAY)) == [late]


def test_there_is_no_field_for_refunds_of_taxes_or_fees():
    names = " ".join(str(field.verbose_name) + field.name for field in Commitment._meta.fields)

    for word in ("税", "返", "减免", "tax", "refund", "waiver"):
        assert word not in names
