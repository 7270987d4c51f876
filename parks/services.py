"""Who sees the companies of a park."""

from django.db import transaction

from accounts import services as accounts
from accounts.models import Share, User
from companies.models import Company
from parks.models import Park, ParkStaff


@transaction.atomic
def keep_shares(park: Park, *, by: User | None = None) -> int:
    """The staff of a park see the companies that are in it now; returns how many shares changed."""
    companies = list(Company.objects.filter(tenancies__park=park, tenancies__until_on=None, tenancies__deleted_at=None))
    changed = 0
    for staff in ParkStaff.all_objects.filter(park=park).select_related("user"):
        wanted = [] if staff.deleted_at else [(staff.user, row, Share.Level.EDIT) for row in companies]
        changed += accounts.set_shares(staff, wanted, reason=Share.Reason.PARK, by=by)
    return changed
