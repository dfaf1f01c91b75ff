"""What this app tells those above it."""

from django.dispatch import Signal

team_created = Signal()  # team: Team. Sent in the transaction that makes the team
