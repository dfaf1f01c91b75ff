"""Files: what the team keeps here and at its providers.

The rows             models, content (our copy), purposes (what a file is for), places (where it can lie)
Bringing             judging (what is taken), bringing (piece by piece, or whole), forms, bring_views
What came            looking (the worker's steps), kinds and examining (what it is), drawing (small pictures, in a child), line_places,
                     checking and sentences (lines of JSON), reporting and pricing (for a page)
The list             finding (filters, order, pages, totals), telling (how it stands with a file), views
One file             standing (what of it is new to a page that looks again), calls (about it, and the next one)
What is shown        previewing, examples (a line in words), look_views
What is done here    act_views, downloads, removing
What is made of it   making (the new row, the old one to the bin), writing_out (its bytes), editing, edit_views, table_forms, table_views
At the providers     sending (what people want), following (one step after the other: uploading, fetching, stopping, erasing), remote_calls
                     (each call once), remote_keys (with whose key), operations (how providers are asked), supplying (the bytes, without a
                     second copy), remote_states, remote_views
Their lists          syncing, remote_lists, remote_answers (read with care), storing_lists, using, sync_views
For the other apps   home, jump, holdings, leftovers (what kills left in the storage), bin
"""
