"""Addresses of Plain text: the form, its settings, and one text."""

from django.urls import path

from apps.completions import settings_views, views

app_name = "completions"
urlpatterns = [
    path("", views.new, name="new"),
    path("settings/", settings_views.settings, name="settings"),
    path("request/", settings_views.show_request, name="request"),
    path("<uuid:run_id>/", views.text, name="text"),
]
