"""The terminal: every subcommand, with the engine of the window."""
