"""Loops over evaluation batches, as people write them: which tell of one batch only, and which do not."""

import ast

import pytest

from bringup.capture.source.loops import troubles_at

WRONG = {
    "overwritten": """
correct, total = 0, 0
for x, y in loader:
    out = model(x)
    correct = (out.argmax(1) == y).sum().item()
    total += len(y)
print(correct / total)
""",
    "overwritten total": """
correct, total = 0, 0
for x, y in loader:
    correct += (model(x).argmax(1) == y).sum().item()
    total = y.size(0)
print(correct / total)
""",
    "reset": """
for x, y in loader:
    hits = 0
    hits += (model(x).argmax(1) == y).sum().item()
print(hits / 100)
""",
    "reset lists": """
for x, y in loader:
    answers, truth = [], []
    answers.extend(model(x).argmax(1).tolist())
    truth.extend(y.tolist())
print(accuracy_score(truth, answers))
""",
    "kept": """
for x, y in loader:
    answer = model(x).argmax(1)
print((answer == y).float().mean())
""",
    "kept for a metric": """
for x, y in loader:
    answer = model(x).argmax(1)
print(f1_score(y, answer))
""",
    "returned": """
def test(loader):
    correct = total = 0
    for x, y in loader:
        correct += (model(x).argmax(1) == y).sum().item()
        total += len(y)
        return correct / total
""",
}
RIGHT = {
    "added": """
correct, total = 0, 0
for x, y in loader:
    out = model(x)
    correct += (out.argmax(1) == y).sum().item()
    total += len(y)
print(correct / total)
""",
    "added by hand": """
correct = 0
for x, y in loader:
    correct = correct + (model(x).argmax(1) == y).sum().item()
print(correct / 100)
""",
    "lists": """
answers, truth = [], []
for x, y in loader:
    answer = model(x).argmax(1)
    answers.extend(answer.tolist())
    truth.extend(y.tolist())
print(accuracy_score(truth, answers), (answer == y).float().mean())
""",
    "the last batch beside the sum": """
hits, last = 0, 0.0
for x, y in loader:
    right = (model(x).argmax(1) == y).sum().item()
    hits += right
    last = right / len(y)
print(hits / 100, last)
""",
    "the largest": """
worst = 0
for x, y in loader:
    worst = max(worst, loss(model(x), y).item())
print(worst)
""",
    "per batch": """
for x, y in loader:
    hits = 0
    hits += (model(x).argmax(1) == y).sum().item()
    print(hits)
""",
    "a picture": """
for x, y in loader:
    again = model(x)
show(x, again)
""",
    "steps in time": """
state = None
for t in range(10):
    out, state = model(series[t], state)
print((out.argmax(1) == truth).float().mean())
""",
    "a first look": """
def look(loader):
    for x, y in loader:
        return x, y, model(x)
""",
    "names used again": """
for x, y in loader:
    answer = model(x).argmax(1)
    hits.append((answer == y).sum())
x, y = whole
answer = model(x).argmax(1)
print((answer == y).float().mean())
""",
}


def line_of_model(text: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if "model(" in line)


@pytest.mark.parametrize("name", WRONG)
def test_one_batch_is_found(name: str):
    troubles = troubles_at(ast.parse(WRONG[name]), line_of_model(WRONG[name]))
    assert [trouble.kind for trouble in troubles or []][:1] == [name.split()[0]]


@pytest.mark.parametrize("name", RIGHT)
def test_all_batches_are_no_trouble(name: str):
    assert not troubles_at(ast.parse(RIGHT[name]), line_of_model(RIGHT[name]))


def test_no_loop():
    assert troubles_at(ast.parse("print(model(x))"), 1) is None
