"""The command line: thin. One file a command; heavy imports stay inside the functions, so that `--help` is instant."""

from bringup.cli.app import main

__all__ = ["main"]
