"""Numbers that stand for texts, and what is alike among them. numpy only; no Django, no app."""
