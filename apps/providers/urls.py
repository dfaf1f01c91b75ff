from django.urls import path

from apps.providers import model_views, own_key_views, picker_views, views

app_name = "providers"

urlpatterns = [
    path("", views.list_providers, name="list"),
    path("new/", views.new, name="new"),
    path("built-in/", views.connect_builtin, name="connect_builtin"),
    path("picker/", picker_views.rows, name="picker"),
    path("<uuid:pk>/", views.edit, name="edit"),
    path("<uuid:pk>/test/", views.test, name="test"),
    path("<uuid:pk>/delete/", views.delete, name="delete"),
    path("<uuid:pk>/key/remove/", views.remove_key, name="remove_key"),
    path("<uuid:pk>/own-key/", own_key_views.edit, name="own_key"),
    path("<uuid:pk>/own-key/remove/", own_key_views.remove, name="remove_own_key"),
    path("<uuid:pk>/models/", model_views.list_provider_models, name="models"),
    path("<uuid:pk>/models/add/", model_views.add, name="add_model"),
    path("<uuid:pk>/models/<uuid:model_pk>/", model_views.edit, name="edit_model"),
    path("<uuid:pk>/models/<uuid:model_pk>/mark/", model_views.mark, name="mark_model"),
    path("<uuid:pk>/models/<uuid:model_pk>/allow/", model_views.allow, name="allow_setting"),
    path("<uuid:pk>/models/<uuid:model_pk>/forget/", model_views.forget, name="forget_model"),
    path("<uuid:pk>/models/<uuid:model_pk>/default/", model_views.make_default, name="make_default"),
    path("<uuid:pk>/models/<uuid:model_pk>/remove/", model_views.remove, name="remove_model"),
]
