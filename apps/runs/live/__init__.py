"""Progress of runs, from the worker to the browser.

`publisher` (worker) ─▶ one Redis stream and channel for each run ─▶ `hub` (web, one subscription for
each process) ─▶ `feed` (one for each run that a browser watches) ─▶ server-sent events.

Every message says at which character it begins, so that order, repeats and gaps need no other
bookkeeping: what is known is skipped, what is missing is read from the row.
"""
