"""Other heads of columns, from the reference data."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from accounts.models import User
from crm import seeding
from ledgers import services
from ledgers.examining import Examination
from ledgers.layouts.known import LAYOUTS
from ledgers.recognise import recognise
from ledgers.recognise.match import ALIAS, FULL, Matcher, parts_of
from ledgers.sheets import Sheet
from projects.models import Agreement, Project
from tests.factories import TODAY
from tests.ledgers.conftest import Upload
from tests.ledgers.messy import aliased
from tests.reference import load_reference

ROWS: list[dict[str, Any]] = json.loads((seeding.FIXTURES / "reference.json").read_text(encoding="utf-8"))
HEADS = [row["fields"] for row in ROWS if row["model"] == "ledgers.HeadAlias"]
ALIASES: dict[tuple[str, str], list[str]] = {}
for fields in HEADS:
    ALIASES.setdefault((fields["layout"], fields["column"]), []).append(fields["head"])


def test_every_alias_names_a_known_column_of_a_known_ledger():
    unknown = [one for one in HEADS if one["column"] not in {column.key for column in LAYOUTS[one["layout"]].columns}]

    assert (len(HEADS) >= 60, unknown) == (True, [])


def test_no_alias_is_the_own_head_of_any_column_or_means_two():
    for layout in LAYOUTS.values():
        matcher = Matcher(layout, ALIASES)
        own = {form for rank, forms in matcher.forms.items() if rank != ALIAS for form in forms if rank <= FULL}

        assert not own & set(matcher.forms[ALIAS])
        assert [form for form, keys in matcher.forms[ALIAS].items() if len(keys) > 1] == []


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=list(LAYOUTS))
def test_the_aliases_turn_no_official_ledger_into_another(layout):
    paths = [parts_of(column.head) for column in layout.columns if column.width]
    depth = max(map(len, paths))
    heads = [[path[level] if level < len(path) else None for path in paths] for level in range(depth)]

    table = recognise(Sheet("Sheet1", [*heads, ["测试"] * len(paths)]), list(LAYOUTS.values()), ALIASES, {})

    assert table is not None
    assert (table.layout.code, table.unknown) == (layout.code, [])
    assert Counter(table.mapping.values()).most_common(1)[0][1] == 1


def planned_fields(path: Path, office: User) -> set[str]:
    """The fields that the ledger would fill in new rows."""
    looked = Examination(services.read_tables(services.Source(path, path.name)), by=office, today=TODAY)
    return {name for plan in looked.plans() for made in plan.resources.values() for entry in made.created for name in entry.said}


@pytest.mark.django_db
def test_a_ledger_with_other_heads_is_understood_after_seeding(office: User, upload: Upload, tmp_path: Path):
    load_reference()
    path = aliased(tmp_path)

    checked = services.check(upload(path), by=office, today=TODAY)

    assert (checked.problems, checked.tables[0].layout.code, checked.tables[0].unknown) == ([], "T1", [])
    said = planned_fields(path, office)
    assert {"amount", "fixed_investment", "signed_on", "site", "progress", "mobile"} <= said
    assert not Project.objects.filter(name="测试光电项目").exists()
    assert not Agreement.objects.filter(project__name="测试光电项目").exists()
