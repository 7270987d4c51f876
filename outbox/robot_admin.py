"""The page of group robots; registered in `outbox.admin`. Address and secret are typed in and never shown again."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import F, OuterRef, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.forms import VersionedForm
from accounts.scoped import ScopedAdmin
from outbox import services
from outbox.models import Circuit, DeliveryAttempt, Message
from outbox.robot import HIDDEN, Robot
from outbox.words import cause_of

KEPT = ("url", "secret")


class RobotForm(VersionedForm):
    """An empty address or secret leaves what is kept."""

    url = forms.CharField(label=_("地址"), max_length=500, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    secret = forms.CharField(label=_("加签密钥"), max_length=200, required=False, widget=forms.PasswordInput(render_value=False))
    without_secret = forms.BooleanField(label=_("不再加签"), required=False, help_text=_("勾选后删除已保存的密钥"))

    class Meta:
        model = Robot
        fields = ["name", "vendor", "department", "url", "secret", "keyword", "enabled"]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial = {**self.initial, **dict.fromkeys(KEPT, "")}
        if self.instance.pk and "url" in self.fields:
            self.fields["url"].help_text = _("已保存（%(host)s）；留空不改") % {"host": self.instance.host}
            self.fields["secret"].help_text = _("已保存；留空不改") if self.instance.secret else _("没有保存")

    def clean_url(self) -> str:
        typed: str = self.cleaned_data["url"]
        if not typed and not self.instance.pk:
            raise forms.ValidationError(self.fields["url"].error_messages["required"], code="required")
        return typed or self.instance_now().url  # type: ignore[attr-defined]

    def clean_secret(self) -> str:
        typed: str = self.cleaned_data["secret"]
        return typed or (self.instance_now().secret if self.instance.pk else "")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if self.cleaned_data.get("without_secret"):
            self.cleaned_data["secret"] = ""
        return cleaned

    def _shown(self, name: str) -> str:
        return HIDDEN if name in KEPT else super()._shown(name)


@admin.register(Robot)
class RobotAdmin(ScopedAdmin[Robot]):
    form = RobotForm
    list_display = ["name", "vendor", "department", "enabled", "last_post"]
    list_filter = ["vendor", "enabled"]
    list_select_related = ["department"]
    search_fields = ["name", "department__name"]
    autocomplete_fields = ["department"]
    readonly_fields = ["last_post", "pause"]
    fieldsets = [
        (None, {"fields": ["name", "vendor", "department", "url", "secret", "without_secret", "keyword", "enabled"]}),
        (_("最近情况"), {"fields": ["last_post", "pause"]}),
    ]
    change_form_template = "admin/outbox/robot/change_form.html"

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Robot]:
        made = DeliveryAttempt.objects.filter(message__robot=OuterRef("pk")).order_by("-started_at", "-pk")
        last = {name: Subquery(made.values(column)[:1]) for name, column in (("last_at", "started_at"), ("last_code", "code"))}
        last |= {"last_outcome": Subquery(made.values("outcome")[:1]), "last_text": Subquery(made.values("text")[:1])}
        return super().get_queryset(request).annotate(**last)

    def get_urls(self) -> list[Any]:
        return [path("<int:pk>/trial/", self.admin_site.admin_view(self.trial), name="outbox_robot_trial"), *super().get_urls()]

    def trial(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Post a trial message and say what became of it; only by the button."""
        robot = get_object_or_404(Robot, pk=pk)
        if request.method != "POST" or not self.has_change_permission(request, robot):
            raise PermissionDenied
        message = services.send_trial(robot, by=request.user, now=timezone.now())  # type: ignore[arg-type]
        level = messages.SUCCESS if message.status == Message.Status.SENT else messages.ERROR
        messages.add_message(request, level, said(message))
        return redirect("admin:outbox_robot_change", pk)

    @admin.display(description=_("最近一次发送"))
    def last_post(self, robot: Any) -> str:
        return sentence(robot.last_at, robot.last_outcome, robot.last_code, robot.last_text) if robot.last_at else "—"

    @admin.display(description=_("暂停"))
    def pause(self, robot: Robot) -> str:
        row = Circuit.objects.filter(channel=robot.channel, open_until__gt=timezone.now()).first()
        if row is None or row.open_until is None:
            return "—"
        return _("暂停到 %(at)s：%(reason)s") % {"at": f"{timezone.localtime(row.open_until):%m-%d %H:%M}", "reason": row.reason}


def sentence(at: Any, outcome: str, code: str, text: str) -> str:
    """One attempt in words: when, what became of it, and what mends it."""
    label = DeliveryAttempt.Outcome(outcome).label
    shown = f"{timezone.localtime(at):%m-%d %H:%M} {label}"
    if not code:
        return shown
    cause = cause_of(code)
    return f"{shown}：{cause.title}。{cause.remedy}（{text or code}）"


def said(message: Message) -> str:
    """What a trial came to."""
    attempt = DeliveryAttempt.objects.filter(message=message).order_by(F("n").desc()).first()
    if message.status == Message.Status.SENT:
        return str(_("试验消息已发出，请到群里查看"))
    if attempt is None:
        return str(_("现在还不能发（渠道暂停或超过平台限频），请过几分钟再试"))
    return sentence(attempt.started_at, attempt.outcome, attempt.code, attempt.text)
