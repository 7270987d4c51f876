"""The tables of figures: what was stated, what was frozen, what was set as a target."""

from reports.models.indicator_value import IndicatorPark, IndicatorValue
from reports.models.period import Period
from reports.models.snapshot import Snapshot, SnapshotQuerySet, SnapshotRow, SnapshotRowQuerySet
from reports.models.target import Target
from reports.models.written import WrittenReport, WrittenReportQuerySet

__all__ = [
    "IndicatorPark",
    "IndicatorValue",
    "Period",
    "Snapshot",
    "SnapshotQuerySet",
    "SnapshotRow",
    "SnapshotRowQuerySet",
    "Target",
    "WrittenReport",
    "WrittenReportQuerySet",
]
