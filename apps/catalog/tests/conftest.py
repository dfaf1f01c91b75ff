"""The people and the provider of the tests of providers, which the pages of models show; and one that is really called."""

from apps.providers.tests.conftest import admin, make_model, other_team, provider, sign_in, team

__all__ = ["admin", "make_model", "other_team", "provider", "sign_in", "team"]
