"""Addresses below /chat/. What a conversation has, a new chat has too, without an id."""

from django.urls import path

from apps.chat import branch_views, handing_over, manage_views, panel_views, views, way_views

app_name = "chat"
urlpatterns = [
    path("", views.home, name="home"),
    path("past/", manage_views.past, name="past"),
    path("settings/", panel_views.settings, name="new_settings"),
    path("instructions/", manage_views.instructions, name="new_instructions"),
    path("request/", panel_views.show_request, name="new_request"),
    path("answers/<uuid:run_id>/again/", views.again, name="again"),
    path("answers/<uuid:run_id>/again/<slug:way>/", way_views.again_way, name="again_way"),
    path("answers/<uuid:run_id>/model/<slug:lasting>/", way_views.again_with, name="again_with"),
    path("answers/<uuid:run_id>/ways/", way_views.ways, name="ways"),
    path("answers/<uuid:run_id>/branch/", branch_views.branch, name="branch"),
    path("<uuid:conversation_id>/", views.conversation, name="conversation"),
    path("<uuid:conversation_id>/turns/<uuid:turn_id>/edit/", branch_views.edit, name="edit_turn"),
    path("<uuid:conversation_id>/turns/<uuid:turn_id>/switch/", branch_views.switch, name="switch"),
    path("<uuid:conversation_id>/stop/", views.stop, name="stop"),
    path("<uuid:conversation_id>/settings/", panel_views.settings, name="settings"),
    path("<uuid:conversation_id>/instructions/", manage_views.instructions, name="instructions"),
    path("<uuid:conversation_id>/request/", panel_views.show_request, name="request"),
    path("<uuid:conversation_id>/check/", handing_over.check, name="check"),
    path("<uuid:conversation_id>/rename/", manage_views.rename, name="rename"),
    path("<uuid:conversation_id>/delete/", manage_views.delete, name="delete"),
    path("<uuid:conversation_id>/restore/", manage_views.restore, name="restore"),
]
