"""Forms of the acts on a project and its milestones."""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core import phrases
from core.dates import DateError, FuzzyDate, parse
from core.working_days import Calendar
from projects import services, stages
from projects.models import Milestone, MilestoneTemplate, Project

EXPLAINED = {  # half a sentence each
    services.Act.CONFIRM: _("确认计划日期：日期属实，从此按它提醒"),
    services.Act.COMPLETE: _("已完成：已经办成并核实过"),
    services.Act.REPORT: _("报完成：办成了，等别人核实"),
    services.Act.RE_DATE: _("改期：还没办成，换一个计划日期"),
    services.Act.WAIVE: _("不适用：这个项目不需要这一步"),
    services.Act.REOPEN: _("重新打开：标错了，恢复为未完成"),
}


class DayInput(forms.DateInput):
    """The browser's own calendar."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class MoveForm(forms.Form):
    """推进阶段: to which stage, when, and a sentence when stages are skipped."""

    to = forms.ChoiceField(label=_("进入阶段"))
    on = forms.DateField(label=_("日期"), widget=DayInput)
    note = forms.CharField(label=_("说明"), required=False, max_length=200, help_text=_("跳过阶段或退回时必填"))

    def __init__(self, project: Project, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        listed = [(stage.code, stage.label) for stage in stages.of(project.track) if stage.code != project.stage]
        self.fields["to"].choices = listed  # type: ignore[attr-defined]
        following = next(stages.after(project.track, project.stage), None)
        self.fields["to"].initial = following.code if following else None


class StatusForm(forms.Form):
    """推进中 / 暂缓 / 终止."""

    status = forms.ChoiceField(label=_("状态"), choices=Project.Status.choices)
    on = forms.DateField(label=_("日期"), widget=DayInput)
    reason = forms.CharField(label=_("原因"), required=False, max_length=200, help_text=_("终止时必填"))
    review_on = forms.DateField(label=_("复核日"), required=False, widget=DayInput, help_text=_("暂缓时必填"))


class TrackForm(forms.Form):
    """选择推进路径."""

    track = forms.ChoiceField(label=_("推进路径"), choices=stages.Track.choices)


class PlanForm(forms.Form):
    """套用模板: which, and from which day on."""

    template = forms.ModelChoiceField(
        label=_("模板"), queryset=MilestoneTemplate.objects.filter(produces=MilestoneTemplate.Produces.MILESTONE)
    )
    base_on = forms.DateField(label=_("基准日"), widget=DayInput, help_text=_("各节点从这一天起算"))


class MilestoneForm(forms.Form):
    """One act on one milestone: only what its present state allows, and nothing chosen beforehand."""

    act = forms.ChoiceField(
        label=_("这个节点怎么样了"), widget=forms.RadioSelect, error_messages={"required": _("请先选择发生了什么")}
    )
    done_on = forms.CharField(
        label=_("完成日期"), required=False, max_length=30, help_text=_("可写 昨天、上周五、2020年11月；确实不知道写“不详”")
    )
    new_on = forms.CharField(
        label=_("新的计划日期"), required=False, max_length=30, help_text=_("可写 两周后、下周三、月底、12.5")
    )
    reason = forms.CharField(label=_("原因"), required=False, max_length=180)
    sure = forms.BooleanField(label=_("日期无误"), required=False)
    cascade = forms.BooleanField(label=_("后续节点一并顺移"), required=False)

    def __init__(self, milestone: Milestone, *args: Any, today: dt.date, **options: Any) -> None:
        options["label_suffix"] = ""
        super().__init__(*args, **options)
        self.milestone, self.today, self.days = milestone, today, Calendar.load()
        acts = services.allowed(milestone, today=today)
        self.fields["act"].choices = [(act, EXPLAINED[act]) for act in acts]  # type: ignore[attr-defined]
        self.fields["act"].initial = acts[0] if len(acts) == 1 else None

    def clean_done_on(self) -> FuzzyDate:
        """The day as exactly as it is known; “昨天” and the like after what the ledgers write."""
        typed = self.cleaned_data["done_on"].strip()
        if self._act != services.Act.COMPLETE:
            return FuzzyDate(None)
        if not typed:
            raise ValidationError(_("请填完成日期；确实不知道请写“不详”"), code="required")
        try:
            return parse(typed, self.today)
        except DateError as error:
            spoken = phrases.read(typed, today=self.today, days=self.days, prefer="past")
            if spoken and spoken.on and spoken.certain:
                return FuzzyDate(spoken.on)
            raise ValidationError(str(error), code="date") from error

    def clean_new_on(self) -> dt.date | None:
        typed = self.cleaned_data["new_on"].strip()
        if self._act != services.Act.RE_DATE:
            return None
        if not typed:
            raise ValidationError(_("改期请填新的计划日期"), code="required")
        return said_day(typed, today=self.today, days=self.days, prefer="future")

    @property
    def moves_to(self) -> dt.date | None:
        """The day from which followers would be counted anew, once the form was read."""
        done_on = self.cleaned_data.get("done_on")
        return self.cleaned_data.get("new_on") or (done_on.on if done_on else None)

    @property
    def _act(self) -> str:
        return str(self.cleaned_data.get("act", ""))


def said_day(typed: str, *, today: dt.date, days: Calendar, prefer: phrases.Preference) -> dt.date:
    """The one day that a person's words name, such as 下周三; raises ValidationError (code "date") for none or several."""
    spoken = phrases.read(typed, today=today, days=days, prefer=prefer)
    if spoken is None or spoken.on is None:
        raise ValidationError(_("没有看懂日期“%(typed)s”：请写成 12月5日 或 下周三"), code="date", params={"typed": typed})
    if not spoken.certain:
        said = _("“%(typed)s”不止一天，是 %(day)s 吗？请写明哪一天")
        raise ValidationError(said, code="date", params={"typed": typed, "day": spoken.on})
    return spoken.on
