"""Addresses of the ledgers."""

from django.urls import path

from ledgers import views

app_name = "ledgers"
urlpatterns = [
    path("", views.ledgers, name="ledgers"),
    path("<int:pk>/", views.job, name="job"),
    path("<int:pk>/progress/", views.progress, name="progress"),
    path("<int:pk>/heads/", views.map_heads, name="heads"),
    path("<int:pk>/answers/", views.answers, name="answers"),
    path("<int:pk>/apply/", views.apply, name="apply"),
    path("<int:pk>/undo/", views.undo, name="undo"),
    path("<int:pk>/marked/", views.marked, name="marked"),
    path("export/<str:code>/", views.export, name="export"),
    path("export/<str:app_label>/<str:model_name>/", views.export_list, name="export_list"),
]
