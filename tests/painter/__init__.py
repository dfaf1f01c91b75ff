"""The mask painter in Chromium, on a small page of its own under the real policy."""
