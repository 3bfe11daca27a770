"""Does the model use its inputs?"""

from dataclasses import dataclass

from bringup.findings import Family
from bringup.probes.change import Change
from bringup.probes.probe import Probe
from bringup.probes.result import Answer
from bringup.probes.trajectory import Trajectory


@dataclass(frozen=True, kw_only=True)
class ZeroedInputs(Probe):
    """With every input 0 a model can learn the average and no more; one that loses nothing by it never used its inputs."""

    same: float = 0.9  # of what was left, or more, is the same

    def judge(self, before: Trajectory, after: Trajectory, *, left_before: float, left_after: float) -> Answer:
        """Yes where inputs make no difference to what is learned."""
        if before.shape == "converges":
            return "no"
        if not left_after > 0 or "explodes" in (before.shape, after.shape):
            return "unclear"
        return "yes" if left_before >= self.same * left_after else "no"


PROBE = ZeroedInputs(
    name="zeroed-inputs",
    question="Is the result the same with all inputs zero?",
    change=Change(zero_inputs=True),
    changes={"zeroed-inputs": {}},
    family=Family.PREPROCESSING,
    yes="With all inputs zero the loss is the same: the inputs do not reach the model, or carry nothing. "
    "Look at the data pipeline.",
    no="The inputs matter: they reach the model.",
)
