"""Addresses of Speech: the first page, a text with its takes, and one take."""

from django.urls import path

from apps.speech import settings_views, speech_views, take_views, views

app_name = "speech"
urlpatterns = [
    path("", views.new, name="new"),
    path("settings/", settings_views.settings, name="settings"),
    path("request/", settings_views.show_request, name="request"),
    path("sample/", views.sample, name="sample"),
    path("<uuid:speech_id>/", speech_views.speech, name="speech"),
    path("<uuid:speech_id>/voices/", speech_views.add_voice, name="add_voice"),
    path("<uuid:speech_id>/rename/", speech_views.rename, name="rename"),
    path("<uuid:speech_id>/delete/", speech_views.delete, name="delete"),
    path("<uuid:speech_id>/restore/", speech_views.restore, name="restore"),
    path("takes/<uuid:take_id>/", take_views.take, name="take"),
    path("takes/<uuid:take_id>/file/", take_views.file, name="file"),
    path("takes/<uuid:take_id>/again/", take_views.again, name="again"),
    path("takes/<uuid:take_id>/stop/", take_views.stop, name="stop"),
]
