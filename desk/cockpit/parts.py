"""The parts of the cockpit, in the order in which leaders ask."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from desk.cockpit import ahead, batches, meetings, people, signed, stuck, week
from desk.cockpit.part import Part, Viewer


def nothing(viewer: Viewer) -> dict[str, Any]:
    """A part that only asks."""
    return {}


PARTS = {
    part.code: part
    for part in (
        Part("batches", _("各批签约现在怎样"), batches.part),
        Part("stuck", _("谁卡在哪里、卡了多久"), stuck.part),
        Part("week", _("本周动了什么、谁没有动"), week.part),
        Part("signed", _("今年签了什么：类型、规模、来源"), signed.part),
        Part("rates", _("履约、开工、投产、到位：各率与资金"), signed.rates_part),
        Part("targets", _("离全年目标还差多少、靠哪些项目补"), ahead.part),
        Part("sponsored", _("我包联的项目"), people.sponsored_part),
        Part("unstarted", _("签约三个月未注册、六个月未开工"), stuck.unstarted_part),
        Part("meetings", _("会上议定、还没办的"), meetings.part),
        Part("officers", _("各招商专员的数"), people.officers_part, heads_only=True),
        Part("company", _("企业一页通"), nothing),
    )
}
