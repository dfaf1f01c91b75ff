from django.urls import path

from apps.setup import views

app_name = "setup"
urlpatterns = [
    path("", views.start, name="start"),
    path("provider/", views.provider, name="provider"),
    path("provider/<uuid:pk>/test/", views.test_provider, name="test_provider"),
    path("models/", views.models, name="models"),
    path("done/", views.done, name="done"),
]
