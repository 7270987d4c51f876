"""Addresses of the desk."""

from django.urls import path

from desk.views import (
    bulk,
    company,
    contact,
    event,
    home,
    ledger,
    log,
    progress,
    progress_review,
    project,
    reconciliation,
    reminders,
    search,
)

app_name = "desk"
urlpatterns = [
    path("", home.home, name="home"),
    path("follow-ups/<int:pk>/done/", home.follow_up_done, name="follow_up_done"),
    path("log/", log.log, name="log"),
    path("log/read/", log.read, name="log_read"),
    path("log/who/", log.who, name="log_who"),
    path("contacts/<int:pk>/", contact.contact, name="contact"),
    path("search/", search.search, name="search"),
    path("projects/", ledger.ledger, name="projects"),
    path("projects/views/", ledger.save_view, name="save_view"),
    path("projects/views/<int:pk>/", ledger.change_view, name="change_view"),
    path("projects/bulk/", bulk.act_on_many, name="bulk"),
    path("projects/<int:pk>/", project.project, name="project"),
    path("companies/<int:pk>/", company.company, name="company"),
    path("companies/<int:pk>/one-page/", company.one_page, name="company_one_page"),
    path("events/<int:pk>/", event.event, name="event"),
    path("reminders/", reminders.my_reminders, name="reminders"),
    path("reminders/read/", reminders.read_all, name="read_all"),
    path("reminders/<int:pk>/", reminders.open_reminder, name="open_reminder"),
    path("report-ups/", reminders.report_ups, name="report_ups"),
    path("report-ups/<int:pk>/", reminders.decide_report_up, name="decide_report_up"),
    path("progress/", progress.progress, name="progress"),
    path("progress/<int:pk>/", progress.save, name="progress_save"),
    path("progress/reports/<int:pk>/correct/", progress.correct, name="progress_correct"),
    path("progress/status/", progress_review.status, name="progress_status"),
    path("progress/review/", progress_review.review, name="progress_review"),
    path("progress/review/all/", progress_review.accept_all, name="progress_accept_all"),
    path("progress/review/<int:pk>/", progress_review.decide, name="progress_decide"),
    path("reconciliation/", reconciliation.reconciliation, name="reconciliation"),
]
