"""Ledgers as offices send them: in whole, out again without a loss, and taken back as if they had never come."""

from itertools import islice
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from accounts.models import User
from core.models import DomainModel
from ledgers import exporting, services
from ledgers.layouts.known import LAYOUTS
from ledgers.resources import RESOURCES
from tests.factories import NOW, TODAY
from tests.ledgers.conftest import Upload
from tests.ledgers.messy import EXPECTED, SAMPLES, Sample

TEMPLATES = ("T1", "T2", "T3a", "T3b", "T3c", "T3d", "T4", "T5", "T6")
WRITTEN_ANEW = {"version", "updated_at", "updated_by"}  # by the undoing itself


def living() -> dict[str, list[dict[str, Any]]]:
    """What the tables hold into which ledgers are written."""
    found = {}
    for model in RESOURCES:
        fields = [column.attname for column in model._meta.concrete_fields if column.name not in WRITTEN_ANEW]
        rows = model._default_manager.filter(deleted_at=None) if issubclass(model, DomainModel) else model._default_manager.all()
        found[model._meta.label] = list(rows.order_by("pk").values(*fields))
    return found


@pytest.mark.parametrize("sample", SAMPLES, ids=str)
def test_a_messy_ledger_comes_in_whole_goes_out_without_a_loss_and_can_be_taken_back(
    sample: Sample, office: User, upload: Upload, tmp_path: Path
):
    if sample.before:
        sample.before(office)
    path, layout, before = sample.write(tmp_path), LAYOUTS[sample.layout], living()

    checked = services.check(upload(path), by=office, today=TODAY)
    assert (checked.problems, {table.layout.code for table in checked.tables}) == ([], {sample.layout})
    assert checked.plan.rows == sample.rows
    assert [total for total in checked.totals if not total.agrees] == []

    job = services.apply(upload(path), by=office, now=NOW)
    assert {what: rows for what, rows in sample.told().items() if rows} == EXPECTED[str(sample)]

    again = services.check(upload(path), by=office, today=TODAY)
    assert (again.problems, again.plan.changes_nothing) == ([], True)

    written = exporting.export(layout, tmp_path / "out.xlsx", by=office, now=NOW, filters={})
    back = services.check(upload(tmp_path / "out.xlsx"), by=office, today=TODAY)
    assert (back.problems, back.tables[0].layout.code, back.plan.changes_nothing) == ([], sample.layout, True)
    assert back.plan.rows == written == sample.leaves

    assert services.undo(job, by=office, now=NOW).refused == []
    assert living() == before


def test_every_template_has_two_ledgers_with_six_troubles_each_and_no_two_alike(tmp_path: Path):
    heads = {_heads(sample.write(tmp_path)) for sample in SAMPLES}

    assert all(sum(sample.layout == code for sample in SAMPLES) >= 2 for code in TEMPLATES)
    assert all(len(sample.troubles) >= 6 for sample in SAMPLES)
    assert len(heads) == len(SAMPLES)


def _heads(path: Path) -> tuple[object, ...]:
    """The fullest of its first lines; of a CSV all."""
    if path.suffix == ".csv":
        return (path.read_bytes(),)
    lines = islice(openpyxl.load_workbook(path).worksheets[0].values, 6)
    return max(lines, key=lambda line: sum(cell is not None for cell in line))
