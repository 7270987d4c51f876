from typing import Any

from django.contrib import admin, messages
from django.db import models
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.scoped import ScopedAdmin, ScopedTabularInline
from outbox import services
from outbox.models import DeliveryAttempt, Message
from outbox.robot_admin import RobotAdmin

__all__ = ["DeliveryAttemptInline", "MessageAdmin", "RobotAdmin"]


class DeliveryAttemptInline(ScopedTabularInline):
    model = DeliveryAttempt
    form = ModelForm
    fields = ["n", "worker", "started_at", "ended_at", "outcome", "code", "text"]
    readonly_fields = ["n", "worker", "started_at", "ended_at", "outcome", "code", "text"]
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Message)
class MessageAdmin(ScopedAdmin[Message]):
    """Everything that was sent or waits. The text is its recipient's and is not shown here."""

    form = ModelForm
    list_display = ["subject", "receiver", "channel", "status", "attempts", "next_at", "sent_at"]
    list_filter = ["status", "channel", "created_at"]
    list_select_related = ["recipient", "robot"]
    search_fields = ["subject", "recipient__username", "recipient__display_name", "message_id", "robot__name"]
    fields = ["subject", "recipient", "robot", "channel", "status", "attempts", "next_at", "message_id", "created_at", "sent_at"]
    inlines = [DeliveryAttemptInline]
    actions = ["retry"]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Message]:
        return Message.objects.order_by("-id")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("收件人"), ordering="recipient")
    def receiver(self, message: Message) -> str:
        return str(message.receiver)

    @admin.action(description=_("重新发送（仅发送失败的）"))
    def retry(self, request: HttpRequest, queryset: models.QuerySet[Message]) -> None:
        dead = queryset.filter(status=Message.Status.DEAD)
        count = len([services.retry(row, by=request.user, now=timezone.now()) for row in dead])  # type: ignore[arg-type]
        messages.success(request, _("已重新排队 %(n)d 封") % {"n": count})
