"""Similarity: rows of text, and what is alike among them.

What is asked        operations (the call), answers (vectors out of an answer), planning (rows into calls), choosing (model and size),
                     forms, starters
The rows             models, services (what people do), claiming (who asks for what), asking (the calls of a side), taking (what came of
                     them), comparing (what is alike), finding (reads it), held (vectors in memory), texts (rows for a page)
Its pages            views and settings_views (the first page), set_views (the rows), side_views (one model), showing (one tab), row_table,
                     heat, drawing, closest, telling (how far a side is), export_views and writing (files)
For the other apps   home, jump, holdings, bin
"""
