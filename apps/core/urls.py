from django.urls import path

from apps.core import help_views, jump_views, views

urlpatterns = [
    path("jump/", jump_views.results, name="jump"),
    path("help/", help_views.start, name="help"),
    path("help/keys/", help_views.keys, name="help_keys"),
    path("help/words/", help_views.words, name="help_words"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
]
