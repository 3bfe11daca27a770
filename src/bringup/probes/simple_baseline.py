"""Does a simple model answer better, on the same rows? What is compared was fitted when the captured rows were analysed."""

from bringup.probes.result import Answer, ProbeResult
from bringup.record import AnswersFacts, Record

NAME = "simple-baseline"
QUESTION = "Does a simple model do better on the same rows?"
QUANTITY = {"classification": "share of right answers on evaluated rows", "regression": "R² on evaluated rows"}
ERRORS = 3.0  # standard errors of the score by which one must be better
MEANING = {
    "yes": "A simple model does better: the data hold more than this model, or its training, makes of them.",
    "no": "No simple model does better: linear models, neighbours and trees were tried.",
}


def simple_baseline(record: Record) -> ProbeResult | None:
    """The model beside the best simple one, where both were judged on rows that neither was trained on.

    Nothing for a model that is nearly perfect, beside which simple ones are not fitted.
    """
    judged = [facts for facts in record.answers or () if facts.model is not None and facts.simple is not None]
    if not judged:
        return None
    facts = max(judged, key=lambda entry: entry.judged_rows)
    answer: Answer = "yes" if better(facts) else "no"
    return ProbeResult(
        probe=NAME,
        question=QUESTION,
        quantity=QUANTITY[facts.task],
        before=facts.model,
        after=facts.simple,
        answer=answer,
        meaning=MEANING[answer] if answer == "no" else f"{MEANING[answer]} It was: {facts.simple_name}.",
    )


def better(facts: AnswersFacts) -> bool:
    """Whether the simple model is better by more than chance."""
    return facts.model is not None and facts.simple is not None and facts.simple - facts.model > ERRORS * facts.error
