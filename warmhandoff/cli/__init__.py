"""Door for operators: the command `warmhandoff`.

Each module is one command: HELP, arguments(parser), environment(options) where the command decides settings that
must stand before they are read, and run(options), which returns the exit status. `main` lists them.
"""
