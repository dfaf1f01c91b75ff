"""Addresses below /chat/. What a conversation has, a new chat has too, without an id."""

from django.urls import path

from apps.chat import exporting, handing_over, manage_views, panel_views, search_views, sharing, tagging, views

app_name = "chat"
urlpatterns = [
    path("", views.home, name="home"),
    path("past/", manage_views.past, name="past"),
    path("shared/", sharing.shared, name="shared"),
    path("shared/rule/", sharing.rule, name="sharing_rule"),
    path("shared/<uuid:share_id>/withdraw/", sharing.withdraw, name="withdraw"),
    path("shared/<str:token>/", sharing.read, name="read_shared"),
    path("tags/", tagging.words, name="tag_words"),
    path("settings/", panel_views.settings, name="new_settings"),
    path("instructions/", manage_views.instructions, name="new_instructions"),
    path("request/", panel_views.show_request, name="new_request"),
    path("answers/<uuid:run_id>/again/", views.again, name="again"),
    path("<uuid:conversation_id>/", views.conversation, name="conversation"),
    path("<uuid:conversation_id>/turns/<uuid:turn_id>/", search_views.see_turn, name="see_turn"),
    path("<uuid:conversation_id>/stop/", views.stop, name="stop"),
    path("<uuid:conversation_id>/settings/", panel_views.settings, name="settings"),
    path("<uuid:conversation_id>/instructions/", manage_views.instructions, name="instructions"),
    path("<uuid:conversation_id>/request/", panel_views.show_request, name="request"),
    path("<uuid:conversation_id>/chat.<slug:kind>", exporting.export, name="export"),
    path("<uuid:conversation_id>/check/", handing_over.check, name="check"),
    path("<uuid:conversation_id>/share/", sharing.share, name="share"),
    path("<uuid:conversation_id>/tags/add/", tagging.add, name="add_tag"),
    path("<uuid:conversation_id>/tags/remove/", tagging.remove, name="remove_tag"),
    path("<uuid:conversation_id>/rename/", manage_views.rename, name="rename"),
    path("<uuid:conversation_id>/delete/", manage_views.delete, name="delete"),
    path("<uuid:conversation_id>/restore/", manage_views.restore, name="restore"),
]
