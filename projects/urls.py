"""Addresses of the acts on projects."""

from django.urls import path

from projects.views import acts, milestones

app_name = "projects"
urlpatterns = [
    path("<int:pk>/plan/", acts.plan, name="plan"),
    path("<int:pk>/move/", acts.move, name="move"),
    path("<int:pk>/status/", acts.status, name="status"),
    path("<int:pk>/track/", acts.track, name="track"),
    path("<int:pk>/apply/", acts.apply_template, name="apply"),
    path("<int:pk>/confirm/", milestones.confirm_all, name="confirm_all"),
    path("milestones/<int:pk>/", milestones.milestone, name="milestone"),
    path("apply/", acts.apply_many, name="apply_many"),
]
