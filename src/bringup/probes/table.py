"""All probes by name."""

from bringup.probes import (
    aligned_shapes,
    cleared_gradients,
    constant_schedule,
    default_optimizer,
    float32,
    higher_learning_rate,
    lower_learning_rate,
    negated_loss,
    no_regularisation,
    raw_logits,
    reinitialised,
    right_mode,
    standardised_inputs,
    standardised_target,
    zeroed_inputs,
)
from bringup.probes.probe import Probe

PROBES: dict[str, Probe] = {
    module.PROBE.name: module.PROBE
    for module in (
        lower_learning_rate,
        higher_learning_rate,
        default_optimizer,
        negated_loss,
        no_regularisation,
        standardised_inputs,
        standardised_target,
        float32,
        reinitialised,
        zeroed_inputs,
        raw_logits,
        aligned_shapes,
        cleared_gradients,
        right_mode,
        constant_schedule,
    )
}
