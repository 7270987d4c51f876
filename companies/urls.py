"""Addresses of who a company is: what resembles it, what is merged, who reported it first."""

from django.urls import path

from companies import views

app_name = "companies"
urlpatterns = [
    path("similar/", views.similar, name="similar"),
    path("merge/", views.merge_companies, name="merge"),
    path("people/merge/", views.merge_people, name="merge_people"),
    path("<int:pk>/first-report/", views.first_report, name="first_report"),
]
