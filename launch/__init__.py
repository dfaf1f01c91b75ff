"""How Playground comes to life on one machine: `make run`.

`install` and `__main__` need nothing but Python: they run before anything is installed. The rest runs
inside the virtual environment. Processes are lines of the Procfile; `supervisor` keeps them going.
"""
