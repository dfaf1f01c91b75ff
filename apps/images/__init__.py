"""Pictures: made from words, changed under a mask, varied, and kept in a gallery.

Asking               operations, services (what is asked), sending (what goes along), choosing (model and settings), forms, starters
What comes back      finishing (judged and put together), keeping (its row in the gallery), pictures/ (everything about pixels)
Its pages            views (making), edit_views (changing, more like this), settings_views, panels, answering
Masks                masking, mask_views
The gallery          gallery, gallery_views, picture_views, change_views, comparing, downloads, bin, uploads, upload_views
For the other apps   home, jump, holdings, passing (pictures made harmless)
"""
