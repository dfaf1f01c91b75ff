"""The safety check: what a text or a picture would be flagged for, and the check before sending.

How a check comes about    forms, pictures, services, cutting, judging, taking, starters
What was said              reading, categories, verdicts, tables, summing, showing, exporting
Pages                      views, check_views, row_views, judging_views, settings_views, export_views, choosing
Before sending             rules, gate, rules_views, rules_urls
For the rest               operations, models, taking_over, bin, holdings, home, jump, uses
"""
