"""Taking an act back: one address for every kind of change set; `desk.undo.offer` shows the button."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.roles import Role
from accounts.scope import Scope
from accounts.views import next_address, signed_in
from audit import changesets
from audit.models import ChangeSet
from ledgers import services as ledgers
from ledgers.models import ImportJob


@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Undo a change set; only its author and the manager may."""
    user, changeset = signed_in(request), get_object_or_404(ChangeSet, pk=pk)
    if changeset.by_id != user.pk and Role.MANAGER not in Scope.of(user).roles:
        raise PermissionDenied
    job = ImportJob.objects.filter(changeset=changeset).first()
    try:
        undone = (
            ledgers.undo(job, by=user, now=timezone.now()) if job else changesets.undo(changeset, by=user, now=timezone.now())
        )
    except ValidationError as error:
        for sentence in error.messages:
            messages.error(request, sentence)
    else:
        messages.success(request, _("已撤销：恢复了 %(n)d 处改动") % {"n": undone.restored})
        for sentence in undone.refused:
            messages.warning(request, sentence)
    return redirect(next_address(request))
