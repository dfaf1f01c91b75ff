"""Accounts. The names without a namespace are the ones that django-allauth asks for."""

from allauth.account import views as allauth_views
from django.urls import include, path, re_path

from apps.accounts import data_urls, look_views, profile_views, session_views, team_urls, views

ours = [
    path("settings/", profile_views.settings_start, name="settings"),
    path("settings/profile/", profile_views.profile, name="profile"),
    path("settings/profile/address/", profile_views.change_address, name="change_address"),
    path("settings/look/", look_views.look, name="look"),
    path("settings/look/theme/", look_views.theme, name="theme"),
    path("settings/sessions/", session_views.sessions, name="sessions"),
    path("settings/sessions/others/end/", session_views.end_other_sessions, name="end_other_sessions"),
    path("settings/sessions/<int:pk>/end/", session_views.end_session, name="end_session"),
    *team_urls.urlpatterns,
    *data_urls.urlpatterns,
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
