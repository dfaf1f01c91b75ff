from django.urls import path

from apps.providers import model_rule_views

app_name = "model_rules"

urlpatterns = [
    path("", model_rule_views.list_rules, name="list"),
    path("new/", model_rule_views.new, name="new"),
    path("<str:pk>/", model_rule_views.edit, name="edit"),
    path("<str:pk>/delete/", model_rule_views.delete, name="delete"),
]
