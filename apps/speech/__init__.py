"""Speech: a text spoken by one voice or several, long ones in pieces that are joined.

Asking               operations, services (what is asked), cutting (long texts), choosing (model, voices, settings), forms, starters
What comes back      taking (pieces asked for and joined, by a worker), telling
Its pages            views (the first page), speech_views (a text), take_views (a voice), settings_views, answering
For the other apps   home, jump, holdings, bin
"""
