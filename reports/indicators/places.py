"""Which places lie in the province of the zone, as they are written in `Company.city`."""

from django.db.models import Q

PROVINCE = (
    *("河南", "郑州", "开封", "洛阳", "平顶山", "安阳", "鹤壁", "新乡", "焦作", "濮阳", "许昌", "漯河", "三门峡", "南阳"),
    *("商丘", "信阳", "周口", "驻马店", "济源"),
)


def inside_province(path: str) -> Q:
    """A condition for a place, written with its province or without (河南焦作, 焦作市)."""
    inside = Q()
    for name in PROVINCE:
        inside |= Q(**{f"{path}__startswith": name})
    return inside
