"""Addresses of Transcribe: the first page, recordings, and what is made of them."""

from django.urls import path

from apps.transcription import recording_views, settings_views, start_views, translation_views, version_views, views
from apps.transcription.transcript_urls import transcript_paths

app_name = "transcription"
urlpatterns = [
    path("", views.new, name="new"),
    path("upload/", recording_views.upload, name="upload"),
    path("recordings/", recording_views.begin, name="begin"),
    path("recordings/<uuid:recording_id>/", recording_views.recording, name="recording"),
    path("recordings/<uuid:recording_id>/pieces/<int:number>/", recording_views.piece, name="piece"),
    path("recordings/<uuid:recording_id>/finish/", recording_views.end, name="finish"),
    path("recordings/<uuid:recording_id>/sound/", recording_views.sound, name="sound"),
    path("recordings/<uuid:recording_id>/rename/", recording_views.rename, name="rename_recording"),
    path("recordings/<uuid:recording_id>/delete/", recording_views.delete, name="delete_recording"),
    path("recordings/<uuid:recording_id>/restore/", recording_views.restore, name="restore_recording"),
    path("start/", start_views.start, name="start"),
    path("settings/", settings_views.settings, name="settings"),
    path("request/", settings_views.show_request, name="request"),
    path("<uuid:transcript_id>/working/", start_views.working, name="working"),
    path("<uuid:transcript_id>/parts/<int:number>/again/", start_views.again, name="part_again"),
    path("<uuid:transcript_id>/stop/", start_views.stop, name="stop"),
    path("<uuid:transcript_id>/again/", version_views.again, name="again"),
    path("<uuid:transcript_id>/compare/<uuid:other_id>/", version_views.compare, name="compare"),
    path("<uuid:transcript_id>/translate/", translation_views.translate, name="translate"),
    path("<uuid:transcript_id>/ask/", version_views.ask, name="ask"),
    path("translations/<uuid:translation_id>/", translation_views.translation, name="translation"),
    path("translations/<uuid:translation_id>/again/", translation_views.translate_again, name="translate_again"),
    path("translations/<uuid:translation_id>/stop/", translation_views.stop_translation, name="translate_stop"),
    *transcript_paths,
]
