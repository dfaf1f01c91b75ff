"""Addresses of Similarity."""

app_name = "similarity"
urlpatterns: list = []
