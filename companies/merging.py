"""Two rows for one company or one person become one: every reference moves, what then exists twice is folded.

What points at a row is found through the models themselves, by key and by generic pair, in every installed app.
A row that may not stand twice beside the survivor (a unique key says so) is folded into the one that is there:
its own children move, its values fill what is empty there, and it leaves softly. The companies or people are
folded in just the same way, last. All of it is one change set, so that it can be undone.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

from django.apps import apps
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import Share, User
from accounts.scope import can_change, visible
from audit import changesets
from audit import services as audit
from audit.models import ChangeSet
from companies.models import Company, CompanyAlias, Person
from core import services as core
from core.models import DomainModel

type Columns = dict[str, Any]
type Party = Company | Person
EVERY = Q()
WITH = {"owner": ("department_id",)}  # what is filled together with a column, beside its own `<name>_…`


class Move(NamedTuple):
    """A row that will point at the survivor."""

    row: models.Model
    columns: Columns
    label: str


class Fold(NamedTuple):
    """A row that leaves because `keep` already stands for it, and what `keep` takes over from it."""

    keep: models.Model
    drop: models.Model
    filled: Columns


class Preview(NamedTuple):
    """What a merge would do: (label, rows that move), rows that are folded, (label, value) that are filled in."""

    moved: list[tuple[str, int]]
    folded: list[str]
    filled: list[tuple[str, str]]


class Reference(NamedTuple):
    """One way in which rows of a table point at a row: a foreign key, or a generic pair."""

    model: type[models.Model]
    column: str
    kind: str  # the column of the content type; empty for a foreign key
    label: str

    def rows(self, target: models.Model, among: Q = EVERY) -> models.QuerySet[Any]:
        """All that point at `target`, deleted ones too: they may come back."""
        where: Columns = {self.column: target.pk}
        if self.kind:
            where[self.kind] = ContentType.objects.get_for_model(target).pk
        return self.model._base_manager.filter(among, **where).order_by("pk")


def references(model: type[models.Model]) -> Iterator[Reference]:
    """Every way in which rows of any installed app point at one of `model`; history keeps what it said."""
    for relation in model._meta.get_fields(include_hidden=True):
        if isinstance(relation, models.ManyToOneRel) and not hasattr(relation.related_model, "history_type"):
            field, other = relation.field, relation.related_model
            label = field.verbose_name if other is model else other._meta.verbose_name
            yield Reference(other, field.attname, "", str(label))
    for other in apps.get_models():
        for pair in other._meta.private_fields:
            if isinstance(pair, GenericForeignKey):
                kind = other._meta.get_field(pair.ct_field).attname  # type: ignore[union-attr]
                yield Reference(other, pair.fk_field, kind, str(other._meta.verbose_name))


def preview(keep: Party, drop: Party) -> Preview:
    """What merging `drop` into `keep` would do, without doing it."""
    *steps, last = _plan(keep, drop)
    moves = [step for step in steps if isinstance(step, Move) and getattr(step.row, "deleted_at", None) is None]
    folds = [step.drop for step in steps if isinstance(step, Fold)]
    filled = last.filled if isinstance(last, Fold) else {}
    return Preview(
        sorted(Counter(move.label for move in moves).items()),
        [f"{row._meta.verbose_name}“{row}”" for row in folds],
        [(str(field.verbose_name), said(drop, field)) for field in keep._meta.fields if field.attname in filled],
    )


def said(row: models.Model, field: models.Field[Any, Any]) -> str:
    """A column as people read it; “—” when it is not known."""
    display = getattr(row, f"get_{field.name}_display", None)
    value = display() if display else getattr(row, field.name)
    return "—" if value in (None, "") else str(value)


@transaction.atomic
def merge(keep: Party, drop: Party, *, by: User, now: dt.datetime) -> ChangeSet:
    """Fold `drop` into `keep` with everything that points at it; `changesets.undo` brings both back.

    Raises ValidationError (code "same", "gone", "forbidden", "different_codes").
    """
    rows = {row.pk: row for row in type(keep).objects.select_for_update(of=("self",)).filter(pk__in=[keep.pk, drop.pk])}
    refuse(keep, drop, found=len(rows), by=by)
    keep, drop = rows[keep.pk], rows[drop.pk]
    steps = _plan(keep, drop)
    kind = f"{keep._meta.model_name}.merged"
    changeset = changesets.open(kind, by=by, now=now)
    for step in steps:
        if isinstance(step, Move):
            _save(changeset, step.row, step.columns, by=by)
        else:
            _fold(changeset, step, by=by, now=now)
    if isinstance(keep, Company) and isinstance(drop, Company):
        _remember(changeset, keep, drop, by=by)
    audit.record(kind, keep, by=by, changes={"dropped": str(drop.public_id), "changeset": changeset.pk}, rows=len(steps))
    return changeset


def refuse(keep: Party, drop: Party, *, found: int, by: User) -> None:
    """Raise ValidationError when these two may not be merged; `found` is how many of them are living."""
    if keep.pk == drop.pk:
        raise ValidationError(_("请选择两条不同的记录再合并。"), code="same")
    if found != 2:
        raise ValidationError(_("其中一条记录已被删除或合并，请刷新后重新选择。"), code="gone")
    seen = visible(type(keep), by).filter(pk__in=[keep.pk, drop.pk]).count()
    if seen != 2 or not (can_change(by, keep) and can_change(by, drop)):
        text = _("合并需要对两条记录都有修改权限：请联系对方负责人，或请招商中心负责人合并。")
        raise ValidationError(text, code="forbidden")
    codes = {row.credit_code for row in (keep, drop) if isinstance(row, Company) and row.credit_code}
    if len(codes) == 2:
        text = _("两家企业的统一社会信用代码不同，是两个法人，不能合并；如有一个录错了，请先更正。")
        raise ValidationError(text, code="different_codes")


def _plan(keep: models.Model, drop: models.Model) -> list[Move | Fold]:
    """The steps in their order: what points at `drop` first, `drop` itself last."""
    steps: list[Move | Fold] = []
    for reference in references(type(drop)):
        twins = _twins(reference, keep, drop)
        for row in reference.rows(drop):
            columns = {reference.column: None if row == keep else keep.pk}  # nothing is its own parent
            twin = twins.get(row.pk)
            steps += _plan(twin, row) if twin else [Move(row, columns, reference.label)]
    return [*steps, Fold(keep, drop, _filled(keep, drop))]


def _twins(reference: Reference, keep: models.Model, drop: models.Model) -> dict[int, models.Model]:
    """Rows that may not stand beside the survivor's, by key, each with the one it repeats there."""
    found: dict[int, models.Model] = {}
    for rule in reference.model._meta.constraints:
        if not isinstance(rule, models.UniqueConstraint):
            continue
        columns = [reference.model._meta.get_field(name).attname for name in rule.fields]  # type: ignore[union-attr]
        if reference.column in columns:
            columns.remove(reference.column)
            there = {_key(row, columns): row for row in reference.rows(keep, rule.condition or EVERY)}
            doubles = [row for row in reference.rows(drop, rule.condition or EVERY) if _key(row, columns) in there]
            found |= {row.pk: there[_key(row, columns)] for row in doubles if None not in _key(row, columns)}
    return found


def _key(row: models.Model, columns: list[str]) -> tuple[Any, ...]:
    return tuple(getattr(row, name) for name in columns)


def _filled(keep: models.Model, drop: models.Model) -> Columns:
    """What `keep` does not say and `drop` does; of two ranks the one further in front."""
    found: Columns = {}
    for field in keep._meta.concrete_fields:
        itself = field.related_model is keep._meta.model and getattr(drop, field.attname) == keep.pk
        if field.editable and _empty(field, keep) and not _empty(field, drop) and not itself:
            names = [name.attname for name in keep._meta.concrete_fields if name.name.startswith(f"{field.name}_")]
            together = [field.attname, *names, *WITH.get(field.name, ())]
            found |= {name: getattr(drop, name) for name in together}
    if hasattr(keep, "rank") and drop.rank < keep.rank:  # type: ignore[attr-defined]
        found["rank"] = drop.rank  # type: ignore[attr-defined]
    return found


def _empty(field: models.Field[Any, Any], row: models.Model) -> bool:
    value = getattr(row, field.attname)
    return value in field.empty_values or value == field.default == "unknown"


def _fold(changeset: ChangeSet, step: Fold, *, by: User, now: dt.datetime) -> None:
    row = _fresh(step.drop)
    if isinstance(row, DomainModel):
        core.delete(row, by=by, now=now)
        changesets.record_deleted(changeset, row)
    else:
        changesets.record_deleted(changeset, row)
        row.delete()
    if step.filled:
        _save(changeset, step.keep, step.filled, by=by)


def _save(changeset: ChangeSet, row: models.Model, columns: Columns, *, by: User) -> None:
    row = _fresh(row)
    before = changesets.before(row, columns)
    for name, value in columns.items():
        setattr(row, name, value)
    if isinstance(row, DomainModel):
        row.save(by=by, update_fields=[*columns])
    else:
        row.save(update_fields=[*columns])
    changesets.record_change(changeset, row, before)


def _fresh(row: models.Model) -> models.Model:
    """The row as it is by now: an earlier step may have changed it."""
    return row._meta.model._base_manager.get(pk=row.pk)


def _remember(changeset: ChangeSet, keep: Company, drop: Company, *, by: User) -> None:
    """The dropped names lead to the survivor, and who followed the dropped one may go on working on it."""
    known = {keep.name, keep.short_name, "", *keep.aliases.filter(deleted_at=None).values_list("name", flat=True)}
    for name in dict.fromkeys([drop.name, drop.short_name]):
        if name not in known:
            alias = CompanyAlias(company=keep, name=name)
            alias.save(by=by)
            changesets.record_created(changeset, alias)
    if drop.owner_id and drop.owner_id != _fresh(keep).owner_id:  # type: ignore[attr-defined]
        place = {"user": drop.owner, "content_type": ContentType.objects.get_for_model(keep), "object_id": keep.pk}
        share, created = Share.objects.get_or_create(**place, source_type="manual", source_id=0, defaults={"level": "edit"})
        if created:
            changesets.record_created(changeset, share)
