"""The product as a person meets it: real processes, the loopback provider, and Chromium. One product and one browser for all."""
