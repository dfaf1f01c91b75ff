"""The errors of the design's list (ui.md, section 8), each provoked on the real path and read on its page, with every act followed."""
