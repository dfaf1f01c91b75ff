"""Addresses."""

app_name = "speech"
urlpatterns: list[object] = []
