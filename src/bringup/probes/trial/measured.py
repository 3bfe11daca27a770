"""What changes measure, by the names that probes ask for. Nothing here loads torch."""

RIGHT, SCORE = "share of right answers on evaluated rows", "score on evaluated rows"
VARIANCE = "variance of the targets"
GRAPHS = "graphs of earlier calls alive"
AS_IS, STEADY = "unsteady as it is", "unsteady in eval mode"
AT_THE_END, LATER = "loss where the program ends", "loss after more steps"
