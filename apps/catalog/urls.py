from django.urls import path

from apps.catalog import access_views, deleting_views, model_views, retiring_views, trying_views, views

app_name = "catalog"

urlpatterns = [
    path("", views.show_list, name="list"),
    path("retirements/", retiring_views.show_list, name="retirements"),
    path("providers/<uuid:pk>/sync/", views.sync, name="sync"),
    path("providers/<uuid:pk>/add/", views.add, name="add"),
    path("<uuid:pk>/", model_views.edit, name="model"),
    path("<uuid:pk>/mark/", views.mark, name="mark"),
    path("<uuid:pk>/allow/", model_views.allow, name="allow_setting"),
    path("<uuid:pk>/forget/", model_views.forget, name="forget"),
    path("<uuid:pk>/default/", model_views.make_default, name="make_default"),
    path("<uuid:pk>/remove/", model_views.remove, name="remove"),
    path("<uuid:pk>/access/", access_views.settle_access, name="access"),
    path("<uuid:pk>/try/", trying_views.try_model, name="try"),
    path("<uuid:pk>/told/", trying_views.show_told, name="told"),
    path("<uuid:pk>/delete/", deleting_views.delete, name="delete"),
    path("<uuid:pk>/replace/", retiring_views.replace, name="replace"),
    path("<uuid:pk>/replace/ask/", retiring_views.ask, name="ask"),
    path("<uuid:pk>/replace/use/", retiring_views.use, name="use"),
]
