from django.urls import path

from apps.providers import answer_way_views, moved_views, own_key_views, picker_views, views

app_name = "providers"

urlpatterns = [
    path("", views.list_providers, name="list"),
    path("new/", views.new, name="new"),
    path("built-in/", views.connect_builtin, name="connect_builtin"),
    path("picker/", picker_views.rows, name="picker"),
    path("<uuid:pk>/", views.edit, name="edit"),
    path("<uuid:pk>/test/", views.test, name="test"),
    path("<uuid:pk>/answers-by/", answer_way_views.choose, name="answers_by"),
    path("<uuid:pk>/delete/", views.delete, name="delete"),
    path("<uuid:pk>/key/remove/", views.remove_key, name="remove_key"),
    path("<uuid:pk>/own-key/", own_key_views.edit, name="own_key"),
    path("<uuid:pk>/own-key/remove/", own_key_views.remove, name="remove_own_key"),
    path("<uuid:pk>/models/", moved_views.models, name="models"),
    path("<uuid:pk>/models/<uuid:model_pk>/", moved_views.model, name="edit_model"),
]
