"""All kinds of ledgers, by code, in the order in which they are offered."""

from ledgers.layouts.accounts import DEPARTMENTS, USERS
from ledgers.layouts.base import Layout
from ledgers.layouts.companies import COMPANIES
from ledgers.layouts.contacts import CONTACTS
from ledgers.layouts.people import PEOPLE
from ledgers.layouts.t1 import T1
from ledgers.layouts.t2 import T2
from ledgers.layouts.t3a import T3A
from ledgers.layouts.t3b import T3B
from ledgers.layouts.t3c import T3C
from ledgers.layouts.t3d import T3D
from ledgers.layouts.t4 import T4
from ledgers.layouts.t5 import T5
from ledgers.layouts.t6 import T6

LAYOUTS: dict[str, Layout] = {
    layout.code: layout for layout in (T1, T2, T3A, T3B, T3C, T3D, T4, T5, T6, COMPANIES, PEOPLE, CONTACTS, DEPARTMENTS, USERS)
}
