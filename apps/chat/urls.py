"""Addresses below /chat/. What a conversation has, a new chat has too, without an id."""

from django.urls import path

from apps.chat import attachment_views, handing_over, manage_views, panel_views, views

app_name = "chat"
urlpatterns = [
    path("", views.home, name="home"),
    path("past/", manage_views.past, name="past"),
    path("settings/", panel_views.settings, name="new_settings"),
    path("instructions/", manage_views.instructions, name="new_instructions"),
    path("request/", panel_views.show_request, name="new_request"),
    path("attach/", attachment_views.attach, name="new_attach"),
    path("attachments/<uuid:attachment_id>/", attachment_views.file, name="attachment"),
    path("attachments/<uuid:attachment_id>/small/", attachment_views.thumbnail, name="attachment_small"),
    path("answers/<uuid:run_id>/again/", views.again, name="again"),
    path("<uuid:conversation_id>/", views.conversation, name="conversation"),
    path("<uuid:conversation_id>/stop/", views.stop, name="stop"),
    path("<uuid:conversation_id>/settings/", panel_views.settings, name="settings"),
    path("<uuid:conversation_id>/instructions/", manage_views.instructions, name="instructions"),
    path("<uuid:conversation_id>/request/", panel_views.show_request, name="request"),
    path("<uuid:conversation_id>/attach/", attachment_views.attach, name="attach"),
    path("<uuid:conversation_id>/check/", handing_over.check, name="check"),
    path("<uuid:conversation_id>/rename/", manage_views.rename, name="rename"),
    path("<uuid:conversation_id>/delete/", manage_views.delete, name="delete"),
    path("<uuid:conversation_id>/restore/", manage_views.restore, name="restore"),
]
