"""Accounts. The names without a namespace are the ones that django-allauth asks for."""

from allauth.account import views as allauth_views
from django.urls import include, path, re_path

from apps.accounts import views

ours = [
    path("settings/", views.settings_page, name="settings"),
    path("settings/look/", views.look, name="look"),
]
urlpatterns = [
    path("sign-in/", views.sign_in, name="account_login"),
    path("sign-out/", allauth_views.logout, name="account_logout"),
    path("sign-in/inactive/", allauth_views.account_inactive, name="account_inactive"),
    path("settings/password/", allauth_views.password_change, name="account_change_password"),
    path("password/reset/", views.password_reset, name="account_reset_password"),
    path("password/reset/sent/", allauth_views.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        allauth_views.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("password/reset/done/", allauth_views.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    path("", include((ours, "accounts"))),
]
