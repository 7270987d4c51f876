"""Keeping, renaming, sharing and dropping one's saved views."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import services as accounts
from accounts.models import User
from audit import services as audit
from desk.models import SavedView


@transaction.atomic
def save_view(name: str, query: str, *, by: User, shared: bool = False) -> SavedView:
    """Keep an address under a name; one of the same name is replaced by it.

    Raises ValidationError for a name that is empty or too long.
    """
    view = SavedView.objects.filter(owner=by, page=SavedView.Page.PROJECTS, name=name.strip()).first() or SavedView(owner=by)
    view.name, view.query, view.shared = name.strip(), query, shared
    view.full_clean()
    view.save(by=by)
    audit.record("saved_view.saved", view, by=by, changes={"shared": shared})
    return view


@transaction.atomic
def change_view(view: SavedView, *, name: str, shared: bool, by: User) -> SavedView:
    """Rename a view, or share it; raises ValidationError when it is another's (code "owner") or the name is taken."""
    view = _own(view, by)
    view.name, view.shared = name.strip(), shared
    view.full_clean()
    view.save(by=by, update_fields=["name", "shared"])
    audit.record("saved_view.changed", view, by=by, changes={"shared": shared})
    return view


def delete_view(view: SavedView, *, by: User) -> None:
    """Drop a view; raises ValidationError (code "owner") when it is another's."""
    accounts.delete_row(_own(view, by), by=by)


def _own(view: SavedView, by: User) -> SavedView:
    if view.owner_id != by.pk:
        raise ValidationError(_("这是%(owner)s的视图：请另存为自己的视图后再改") % {"owner": view.owner.display}, code="owner")
    return SavedView.objects.select_for_update(of=("self",)).get(pk=view.pk)
