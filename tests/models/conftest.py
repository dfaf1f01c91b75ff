"""What the tests of the pages of models have, for those that also look into other apps."""

from apps.catalog.tests.conftest import admin, admin_of, as_role, live, make_model, other_team, provider, sign_in, team, work_off

__all__ = ["admin", "admin_of", "as_role", "live", "make_model", "other_team", "provider", "sign_in", "team", "work_off"]
