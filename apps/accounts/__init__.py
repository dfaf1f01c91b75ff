"""People and teams: who somebody is, what he may do, and what a team keeps.

Who may do what      access (the one place that decides), middleware (which team a request is for), refusals, models
Signing in           views, forms, adapter, sessions, browsers (where somebody is signed in), session_views, user_agents
About oneself        profile_views, profile_forms, time_zones · look_views, look_forms
Teams and people     teams, members, invitations (the rules) · team_views, people_views, invitation_views, team_forms, team_urls
Audit                audit (writes it), audit_listing, audit_views
Data                 data_keeping (housekeeping), data_export, data_services · data_views, data_forms, data_urls
What all apps add to front (Home, Health, jump box), help_views, front_urls
For the other apps   bin (what people delete), home, jump, holdings, signals
"""
