"""Addresses of what every app adds to. No namespace: all templates lead there."""

from django.urls import path

from apps.accounts import front, help_views

urlpatterns = [
    path("", front.show_home, name="home"),
    path("settings/health/", front.show_health, name="health"),
    path("jump/", front.show_jump, name="jump"),
    path("help/", help_views.start, name="help"),
    path("help/keys/", help_views.keys, name="help_keys"),
    path("help/failures/", help_views.failures, name="help_failures"),
    path("help/words/", help_views.words, name="help_words"),
]
