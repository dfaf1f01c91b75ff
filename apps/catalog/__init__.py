"""Models: what there is at all providers, what it costs, who may use it, what has chosen it, and when it leaves.

What is known of models, and who may use one, stands below in `apps.providers`; here are the pages.

The list             listing (rows and filters), nearness (of a name to what is looked for), usage (what a month of calls
                     has cost), views
One model            model_views (its page and what is known of it), forms, access_views (who may use it), trying (a test, and what its
                     provider says of it), trying_views
Leaving              retiring (what leaves, what is touched, what takes its place), retiring_views
Deleting             deleting (a tuned model, at its provider), deleting_views
Calls                operations
For the other apps   home, jump
"""
