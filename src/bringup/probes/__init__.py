"""Probes: one thing changed, trained again, compared. Each is one file; `PROBES` lists them."""

from bringup.probes.change import NOTHING, Change, Experiment
from bringup.probes.probe import Probe
from bringup.probes.result import Answer, ProbeResult, Shape
from bringup.probes.table import PROBES
from bringup.probes.trajectory import Trajectory, classify

__all__ = ["NOTHING", "PROBES", "Answer", "Change", "Experiment", "Probe", "ProbeResult", "Shape", "Trajectory", "classify"]
