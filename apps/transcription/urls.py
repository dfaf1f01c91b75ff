"""Addresses."""

app_name = "transcription"
urlpatterns: list[object] = []
