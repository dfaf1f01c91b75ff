"""Addresses below /chat/. What a conversation has, a new chat has too, without an id."""

from django.urls import path

from apps.chat import function_views, handing_over, manage_views, panel_views, tool_views, variable_views, views

app_name = "chat"
urlpatterns = [
    path("", views.home, name="home"),
    path("past/", manage_views.past, name="past"),
    path("settings/", panel_views.settings, name="new_settings"),
    path("instructions/", manage_views.instructions, name="new_instructions"),
    path("variables/", variable_views.ask, name="new_variables"),
    path("request/", panel_views.show_request, name="new_request"),
    path("functions/", function_views.functions, name="functions"),
    path("functions/new/", function_views.edit, name="new_function"),
    path("functions/<uuid:function_id>/", function_views.edit, name="function"),
    path("functions/<uuid:function_id>/delete/", function_views.delete, name="delete_function"),
    path("answers/<uuid:run_id>/calls/", tool_views.calls, name="calls"),
    path("answers/<uuid:run_id>/fill/", tool_views.fill, name="fill_call"),
    path("fillings/<uuid:filling_id>/stop/", tool_views.stop, name="stop_filling"),
    path("answers/<uuid:run_id>/again/", views.again, name="again"),
    path("<uuid:conversation_id>/", views.conversation, name="conversation"),
    path("<uuid:conversation_id>/stop/", views.stop, name="stop"),
    path("<uuid:conversation_id>/settings/", panel_views.settings, name="settings"),
    path("<uuid:conversation_id>/instructions/", manage_views.instructions, name="instructions"),
    path("<uuid:conversation_id>/variables/", variable_views.ask, name="variables"),
    path("<uuid:conversation_id>/request/", panel_views.show_request, name="request"),
    path("<uuid:conversation_id>/check/", handing_over.check, name="check"),
    path("<uuid:conversation_id>/rename/", manage_views.rename, name="rename"),
    path("<uuid:conversation_id>/delete/", manage_views.delete, name="delete"),
    path("<uuid:conversation_id>/restore/", manage_views.restore, name="restore"),
]
