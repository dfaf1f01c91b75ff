"""Sound files: what they hold, where they are silent, cut, joined and written anew. PyAV and numpy; no Django, no app.

Files come from strangers, so they are opened in a process of its own with limits (`work`), never in the one that asks.

process    the child: one job in, one answer out       child, __main__   what runs in it
reading    decoding, with limits                       measuring         length, loudness, pauses
cutting    parts at pauses                             writing           encoding, joining
"""
