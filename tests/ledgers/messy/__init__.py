"""Ledgers as offices really send them, made here: each with several troubles, no two alike in layout."""

from tests.ledgers.messy import t1, t2, t3a, t3c, t4, t5, t6
from tests.ledgers.messy.expected import EXPECTED
from tests.ledgers.messy.files import Sample, save
from tests.ledgers.messy.t1 import aliased, signed_with_one_bad_row

__all__ = ["EXPECTED", "SAMPLES", "Sample", "aliased", "save", "signed_with_one_bad_row"]

SAMPLES: tuple[Sample, ...] = tuple(sample for module in (t1, t2, t3a, t3c, t4, t5, t6) for sample in module.SAMPLES)
