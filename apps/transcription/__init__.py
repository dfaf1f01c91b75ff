"""Transcribe: recordings, what models heard in them, and what people make of that.

Recordings           recordings (pieces as they come), judging (what is taken), storing, preparing (by a worker), recording_views
Asking               operations, asking (what is asked of a model), choosing (model and settings), parting (how many parts), fitting, kinds,
                     forms
What comes back      answers, streams, heard, wording (words and segments)
A transcript         finding, services, starting and taking (by a worker), settling (its state), working (while it is made),
                     start_views, settings_views
Reading it           reading, marking, speaking, showing, drawing, transcript_views, transcript_urls
Correcting it        editing, splitting, edit_views
Files of it          subtitles/ (pure), files_out, previewing, export_views
More of it           differences (two versions), version_views · lines, translations and translating (by a worker): a second column,
                     translation_views
Its pages            views (the first page), listing
For the other apps   home, jump, holdings, removing, telling, bin
"""
