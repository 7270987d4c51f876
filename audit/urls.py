"""The address at which an act is taken back."""

from django.urls import path

from audit import views

app_name = "audit"
urlpatterns = [path("<int:pk>/undo/", views.undo, name="undo")]
