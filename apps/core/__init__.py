"""What every page needs, and the lists that other apps put something into. Knows none of them.

The shell            context (navigation, Settings), forms, fragments, views (error pages), middleware (headers), bodies, finders
Lists of all apps    home, health, jump, pages (all that can be opened by name), holdings (what each app keeps of a team),
                     handing (texts and pictures that one app hands to another), picturing (pictures made harmless),
                     lists (rows that people bring)
Said on them         keys, glossary, health_reports
Small tools          ids, addresses, charts, logs, storing and serving (files), zipping, sentences,
                     living (rows that can be deleted), aside and aside_child (readers of files in processes of their own),
                     listing (pages of a long list), file_names and amounts (as people read them)
"""
