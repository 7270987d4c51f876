"""Addresses of the acts on projects."""

from django.urls import path

from projects import views

app_name = "projects"
urlpatterns = [
    path("<int:pk>/plan/", views.plan, name="plan"),
    path("<int:pk>/move/", views.move, name="move"),
    path("<int:pk>/status/", views.status, name="status"),
    path("<int:pk>/track/", views.track, name="track"),
    path("<int:pk>/apply/", views.apply_template, name="apply"),
    path("<int:pk>/confirm/", views.confirm_all, name="confirm_all"),
    path("milestones/<int:pk>/", views.milestone, name="milestone"),
    path("apply/", views.apply_many, name="apply_many"),
]
