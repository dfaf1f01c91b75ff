"""The page of Settings about the check before sending."""

from django.urls import path

from apps.moderation import rules_views

app_name = "before_sending"
urlpatterns = [path("", rules_views.rules, name="rules")]
