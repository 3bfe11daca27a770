"""Checks: pure functions from a record to findings, one folder a family, one file a check."""

from bringup.checks.check import SECTIONS, Check
from bringup.checks.runner import rank, run_checks
from bringup.checks.table import CHECKS

__all__ = ["CHECKS", "SECTIONS", "Check", "rank", "run_checks"]
