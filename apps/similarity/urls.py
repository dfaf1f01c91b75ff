"""Addresses of Similarity: the first page, a set of rows, and one model of it."""

from django.urls import path

from apps.similarity import export_views, set_views, settings_views, side_views, views

app_name = "similarity"
urlpatterns = [
    path("", views.new, name="new"),
    path("preview/", views.preview, name="preview"),
    path("settings/", settings_views.settings, name="settings"),
    path("request/", settings_views.show_request, name="request"),
    path("<uuid:set_id>/", set_views.page, name="set"),
    path("<uuid:set_id>/search/", set_views.search, name="search"),
    path("<uuid:set_id>/models/", set_views.add_side, name="add_side"),
    path("<uuid:set_id>/column/", set_views.other_column, name="other_column"),
    path("<uuid:set_id>/rename/", set_views.rename, name="rename"),
    path("<uuid:set_id>/delete/", set_views.delete, name="delete"),
    path("<uuid:set_id>/restore/", set_views.restore, name="restore"),
    path("<uuid:set_id>/export.csv", export_views.as_csv, name="export_csv"),
    path("<uuid:set_id>/export.json", export_views.as_json, name="export_json"),
    path("sides/<uuid:side_id>/", side_views.side, name="side"),
    path("sides/<uuid:side_id>/again/", side_views.again, name="again"),
    path("sides/<uuid:side_id>/stop/", side_views.stop, name="stop"),
    path("sides/<uuid:side_id>/groups/", side_views.groups, name="groups"),
    path("sides/<uuid:side_id>/limit/", side_views.limit, name="limit"),
    path("sides/<uuid:side_id>/remove/", side_views.remove, name="remove"),
    path("sides/<uuid:side_id>/export.npy", export_views.as_npy, name="export_npy"),
]
