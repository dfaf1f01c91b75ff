"""Similarity: rows of text, and what is alike among them.

What is asked        operations (the call), answers (vectors out of an answer), planning (rows into calls), choosing (model and settings), forms, starters
The rows             models, services (what people do), asking (the calls of a side), comparing (what is alike), finding (reads what was found)
Its pages            views, settings_views, set_views, side_views, showing (one tab), drawing (the map), heat (the table), closest, held (vectors in
                     memory), telling (how far a side is), export_views, writing (the files)
For the other apps   home, jump, holdings, bin
"""
