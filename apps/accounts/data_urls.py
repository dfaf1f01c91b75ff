"""Addresses of the page Data. Part of the namespace `accounts`."""

from django.urls import path

from apps.accounts import data_views

urlpatterns = [
    path("settings/data/", data_views.data, name="data"),
    path("settings/data/export/", data_views.export, name="export_data"),
    path("settings/data/delete/", data_views.delete, name="delete_data"),
]
