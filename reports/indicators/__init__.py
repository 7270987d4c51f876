"""Figures that can be defended: what they mean, what they are counted by, and the rows behind them."""

from reports.indicators.asked import Asked, Window
from reports.indicators.computing import Figure, compute, compute_many, figures, measure_codes, parts_of, year_on_year
from reports.indicators.quantities import QUANTITIES
from reports.indicators.quantity import Measured, Quantity, measure
from reports.indicators.table import INDICATORS, TARGETS, Indicator, Variant

__all__ = [
    "INDICATORS",
    "QUANTITIES",
    "TARGETS",
    "Asked",
    "Figure",
    "Indicator",
    "Measured",
    "Quantity",
    "Variant",
    "Window",
    "compute",
    "compute_many",
    "figures",
    "measure",
    "measure_codes",
    "parts_of",
    "year_on_year",
]
