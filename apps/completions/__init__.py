"""Plain text: a text is continued by a model that knows no messages (`POST /completions`, what there was before chats).

operations   the call, and how its stream is read
choosing     by which model and settings the next text is continued
views        the text that is typed, and one that was continued

A continued text is a run and nothing else: it has no rows of its own.
"""
