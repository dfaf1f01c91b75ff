"""Pictures as pixels: judged, decoded, put together, measured and made smaller. Pillow only: no model, no settings, no database."""
