"""Addresses of the desk."""

from django.urls import path

from desk.views import home, reconciliation, reminders

app_name = "desk"
urlpatterns = [
    path("", home.home, name="home"),
    path("reminders/", reminders.my_reminders, name="reminders"),
    path("report-ups/", reminders.report_ups, name="report_ups"),
    path("report-ups/<int:pk>/", reminders.decide_report_up, name="decide_report_up"),
    path("reconciliation/", reconciliation.reconciliation, name="reconciliation"),
]
