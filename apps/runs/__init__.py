"""Runs: one row for each call to a provider, from the click to the receipt. docs/architecture.md tells the way.

What others call     services (start, stop, repeat), registry and operations (what a capability brings), whole_answers
The row              models, transitions (every change of its status), costs, storable
In the worker        tasks, executor, wire (with bounds and links), supervisor, outcomes, refusals, patience
In background        remote (what an operation brings), pursuit (the loop's half), following (the thread's)
What goes in         supplies (bytes that another app keeps)
What a call brought  results (made ready in the background, or why not: room), files, keepers; scratch, through which it passes
Beside the words     besides (tools that were used, pages that are cited)
What follows them    followups (of several runs, or before the first), leases of rows
What comes before    gates (whether a call may be sent)
When something dies  sweeper, heartbeats, comeback (a backup was put back)
Live text            live/
Pages                views, forms, export · words, explanations, failures, acts (what can be done about them), markdown, snippets
Words that go        erasure, holdings
For the other apps   home, month (its sums), health, jump
"""
