"""Every address of the site. Each app owns what is below its prefix."""

from django.urls import include, path

urlpatterns = [
    path("", include("apps.accounts.front_urls")),
    path("setup/", include("apps.setup.urls")),
    path("", include("apps.core.urls")),
    path("", include("apps.accounts.urls")),
    path("settings/providers/", include("apps.providers.urls")),
    path("settings/models/rules/", include("apps.providers.model_rule_urls")),
    path("", include("apps.runs.urls")),
    path("chat/", include("apps.chat.urls")),
    path("completions/", include("apps.completions.urls")),
    path("images/", include("apps.images.urls")),
    path("transcribe/", include("apps.transcription.urls")),
    path("speech/", include("apps.speech.urls")),
    path("safety/", include("apps.moderation.urls")),
    path("settings/before-sending/", include("apps.moderation.rules_urls")),
    path("similarity/", include("apps.similarity.urls")),
    path("models/", include("apps.catalog.urls")),
    path("files/", include("apps.files.urls")),
]

handler400 = "apps.core.views.bad_request"
handler403 = "apps.accounts.refusals.permission_denied"
handler404 = "apps.core.views.page_not_found"
handler500 = "apps.core.views.server_error"
