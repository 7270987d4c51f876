"""Forms of the acts on a project and its milestones."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.dates import DateError, FuzzyDate, parse
from projects import stages
from projects.models import Milestone, MilestoneTemplate, Project


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
    """One act on one milestone."""

    ACTS = [
        ("confirm", _("确认计划日期")),
        ("complete", _("已完成")),
        ("re_date", _("改期")),
        ("waive", _("不适用")),
        ("report", _("报完成")),
    ]
    act = forms.ChoiceField(label=_("操作"), choices=ACTS, widget=forms.RadioSelect)
    on = forms.CharField(label=_("日期"), required=False, help_text=_("完成日期（可写 2020年11月、不详）或新的计划日期"))
    reason = forms.CharField(label=_("原因"), required=False, max_length=200, help_text=_("改期、不适用时必填"))
    cascade = forms.BooleanField(label=_("后续节点一并顺移"), required=False, initial=True)

    def __init__(self, milestone: Milestone, *args: Any, today: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.milestone, self.today = milestone, today

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        try:
            self.date: FuzzyDate = parse(cleaned.get("on", ""), self.today)
        except DateError as error:
            self.add_error("on", str(error))
            return cleaned
        if cleaned.get("act") == "re_date" and self.date.on is None:
            self.add_error("on", _("改期请填新的计划日期"))
        if cleaned.get("act") == "complete" and not cleaned.get("on"):
            self.add_error("on", _("请填完成日期；确实不知道请写“不详”"))
        return cleaned
