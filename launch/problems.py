"""What keeps the product from starting, as one sentence for the person at the terminal."""


class CannotStart(Exception):
    """Nothing is left running. The text says what is in the way and what to do about it."""
