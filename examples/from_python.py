"""The recipe from Python, on a table that comes with scikit-learn: `python examples/from_python.py`."""

import polars as pl
from sklearn.datasets import load_breast_cancer

import bringup

raw = load_breast_cancer()
frame = pl.DataFrame(raw["data"], schema=[str(name) for name in raw["feature_names"]]).with_columns(
    diagnosis=pl.Series(raw["target"]).replace_strict({0: "malignant", 1: "benign"})
)

result = bringup.run(frame, target="diagnosis")

document = result.document
print(document.verdict.summary)
print("Next:", document.verdict.next_action)
for candidate in document.candidates:
    mark = "→" if candidate.chosen else " "
    print(f"{mark} {candidate.model:10} {candidate.metric} {candidate.validation:.3f} on validation rows")
print("The report:", result.folder / "report.html")
