"""What was frozen stays as it was, is taken once a period, and tells when it was touched."""

import datetime as dt
import threading
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone, translation

from accounts import roles
from projects.models import Milestone, ProgressReport
from reports import tasks
from reports.models import Snapshot, SnapshotRow
from reports.services import snapshots
from tests.factories import (
    NOW,
    TODAY,
    AgreementFactory,
    CapitalArrivalFactory,
    MilestoneFactory,
    ProgressReportFactory,
    ProjectFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
FRIDAY_NOON = dt.datetime(2026, 11, 27, 12, 0, tzinfo=NOW.tzinfo)
WEEK = dt.timedelta(days=7)


def take(now=NOW, kind="manual"):
    return snapshots.take_snapshot(kind, now=now)


def words(snapshot, table):
    return [row.values for row in SnapshotRow.objects.filter(snapshot=snapshot, table=table).order_by("object_id")]


def test_a_snapshot_writes_out_names_amounts_and_dates():
    project = ProjectFactory(name="测试项目甲")
    agreement = AgreementFactory(
        project=project, amount=Decimal("30000.5"), amount_qualifier="about", kind="formal", signed_on=TODAY
    )
    project.agreement = agreement
    project.save()

    snapshot = take()

    (kept,) = words(snapshot, "project")
    assert (kept["name"], kept["amount"], kept["amount_qualifier_label"]) == ("测试项目甲", "30000.5", "约")
    assert (kept["signed_on"], kept["signed_on_text"], kept["agreement_kind_label"]) == (
        "2026-11-24",
        "2026年11月24日",
        "投资协议（正式合同）",
    )
    (paper,) = words(snapshot, "agreement")
    assert (paper["project_name"], paper["amount"], paper["in_force"]) == ("测试项目甲", "30000.5", True)
    assert snapshot.counts == {"project": 1, "agreement": 1}
    assert (snapshot.as_of_on, snapshot.taken_by) == (TODAY, None)


def test_the_words_are_chinese_whatever_language_the_taker_reads():
    ProjectFactory(status="active")

    with translation.override("en"):
        snapshot = take()

    assert words(snapshot, "project")[0]["status_label"] == "推进中"


def test_the_same_report_again_after_edits_has_the_same_figures():
    project = ProjectFactory(name="测试项目甲")
    milestone = MilestoneFactory(project=project, due_on=TODAY)
    arrival = CapitalArrivalFactory(project=project, amount=Decimal(100))
    snapshot = take()
    before = list(SnapshotRow.objects.filter(snapshot=snapshot).order_by("pk").values())

    project.name = "改名后的项目"
    project.save()
    milestone.due_on = TODAY + WEEK
    milestone.save()
    arrival.amount = Decimal(1)
    arrival.save()
    take(NOW + WEEK)

    assert list(SnapshotRow.objects.filter(snapshot=snapshot).order_by("pk").values()) == before
    assert snapshots.verify(snapshot).same


def test_the_report_it_was_made_from_is_kept_when_a_later_revision_comes():
    period = {"period_start_on": dt.date(2026, 11, 13), "period_end_on": dt.date(2026, 11, 20)}
    project = ProjectFactory()
    accepted = {"project": project, "status": ProgressReport.Status.ACCEPTED, **period}
    ProgressReportFactory(**accepted, revision=1, progress="第一稿")
    ProgressReportFactory(**accepted, revision=2, progress="第二稿")
    ProgressReportFactory(project=project, **period, revision=3, status="submitted", progress="未采用")
    first = take()

    ProgressReportFactory(**accepted, revision=4, progress="更正稿")
    second = take(NOW + WEEK)

    assert [row["progress"] for row in words(first, "progress")] == ["第二稿"]
    assert [row["progress"] for row in words(second, "progress")] == ["更正稿"]


def test_verified_and_unverified_capital_stand_apart():
    project = ProjectFactory()
    CapitalArrivalFactory(project=project, amount=Decimal(7), status="verified", verified_at=NOW, verified_by=UserFactory())
    CapitalArrivalFactory(project=project, amount=Decimal(5), status="submitted")
    CapitalArrivalFactory(project=project, amount=Decimal(3), status="returned")

    (kept,) = words(take(), "project")

    assert (kept["capital_verified"], kept["capital_waiting"]) == ("7", "5")


def test_what_is_not_stated_is_nothing_and_not_zero():
    ProjectFactory()

    (kept,) = words(take(), "project")

    assert (kept["amount"], kept["capital_verified"], kept["invested"], kept["signed_on"]) == (None, None, None, None)


@pytest.mark.parametrize("kind", ["weekly", "monthly"])
def test_a_period_has_one_snapshot_however_often_it_is_taken(kind):
    ProjectFactory()
    first = take(FRIDAY_NOON, kind)

    again = take(FRIDAY_NOON + dt.timedelta(minutes=5), kind)

    assert again == first
    assert Snapshot.objects.count() == 1
    assert SnapshotRow.objects.count() == 1


def test_a_manual_snapshot_is_a_new_one_each_time():
    assert take() != take()


def test_the_database_refuses_a_second_one_of_the_same_period():
    first = take(FRIDAY_NOON, "weekly")
    twin = Snapshot(kind="weekly", period=first.period, edition=1, as_of_on=TODAY, taken_at=NOW, sha256="0" * 64)

    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save()


def test_the_loser_of_a_race_gets_the_one_that_was_first(monkeypatch):
    """Both looked, found nothing and computed; the key decides."""
    ProjectFactory()
    first = take(FRIDAY_NOON, "weekly")
    looks = iter([None, first])
    monkeypatch.setattr(snapshots, "_there", lambda *key: next(looks))

    second = take(FRIDAY_NOON, "weekly")

    assert second == first
    assert SnapshotRow.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_take_one_snapshot_of_the_week():
    ProjectFactory.create_batch(3)
    start, found, failed = threading.Barrier(2), [], []

    def work():
        try:
            start.wait()
            found.append(snapshots.take_snapshot("weekly", now=FRIDAY_NOON).pk)
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _n in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert failed == []
    assert len(set(found)) == 1
    assert (Snapshot.objects.count(), SnapshotRow.objects.count()) == (1, 3)


@pytest.mark.django_db(transaction=True)
def test_nothing_is_locked_while_a_snapshot_is_computed(monkeypatch):
    """Somebody saves between two tables: he is not held up, and the snapshot does not see half of it."""
    project = ProjectFactory(name="先前的名称")
    seen = snapshots.frozen

    def halfway():
        rows = iter(seen())
        yield next(rows)
        worker = threading.Thread(target=rename)
        worker.start()
        worker.join(timeout=10)
        yield from rows

    def rename():
        type(project).all_objects.filter(pk=project.pk).update(name="改名了")
        connection.close()

    MilestoneFactory(project=project)
    monkeypatch.setattr(snapshots, "frozen", halfway)

    snapshot = take()

    project.refresh_from_db()
    assert project.name == "改名了"
    assert words(snapshot, "project")[0]["name"] == "先前的名称"


def test_the_schedule_waits_for_friday_noon_and_heals_a_missed_beat():
    ProjectFactory()
    before = snapshots.take_due(now=FRIDAY_NOON - dt.timedelta(seconds=1))

    at_noon = snapshots.take_due(now=FRIDAY_NOON)
    again = snapshots.take_due(now=FRIDAY_NOON + dt.timedelta(minutes=1))
    late = snapshots.take_due(now=FRIDAY_NOON + WEEK + dt.timedelta(days=3))

    assert before.period.end_on == dt.date(2026, 11, 20)
    assert (at_noon.period.start_on, at_noon.period.end_on) == (dt.date(2026, 11, 20), dt.date(2026, 11, 27))
    assert again is None
    assert (late.period.end_on, late.as_of_on) == (dt.date(2026, 12, 4), dt.date(2026, 12, 7))


def test_without_a_project_the_schedule_freezes_nothing():
    assert snapshots.take_due(now=FRIDAY_NOON) is None


def test_nothing_to_do_costs_two_queries_a_minute(django_assert_num_queries):
    ProjectFactory()
    snapshots.take_due(now=FRIDAY_NOON)

    with django_assert_num_queries(2):  # the calendar and the snapshot
        snapshots.take_due(now=FRIDAY_NOON)


def test_the_task_takes_the_snapshot_of_the_week():
    ProjectFactory()

    tasks.snapshots()

    assert Snapshot.objects.get().kind == "weekly"


@pytest.mark.parametrize(
    ("touch", "said"),
    [
        (lambda rows: rows.filter(table="project").update(label="改过的名称"), "project"),
        (lambda rows: rows.filter(table="milestone").update(values={"due_on": "2020-01-01"}), "milestone"),
    ],
)
def test_a_row_that_was_tampered_with_is_named(touch, said):
    MilestoneFactory()
    snapshot = take()

    touch(SnapshotRow.objects.filter(snapshot=snapshot))

    verdict = snapshots.verify(snapshot)
    assert not verdict.same
    assert [text.split()[0] for text in verdict.wrong] == [said]
    assert verdict.counts == {}


def test_a_row_that_was_taken_away_is_missed_by_its_table():
    ProjectFactory.create_batch(2)
    snapshot = take()

    SnapshotRow.objects.filter(snapshot=snapshot).first().delete()

    verdict = snapshots.verify(snapshot)
    assert (verdict.same, verdict.wrong, verdict.counts) == (False, [], {"project": (2, 1)})


def test_the_newest_on_a_day_is_the_last_one_not_after_it():
    first, second = take(NOW), take(NOW + WEEK)

    assert snapshots.newest(TODAY - WEEK) is None
    assert snapshots.newest(TODAY) == first
    assert snapshots.newest(TODAY + dt.timedelta(days=6)) == first
    assert snapshots.newest(TODAY + WEEK) == second


def test_a_person_reads_the_rows_of_projects_he_may_see_now():
    roles.sync_groups()
    officer, manager = UserFactory(roles=["officer"]), UserFactory(roles=["manager"])
    mine = ProjectFactory(owner=officer)
    other = ProjectFactory()
    snapshot = take()

    assert [row.project_id for row in snapshots.rows(snapshot, "project", user=officer)] == [mine.pk]
    assert {row.project_id for row in snapshots.rows(snapshot, "project", user=manager)} == {mine.pk, other.pk}


def test_the_command_takes_one_and_proves_it(capsys):
    MilestoneFactory()
    call_command("snapshot")
    call_command("snapshot", verify="latest")
    assert "一致" in capsys.readouterr().out

    SnapshotRow.objects.filter(table="milestone").update(label="改过")

    with pytest.raises(CommandError, match="milestone"):
        call_command("snapshot", verify=str(Snapshot.objects.get().public_id))
    with pytest.raises(CommandError, match="没有快照"):
        call_command("snapshot", verify="不是编号")


def test_a_milestone_that_did_not_change_has_the_same_digest_on_another_day():
    MilestoneFactory(status=Milestone.Status.PLANNED, due_on=timezone.localdate(NOW))

    digests = {row.digest for now in (NOW, NOW + WEEK) for row in take(now).rows.filter(table="milestone")}

    assert len(digests) == 1
