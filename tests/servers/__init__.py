"""Real servers of other makers, started by the tests: what we believe of their answers is held against them."""
