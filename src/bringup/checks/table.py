"""All checks, in the order of their codes."""

from bringup.checks.check import Check

CHECKS: tuple[Check, ...] = ()
