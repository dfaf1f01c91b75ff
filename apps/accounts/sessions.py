"""Sessions in the database. A cookie that cannot be the name of one is no session, and no question to the database."""

from django.contrib.sessions.backends import db


class SessionStore(db.SessionStore):
    def _validate_session_key(self, key: str) -> bool:
        """Ours are lower-case letters and digits. PostgreSQL answers a NUL with an error, so strangers could make error pages."""
        is_possible = bool(super()._validate_session_key(key))  # type: ignore[misc]  # Django's types do not know it
        return is_possible and key.isascii() and key.isalnum() and len(key) <= 40
