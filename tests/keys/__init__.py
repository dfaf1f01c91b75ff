"""A key typed for one host never reaches another.

Each test goes the whole way: the form, the row, the check-up or the executor, the gateway, and real servers on
loopback that write down everything they hear.
"""
