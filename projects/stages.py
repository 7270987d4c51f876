"""Tracks and their stages: one frozen list a track, and what a move into a stage asks for.

必备 (required) refuse the move and name every missing thing; 凭据 (evidence) only mark it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Track(models.TextChoices):
    """Which stages a project passes."""

    LAND = "land", _("供地")
    TENANCY = "tenancy", _("入驻")
    EXPANSION = "expansion", _("增资扩产/技改")
    COOPERATION = "cooperation", _("合作")
    TALENT = "talent", _("人才")


class Counted(models.TextChoices):
    """The state in which statistics count a project."""

    SIGNED = "signed", _("签约")
    PERFORMED = "performed", _("履约")
    STARTED = "started", _("开工")
    PRODUCING = "producing", _("投产")
    EFFECTIVE = "effective", _("达效")


@dataclass(frozen=True)
class Stage:
    """A step of a track. `required` are names of rules in `projects.gates`; evidence is code and label."""

    code: str
    label: str | Promise
    counted: Counted | None = None
    required: tuple[str, ...] = ()
    evidence: tuple[tuple[str, str | Promise], ...] = ()


AGREEMENT = ("agreement",)
COMPANY = ("project_company",)

WITHOUT_TRACK = (
    Stage("any.lead", _("线索")),
    Stage("any.negotiating", _("在谈")),
    Stage("any.signed", _("签约"), Counted.SIGNED, AGREEMENT),
)
COURTING = (("lead", _("线索")), ("screening", _("初步研判")), ("negotiating", _("在谈")), ("pre_sign", _("拟签约")))


def _courting(track: str) -> tuple[Stage, ...]:
    return tuple(Stage(f"{track}.{name}", label) for name, label in COURTING)


TRACKS: dict[str, tuple[Stage, ...]] = {
    Track.LAND: (
        *_courting("land"),
        Stage("land.signed", _("签约"), Counted.SIGNED, AGREEMENT, (("contract", _("协议文本")),)),
        Stage("land.registered", _("公司注册"), Counted.PERFORMED, COMPANY, (("licence", _("营业执照")),)),
        Stage("land.filed", _("立项备案"), Counted.PERFORMED, (), (("filing", _("备案证明")),)),
        Stage(
            "land.permitting",
            _("要素与前期手续"),
            Counted.PERFORMED,
            (),
            (("land_deal", _("成交确认书或出让合同")), ("eia", _("环评批复"))),
        ),
        Stage(
            "land.started",
            _("开工"),
            Counted.STARTED,
            (),
            (("construction_permit", _("施工许可证")), ("start_photo", _("开工照片"))),
        ),
        Stage("land.in_statistics", _("入库纳统"), Counted.STARTED, (), (("statistics", _("统计平台截图")),)),
        Stage("land.topped_out", _("主体封顶"), Counted.STARTED, (), (("topping_photo", _("封顶照片")),)),
        Stage("land.completed", _("竣工验收"), Counted.STARTED, (), (("acceptance", _("竣工验收备案")),)),
        Stage("land.producing", _("投产"), Counted.PRODUCING, (), (("first_output", _("投产证明")),)),
        Stage("land.effective", _("达产达效"), Counted.EFFECTIVE, (), (("accounts", _("财报或纳税证明")),)),
    ),
    Track.TENANCY: (
        *_courting("tenancy"),
        Stage("tenancy.signed", _("签约"), Counted.SIGNED, AGREEMENT, (("contract", _("入驻（租赁）协议")),)),
        Stage("tenancy.registered", _("公司注册"), Counted.PERFORMED, COMPANY, (("licence", _("营业执照")),)),
        Stage("tenancy.fitting_out", _("进场装修"), Counted.STARTED, (), (("fit_out_photo", _("进场照片")),)),
        Stage("tenancy.producing", _("开业投产"), Counted.PRODUCING, (), (("opening_photo", _("开业照片或首张发票")),)),
        Stage("tenancy.effective", _("达效"), Counted.EFFECTIVE, (), (("accounts", _("财报或纳税证明")),)),
    ),
    Track.EXPANSION: (
        Stage("expansion.lead", _("线索")),
        Stage("expansion.screening", _("研判")),
        Stage("expansion.filed", _("立项备案"), Counted.PERFORMED, (), (("filing", _("备案证明")),)),
        Stage("expansion.started", _("开工（设备进场）"), Counted.STARTED, (), (("start_photo", _("设备进场照片")),)),
        Stage("expansion.completed", _("竣工"), Counted.STARTED, (), (("acceptance", _("竣工验收备案")),)),
        Stage("expansion.producing", _("投产"), Counted.PRODUCING, (), (("first_output", _("投产证明")),)),
        Stage("expansion.effective", _("达效"), Counted.EFFECTIVE, (), (("accounts", _("财报或纳税证明")),)),
    ),
    Track.COOPERATION: (
        Stage("cooperation.contact", _("对接")),
        Stage("cooperation.intent", _("达成意向")),
        Stage("cooperation.signed", _("签约"), Counted.SIGNED, AGREEMENT, (("contract", _("合作协议")),)),
        Stage("cooperation.running", _("实施"), Counted.PERFORMED),
        Stage("cooperation.review", _("阶段评估"), Counted.PERFORMED, (), (("review", _("评估材料")),)),
        Stage("cooperation.closed", _("结题/续签"), Counted.EFFECTIVE, (), (("closing", _("结题或续签材料")),)),
    ),
    Track.TALENT: (
        Stage("talent.contact", _("对接")),
        Stage("talent.signed", _("签约"), Counted.SIGNED, AGREEMENT, (("contract", _("引才协议")),)),
        Stage("talent.arrived", _("到岗"), Counted.PERFORMED, (), (("arrival", _("到岗证明")),)),
        Stage("talent.honoured", _("兑现"), Counted.PERFORMED, (), (("payment", _("兑现凭证")),)),
        Stage("talent.review", _("评估"), Counted.EFFECTIVE, (), (("review", _("评估材料")),)),
    ),
}
BY_CODE = {stage.code: stage for stages in (WITHOUT_TRACK, *TRACKS.values()) for stage in stages}
CHOICES: list[tuple[str, str | Promise]] = [(stage.code, stage.label) for stage in BY_CODE.values()]
FIRST = WITHOUT_TRACK[0].code


def of(track: str | None) -> tuple[Stage, ...]:
    """The stages of a track in order; without a track the short list."""
    return TRACKS[track] if track else WITHOUT_TRACK


def codes(track: str | None) -> list[str]:
    return [stage.code for stage in of(track)]


def first(track: str | None) -> str:
    return of(track)[0].code


def position(track: str | None, code: str) -> int:
    """The place of a stage in its track, from 0; a stage of another list stands before all (-1)."""
    found = codes(track)
    return found.index(code) if code in found else -1


def after(track: str | None, code: str) -> Iterator[Stage]:
    """The stages that follow, nearest first."""
    yield from of(track)[position(track, code) + 1 :]


def same_place(track: str, code: str) -> str:
    """Where a project stands when it is put on a track: the stage of the same name, else the first."""
    name = code.partition(".")[2]
    return f"{track}.{name}" if f"{track}.{name}" in BY_CODE else first(track)
