"""The only loader of fixtures: inserts what is missing, and never touches, doubles or revives what exists.

The key of a row fixes its identity: `public_id = uuid5(SEED_NAMESPACE, file + "/" + key)`, looked up
among all rows, deleted ones too.
"""

import datetime as dt
import hashlib
import json
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _

from accounts import roles
from activities.models import InteractionCompany
from audit import services as audit
from core import services as core
from core.models import DomainModel
from documents.models import Citation, Document
from projects import services as projects
from projects.models import Project

SEED_NAMESPACE = uuid.UUID("0d0c7a52-7a2b-4a55-9d0e-6b7d4a0f2b61")
FIXTURES = Path(settings.BASE_DIR) / "fixtures"
REFERENCE, PRESS = "reference", "shenzhen_2020"
DOCUMENT = "DOC"  # the row that every phrase of a file is quoted from
DEMO = "【演示】"
# Where the mark stands, in the order in which rows can leave.
MARKED = {
    "activities.FollowUp": "title",
    "activities.Interaction": "summary",
    "projects.Project": "name",
    "events.Event": "name",
    "companies.Person": "name",
    "companies.Company": "name",
}
# What somebody made for a marked row leaves with it; anything else that points there refuses.
MADE_FOR_MARKED = {
    "activities.FollowUp",
    "activities.Directive",
    "activities.Interaction",
    "activities.InteractionCompany",
    "activities.Attendance",
    "events.Participation",
    "parks.Tenancy",
}


@dataclass
class Loader:
    """One file of fixtures on its way into the database."""

    stem: str
    others: dict[str, "Loader"] = field(default_factory=dict)
    found: dict[str, DomainModel] = field(default_factory=dict)
    inserted: list[DomainModel] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def rows(self) -> list[dict[str, Any]]:
        """The rows of the file, each with key, model, fields and citations."""
        listed: list[dict[str, Any]] = json.loads((FIXTURES / f"{self.stem}.json").read_text(encoding="utf-8"))
        return listed

    def load(self) -> list[DomainModel]:
        """Insert what is missing; returns the rows that were inserted."""
        rows = self.rows()
        self.find(rows)
        for row in rows:
            if row["key"] not in self.found:
                self._insert(row)
            self._cite(row)
        return self.inserted

    def identity(self, key: str) -> uuid.UUID:
        return uuid.uuid5(SEED_NAMESPACE, f"{self.stem}/{key}")

    def find(self, rows: list[dict[str, Any]]) -> None:
        """Everything of the file that is there, deleted or not, with one query a model."""
        wanted: dict[type[DomainModel], dict[uuid.UUID, str]] = {}
        for row in rows:
            wanted.setdefault(model_of(row), {})[self.identity(row["key"])] = row["key"]
            for key in citation_keys(row):
                wanted.setdefault(Citation, {})[self.identity(key)] = key
        for model, keys in wanted.items():
            for public_id, instance in _by_public_id(model, list(keys)):
                self.found[keys[public_id]] = instance

    def _insert(self, row: dict[str, Any]) -> None:
        fields = {name: self.resolve(value) for name, value in row["fields"].items()}
        if any(value is MISSING for value in fields.values()):
            return  # people deleted what this row needs
        instance = model_of(row)(public_id=self.identity(row["key"]), **fields)
        self._save(row["key"], instance)

    def _cite(self, row: dict[str, Any]) -> None:
        target = self.found.get(row["key"])
        document = self.found.get(DOCUMENT)
        for key, cited in zip(citation_keys(row), row.get("citations", []), strict=True):
            if key in self.found or _gone(target) or _gone(document) or not isinstance(document, Document):
                continue
            lines = cited.get("lines") or [None, None]
            texts = {name: cited.get(name, "") for name in ("fact", "value", "quote", "note")}
            citation = Citation(document=document, target=target, fields=cited["fields"], **texts)
            citation.public_id, citation.line_from, citation.line_to = self.identity(key), lines[0], lines[1]
            self._save(key, citation)

    def _save(self, key: str, instance: DomainModel) -> None:
        """A row that people entered themselves, under the same name, stands in the way: it stays, ours is left out."""
        try:
            instance.full_clean()
        except ValidationError as error:
            self.refused.append(f"{self.stem}/{key}：{'；'.join(error.messages)}")
            return
        instance.save()
        self.found[key] = instance
        self.inserted.append(instance)

    def resolve(self, value: Any) -> Any:
        """A fixture value, or the row that `{"ref": key}` names; MISSING when that row is gone."""
        if not isinstance(value, dict) or "ref" not in value:
            return value
        stem, _slash, key = value["ref"].rpartition("/")
        loader = self.others[stem] if stem else self
        row = loader.found.get(key)
        return MISSING if _gone(row) else row


MISSING = object()

type Gone = tuple[DomainModel, int]  # a row that left, and how many left with it, itself included


def _gone(row: DomainModel | None) -> bool:
    return row is None or row.deleted_at is not None


@dataclass(frozen=True)
class Seeded:
    """What one run did: how many rows are new, and a sentence for each that could not be inserted."""

    rows: int
    refused: list[str]


@transaction.atomic
def seed(*, press: bool) -> Seeded:
    """Load the reference data and, unless switched off, the press data."""
    reference = Loader(REFERENCE)
    loaders = [reference, Loader(PRESS, others={REFERENCE: reference})] if press else [reference]
    new = [row for loader in loaders for row in loader.load()]
    for project in [row for row in new if isinstance(row, Project)]:
        projects.refresh_project(project)
    if new:
        audit.record("seed.loaded", new[0], by=None, rows=len(new))
    return Seeded(len(new), [sentence for loader in loaders for sentence in loader.refused])


def model_of(row: dict[str, Any]) -> type[DomainModel]:
    model: type[DomainModel] = apps.get_model(row["model"])
    return model


def citation_keys(row: dict[str, Any]) -> list[str]:
    return [f"{row['key']}#{n}" for n in range(len(row.get("citations", [])))]


def _by_public_id(model: type[DomainModel], keys: list[uuid.UUID]) -> Iterator[tuple[uuid.UUID, DomainModel]]:
    for start in range(0, len(keys), 500):
        for instance in model.all_objects.filter(public_id__in=keys[start : start + 500]):
            yield instance.public_id, instance


def differences(stem: str, *, others: dict[str, Loader] | None = None) -> Iterator[tuple[str, str, str, str]]:
    """Where the database differs from a file: key, field, value there, value here."""
    loader = Loader(stem, others=others or {})
    rows = loader.rows()
    loader.find(rows)
    for row in rows:
        instance = loader.found.get(row["key"])
        if instance is None:
            yield row["key"], "—", _("应有"), _("没有")
        elif instance.deleted_at:
            yield row["key"], "—", _("应有"), _("已删除")
        else:
            yield from _field_differences(loader, row, instance)


def _field_differences(loader: Loader, row: dict[str, Any], instance: DomainModel) -> Iterator[tuple[str, str, str, str]]:
    for name, value in row["fields"].items():
        wanted, here = loader.resolve(value), getattr(instance, name)
        if wanted is not MISSING and not _same(instance, name, wanted, here):
            yield row["key"], name, str(wanted), str(here)


def _same(instance: DomainModel, name: str, wanted: Any, here: Any) -> bool:
    try:
        column = instance._meta.get_field(name)
    except LookupError:
        return bool(wanted == here)
    if isinstance(wanted, models.Model) or not hasattr(column, "to_python"):
        return bool(wanted == here)
    return bool(column.to_python(wanted) == here)


def attach_article(path: Path) -> Document:
    """Put the article's text into its Document on an installation that owns it; the SHA-256 must be the same."""
    document = Document.objects.filter(public_id=Loader(PRESS).identity(DOCUMENT)).first()
    if document is None:
        raise ValidationError(_("报道尚未登记（或已删除），请先执行 manage.py seed。"))
    if not path.is_file():
        raise ValidationError(_("找不到文件：%(path)s") % {"path": path})
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != document.sha256:
        raise ValidationError(_("这不是同一份报道：SHA-256 与登记的不同，未装入。"))
    document.text = content.decode()
    document.save(update_fields=["text"])
    audit.record("document.text_attached", document, by=None)
    return document


@transaction.atomic
def remove_demo(*, now: dt.datetime) -> Counter[str]:
    """Take away softly what is marked 【演示】 and what was made for it; returns the number of rows by kind."""
    gone: list[Gone] = []
    for label, name in MARKED.items():
        for row in apps.get_model(label)._default_manager.filter(**{f"{name}__contains": DEMO}):
            gone += _remove_with_made(row, now)
    return _removed("seed.demo_removed", gone)


@transaction.atomic
def remove_press(*, now: dt.datetime) -> Counter[str]:
    """Take away softly everything the press file loaded, in one step; refuses where people built on it."""
    loader = Loader(PRESS)
    rows = loader.rows()
    loader.find(rows)
    loaded = [loader.found[row["key"]] for row in reversed(rows) if row["key"] in loader.found]
    _refuse_built_on(loaded, list(loader.found.values()))
    return _removed("seed.press_removed", [gone for row in loaded for gone in _remove(row, now)])


def _refuse_built_on(loaded: list[DomainModel], seeded: list[DomainModel]) -> None:
    """What people added to a press row would leave with it: then the row is theirs, and stays."""
    ours = {(type(row), row.pk) for row in seeded}
    living = [row for row in loaded if row.deleted_at is None]
    theirs = {item for row in living for item in core.collect(row) if (type(item), item.pk) not in ours}
    if theirs:
        names = "、".join(sorted(f"{item._meta.verbose_name}“{item}”" for item in theirs)[: core.SHOWN])
        raise ValidationError(
            _("报道数据上已有 %(count)d 条后来录入的记录，未移除：%(names)s。请先处理它们。")
            % {"count": len(theirs), "names": names}
        )


def _remove_with_made(row: DomainModel, now: dt.datetime) -> list[Gone]:
    pointing = [item for item in core.blocking(core.collect(row)) if item._meta.label in MADE_FOR_MARKED]
    made = [_whole(item) for item in pointing if isinstance(item, DomainModel)]
    return [gone for item in made for gone in _remove_with_made(item, now)] + _remove(row, now)


def _whole(row: DomainModel) -> DomainModel:
    """A contact is about at least one company: with its last company the contact itself leaves."""
    if isinstance(row, InteractionCompany) and row.interaction.company_links.count() == 1:
        return row.interaction
    return row


def _remove(row: DomainModel, now: dt.datetime) -> list[Gone]:
    """Delete a row that still lives: it may have left with another since it was read."""
    row.refresh_from_db()
    return [] if row.deleted_at else [(row, core.delete(row, by=None, now=now))]


def _removed(action: str, gone: list[Gone]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for row, count in gone:
        counts.update({str(row._meta.verbose_name): 1, _("附属记录"): count - 1})
    if gone:
        audit.record(action, gone[0][0], by=None, rows=counts.total())
    return +counts


def sync_roles() -> None:
    """Roles and their permissions are code; every seed makes them true again."""
    roles.sync_groups()
