"""Addresses of the safety check: the first page, a check with its rows, and what one model said."""

from django.urls import path

from apps.moderation import check_views, export_views, judging_views, row_views, settings_views, views

app_name = "moderation"
urlpatterns = [
    path("", views.new, name="new"),
    path("settings/", settings_views.settings, name="settings"),
    path("limits/", settings_views.limits, name="limits"),
    path("request/", settings_views.show_request, name="request"),
    path("<uuid:check_id>/", check_views.check, name="check"),
    path("<uuid:check_id>/begin/", check_views.begin, name="begin"),
    path("<uuid:check_id>/models/", check_views.add_model, name="add_model"),
    path("<uuid:check_id>/another-column/", check_views.another_column, name="another_column"),
    path("<uuid:check_id>/rename/", check_views.rename, name="rename"),
    path("<uuid:check_id>/delete/", check_views.delete, name="delete"),
    path("<uuid:check_id>/restore/", check_views.restore, name="restore"),
    path("<uuid:check_id>/export.<str:kind>", export_views.export, name="export"),
    path("<uuid:check_id>/rows/<int:position>/", row_views.row, name="row"),
    path("<uuid:check_id>/rows/<int:position>/picture/", row_views.picture, name="picture"),
    path("judgings/<uuid:judging_id>/", judging_views.judging, name="judging"),
    path("judgings/<uuid:judging_id>/again/", judging_views.again, name="again"),
    path("judgings/<uuid:judging_id>/stop/", judging_views.stop, name="stop"),
    path("judgings/<uuid:judging_id>/replace/", judging_views.replace, name="replace"),
    path("judgings/<uuid:judging_id>/request/", judging_views.show_request, name="show_request"),
]
