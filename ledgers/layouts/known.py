"""All kinds of ledgers, by code, in the order in which they are offered."""

from ledgers.layouts.base import Layout
from ledgers.layouts.t1 import T1

LAYOUTS: dict[str, Layout] = {layout.code: layout for layout in (T1,)}
