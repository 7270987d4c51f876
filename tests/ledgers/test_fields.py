"""What every column becomes is written down, and stays true."""

from django.apps import apps

from ledgers import fields
from ledgers.layouts.known import LAYOUTS
from tests.servers import ROOT

MOST_EXTRAS = 10


def test_the_page_of_columns_is_what_the_layouts_say():
    assert (ROOT / "docs/ledger-fields.md").read_text(encoding="utf-8") == fields.as_markdown()


def test_at_most_ten_columns_have_no_field_of_their_own():
    assert len(fields.extras()) <= MOST_EXTRAS


def test_every_column_goes_to_a_field_that_there_is():
    for layout in LAYOUTS.values():
        for column in layout.columns:
            if column.to != "derived" and not column.to.startswith("extra:"):
                app, model, field = column.to.split(".")
                assert apps.get_model(app, model)._meta.get_field(field), column


def test_no_two_columns_of_a_ledger_share_key_or_head():
    for layout in LAYOUTS.values():
        assert len({column.key for column in layout.columns}) == len(layout.columns)
        assert len({column.head for column in layout.columns}) == len(layout.columns)
