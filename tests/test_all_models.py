"""Rules that hold for every table: they walk the models, so that a new one cannot forget them."""

import datetime as dt
import re

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.db.models import Q

from accounts.models import User
from core import services
from core.journal import PLAIN_MODELS
from core.models import DomainManager, DomainModel, DomainQuerySet, NotDeletable, StaleRow
from tests.factories import FACTORIES, NOW, UserFactory, build_one

OURS = sorted(
    (
        model
        for model in apps.get_models()
        if not model.__name__.startswith("Historical") and (settings.BASE_DIR / model.__module__.partition(".")[0]).is_dir()
    ),
    key=lambda model: model._meta.label,
)
DOMAIN = [model for model in OURS if issubclass(model, DomainModel)]
CHINESE = re.compile("[一-鿿]")
NEVER_SHOWN = {"id", "search_text"}
SAME_IN_EVERY_LANGUAGE = {"SHA-256", "Message-ID"}
INHERITED_LINKS = {"groups", "user_permissions"}  # of Django's user

every_model = pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
every_domain_model = pytest.mark.parametrize("model", DOMAIN, ids=lambda model: model._meta.label)

# Exceptions, each with its reason. A name that no longer needs to stand here fails its test.
WITHOUT_A_RULE_OF_SIGHT = {
    "accounts.Share": "has no page: read by Scope",
    "audit.AuditEvent": "lies below accounts; the permission to view it is the rule",
    "audit.Change": "has no page: read by undo",
    "audit.ChangeSet": "lies below accounts; undone by its author or the manager, shown as the audit trail is",
    "ledgers.Provenance": "shown beside the row it is about, to those who see that row",
    "core.Holiday": "lies below accounts; everybody sees the calendar",
    "outbox.Circuit": "shown by /healthz, to the system administrator",
    "outbox.DeliveryAttempt": "shown under its message, to those who may see all of them",
    "outbox.Heartbeat": "shown by /healthz, to the system administrator",
}
MOMENT_WITHOUT_A_PERSON = {
    "accounts.FeedToken.created_at": "by its user",
    "accounts.FeedToken.revoked_at": "by its user",
    "accounts.User.digest_at": "a time of day",
    "audit.ChangeSet.expires_at": "lies ahead",
    "audit.ChangeSet.undone_at": "the audit event of the undoing says who",
    "outbox.DeliveryAttempt.ended_at": "`worker` says who",
    "outbox.DeliveryAttempt.started_at": "`worker` says who",
    "outbox.Heartbeat.ended_at": "the loop's own",
    "outbox.Heartbeat.oldest_due_at": "about the queue",
    "outbox.Heartbeat.started_at": "the loop's own",
    "outbox.Message.created_at": "the loop's own",
    "outbox.Message.next_at": "lies ahead",
    "outbox.Message.sent_at": "the loop's own",
    "projects.StageChange.created_at": "`moved_by` says who",
    "reminders.Reminder.acknowledged_at": "by its recipient",
    "reminders.Reminder.created_at": "the loop's own",
    "reminders.Reminder.read_at": "by its recipient",
    "reminders.Reminder.sent_at": "the loop's own",
    "reminders.Trouble.seen_at": "the loop's own",
}
DATE_WITH_ANOTHER_NAME = {
    "accounts.User.date_joined": "Django's",
    "accounts.User.last_login": "Django's",
    "audit.AuditEvent.at": "contract.md 2",
    "audit.ChangeSet.at": "contract.md 2",
    "companies.FirstReport.at": "contract.md 2",
    "core.Holiday.date": "contract.md 2",
    "outbox.Circuit.open_until": "contract.md 2",
    "outbox.Message.lease_until": "contract.md 2",
    "projects.CapitalArrival.report_month": "a month, stored as its first day",
    "projects.InvestmentProgress.report_month": "a month, stored as its first day",
    "reminders.ReportUp.at": "contract.md 2",
}
FUZZY = {"starts_on", "signed_on", "completed_on", "happened_on", "as_of_on"} | {
    f"planned_{what}_on" for what in ("start", "completion", "production")
}
EXACT = {"reports.Snapshot.as_of_on": "the day of its taking, never a source's"}


def exceptions_of(model, listed):
    return {path.rpartition(".")[2] for path in listed if path.startswith(f"{model._meta.label}.")}


def own_fields(model):
    """The columns the model declares itself, without those of Django's user."""
    inherited = {field.name for field in User.__mro__[1]._meta.get_fields()} if model is User else set()
    return [field for field in model._meta.fields if field.name not in inherited]


# What a table is


def test_the_tables_of_every_app_are_found():
    assert {model._meta.app_label for model in OURS} >= {"core", "audit", "accounts", "documents", "outbox", "companies"}
    assert {model._meta.app_label for model in OURS} >= {"parks", "events", "projects", "activities", "reminders", "reports"}


def test_there_is_a_factory_for_every_model():
    assert [model._meta.label for model in OURS if model not in FACTORIES] == []


@every_model
def test_a_model_is_a_domain_model_or_named_in_the_journal(model):
    assert issubclass(model, DomainModel) != (model._meta.label in PLAIN_MODELS)


def test_the_journal_names_no_unknown_model():
    assert PLAIN_MODELS - {model._meta.label for model in OURS} == set()


@every_model
def test_a_model_has_a_docstring_of_its_own(model):
    text = model.__dict__["__doc__"] or ""

    assert text
    assert not text.startswith(f"{model.__name__}(")  # what Django writes where there is none


@every_model
@pytest.mark.django_db
def test_a_model_names_its_rows(model):
    row = build_one(model)

    assert "__str__" in model.__dict__
    assert str(row).strip()


@every_model
def test_a_model_has_an_ordering(model):
    assert model._meta.ordering


@every_model
def test_a_model_and_its_columns_are_named_in_chinese(model):
    labels = [model._meta.verbose_name, model._meta.verbose_name_plural]
    labels += [field.verbose_name for field in own_fields(model) if field.name not in NEVER_SHOWN]

    assert {str(label) for label in labels if not CHINESE.search(str(label))} <= SAME_IN_EVERY_LANGUAGE


@every_model
def test_a_model_says_who_may_see_its_rows(model):
    has_a_rule = hasattr(model._default_manager.all(), "visible_to")

    assert has_a_rule != (model._meta.label in WITHOUT_A_RULE_OF_SIGHT)


@every_model
def test_a_page_of_a_model_is_scoped(model):
    scoped = pytest.importorskip("accounts.scoped")
    page = admin.site._registry.get(model)

    assert page is None or isinstance(page, scoped.ScopedAdmin)


# Columns


@every_model
def test_a_moment_has_its_person_beside_it(model):
    names = {field.name for field in own_fields(model)}
    alone = {name for name in names if name.endswith("_at") and f"{name.removesuffix('_at')}_by" not in names}

    assert alone == exceptions_of(model, MOMENT_WITHOUT_A_PERSON)


@every_model
def test_dates_end_in_on_and_moments_in_at(model):
    others = set()
    for field in model._meta.fields:
        if isinstance(field, models.DateField):
            ending = "_at" if isinstance(field, models.DateTimeField) else "_on"
            others |= set() if field.name.endswith(ending) else {field.name}

    assert others == exceptions_of(model, DATE_WITH_ANOTHER_NAME)


@every_model
def test_a_fuzzy_date_has_three_columns_and_only_the_listed_dates_are_fuzzy(model):
    names = {field.name for field in model._meta.fields}
    exact = exceptions_of(model, EXACT)

    parts = {name for name in names if name.endswith(("_precision", "_inferred"))}

    assert parts == {f"{name}_{part}" for name in names & FUZZY - exact for part in ("precision", "inferred")}


@every_model
def test_a_foreign_key_protects_or_cascades(model):
    keys = [field for field in model._meta.fields if isinstance(field, models.ForeignKey)]

    assert {key.remote_field.on_delete for key in keys} <= {models.PROTECT, models.CASCADE}


@every_domain_model
def test_a_domain_row_does_not_leave_with_a_plain_row(model):
    """A cascade from a plain row would delete for good."""
    keys = [field for field in model._meta.fields if isinstance(field, models.ForeignKey)]
    cascading = [key.related_model for key in keys if key.remote_field.on_delete is models.CASCADE]

    assert [parent for parent in cascading if not issubclass(parent, DomainModel | ContentType)] == []


@every_model
def test_many_to_many_goes_through_a_model_with_a_rank(model):
    declared = [field for field in model._meta.local_many_to_many if not (model is User and field.name in INHERITED_LINKS)]

    for field in declared:
        through = field.remote_field.through
        assert through in DOMAIN
        assert "rank" in {column.name for column in through._meta.fields}


@every_domain_model
def test_a_unique_key_holds_among_the_living(model):
    plain = {field.name for field in model._meta.fields if field.unique and not field.primary_key}
    keys = [rule for rule in model._meta.constraints if isinstance(rule, models.UniqueConstraint)]

    assert plain == {"public_id"}
    assert model._meta.unique_together == ()
    assert [key.name for key in keys if ("deleted_at", None) not in conditions(key.condition)] == []
    assert [key.name for key in keys if key.nulls_distinct is not None] == []


def conditions(condition):
    """The conditions that all have to hold."""
    if condition is None or condition.connector != Q.AND or condition.negated:
        return []
    return condition.children


@every_model
def test_a_plain_model_has_unconditional_keys(model):
    if model._meta.label in PLAIN_MODELS - {"accounts.User"}:  # an address may be absent there
        keys = [rule for rule in model._meta.constraints if isinstance(rule, models.UniqueConstraint)]

        assert [key.name for key in keys if key.condition] == []


@every_model
def test_a_constraint_is_named_after_its_app_and_says_what_is_wrong_in_chinese(model):
    for rule in model._meta.constraints:
        assert re.fullmatch(rf"{model._meta.app_label}_[a-z]+(_[a-z]+)+", rule.name)
        assert CHINESE.search(str(rule.violation_error_message)), rule.name


def test_names_of_constraints_and_indexes_fit_into_the_databases():
    names = [item.name for model in OURS for item in (*model._meta.constraints, *model._meta.indexes)]

    assert len(names) == len(set(names))
    assert [name for name in names if len(name) > 63] == []


# What a row does


@every_domain_model
@pytest.mark.django_db
def test_the_version_rises_with_every_save(model):
    row = build_one(model)
    assert row.version == 1

    row.save()

    assert row.version == 2
    assert model.objects.get(pk=row.pk).version == 2


@every_domain_model
@pytest.mark.django_db
def test_the_version_and_the_moment_rise_with_update(model):
    row = build_one(model)

    model.objects.filter(pk=row.pk).update(deleted_at=None)

    after = model.objects.get(pk=row.pk)
    assert after.version == 2
    assert after.updated_at > row.updated_at


@every_domain_model
@pytest.mark.django_db
@pytest.mark.parametrize("options", [{}, {"update_fields": ["deleted_by"]}], ids=["whole", "some_fields"])
def test_a_second_stale_copy_of_a_row_cannot_be_saved(model, options):
    row = build_one(model)
    stale = model.objects.get(pk=row.pk)
    row.save()
    before = model.objects.values().get(pk=row.pk)

    with pytest.raises(StaleRow), transaction.atomic():
        stale.save(**options)

    assert model.objects.values().get(pk=row.pk) == before
    assert stale.version == 1


@every_domain_model
@pytest.mark.django_db
def test_a_row_knows_its_authors(model):
    first, second = UserFactory(), UserFactory()
    row = build_one(model, by=first)
    row.save(by=second, update_fields=[])

    row = model.objects.get(pk=row.pk)

    assert (row.created_by, row.updated_by) == (first, second)
    assert [entry.history_user for entry in row.history.order_by("history_id")] == [first, second]


@every_domain_model
@pytest.mark.django_db
def test_a_save_leaves_one_history_row_without_the_excluded_fields(model):
    row = build_one(model)
    row.save()

    kept = {field.name for field in model.history.model._meta.get_fields()}

    assert [entry.history_type for entry in row.history.order_by("history_id")] == ["+", "~"]
    assert kept.isdisjoint(model.history_excluded)
    assert {field.name for field in model._meta.fields} - kept == set(model.history_excluded)


@every_domain_model
@pytest.mark.django_db
def test_a_row_is_never_deleted_for_good(model):
    row = build_one(model)

    for delete in (row.delete, model.objects.all().delete, model.all_objects.all().delete):
        with pytest.raises(NotDeletable):
            delete()

    assert model.all_objects.filter(pk=row.pk).exists()


@every_domain_model
@pytest.mark.django_db
def test_deletion_is_soft_and_can_be_taken_back(model):
    row, by = build_one(model), UserFactory()
    services.delete(row, by=by, now=NOW)

    assert not model.objects.filter(pk=row.pk).exists()
    deleted = model.all_objects.get(pk=row.pk)
    assert (deleted.deleted_at, deleted.deleted_by) == (NOW, by)

    services.undelete(deleted, by=by)

    back = model.objects.get(pk=row.pk)
    assert (back.deleted_at, back.deleted_by) == (None, None)


def cascades():
    """Each (parent, child, name of the key) in which a domain row is the child of another."""
    for child in DOMAIN:
        for key in child._meta.fields:
            cascades = isinstance(key, models.ForeignKey) and key.remote_field.on_delete is models.CASCADE
            if cascades and issubclass(key.related_model, DomainModel):
                yield pytest.param(key.related_model, child, key.name, id=f"{child._meta.label}.{key.name}")


@pytest.mark.django_db
@pytest.mark.parametrize(("parent", "child", "key"), list(cascades()))
def test_a_child_leaves_and_returns_with_its_parent_and_one_deleted_before_stays_away(parent, child, key):
    first = build_one(child)
    row = getattr(first, key)
    second = build_one(child, **{key: row})
    services.delete(second, by=None, now=NOW - dt.timedelta(days=1))

    services.delete(row, by=None, now=NOW)

    assert not child.objects.filter(**{key: row}).exists()
    services.undelete(parent.all_objects.get(pk=row.pk), by=None)
    assert list(child.objects.filter(**{key: row})) == [first]


@every_domain_model
@pytest.mark.django_db
def test_objects_hides_deleted_rows_and_relations_are_followed_through_all_objects(model):
    assert isinstance(model._default_manager, DomainManager)
    assert model._default_manager.name == "objects"
    assert isinstance(model.objects.all(), DomainQuerySet)
    assert model._base_manager.name == "all_objects"
    assert model.__dict__["objects"].manager.model is model  # declared here, not inherited
