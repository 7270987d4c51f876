"""Addresses of the desk."""

from django.urls import path

from desk import views

app_name = "desk"
urlpatterns = [
    path("", views.home, name="home"),
    path("reminders/", views.my_reminders, name="reminders"),
    path("report-ups/", views.report_ups, name="report_ups"),
    path("report-ups/<int:pk>/", views.decide_report_up, name="decide_report_up"),
    path("reconciliation/", views.reconciliation, name="reconciliation"),
]
