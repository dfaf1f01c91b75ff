"""Measures the speed promises of the product on this machine: `make bench`, or `python -m benchmarks S1 S5`.

The real product (Valkey, worker, web, each a process) talks to the loopback provider of the tests, and a
client of its pages counts. What depends on the machine is measured beside "direct": the same call from the same
client straight to the provider, in turns with the product. Nothing here fails a test; it prints and writes JSON.
"""
