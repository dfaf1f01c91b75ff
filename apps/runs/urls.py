"""Addresses of History, of single runs, and of the event stream."""

from django.urls import path

from apps.runs import views
from apps.runs.live.view import live

app_name = "runs"
urlpatterns = [
    path("live/", live, name="live"),
    path("history/", views.history, name="history"),
    path("history/export.csv", views.export, name="export"),
    path("history/<uuid:pk>/", views.receipt, name="receipt"),
    path("history/<uuid:pk>/stop/", views.stop, name="stop"),
    path("history/<uuid:pk>/files/<uuid:file_id>/", views.file, name="file"),
    path("history/<uuid:pk>/again/", views.again, name="again"),
]
