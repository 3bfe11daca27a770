"""Run the whole recipe on real tables and hold it against scikit-learn's HistGradientBoosting with defaults.

python benchmarks/run_all.py                  # every data set
python benchmarks/run_all.py adult titanic    # some of them
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from datasets import NAMES, Dataset, fetch
from measure import Measured, bringup
from peer import Peer, held_against

RESULTS = Path(__file__).resolve().parent / "results"
HEAD = (
    "data set",
    "s",
    "GB",
    "verdict",
    "metric",
    "ours",
    "peer",
    "difference [95 %]",
    "no worse",
    "leaks",
    "published",
    "codes",
)


def run_one(name: str, work: Path, *, seed: int = 0) -> dict[str, Any]:
    """Run one data set in a folder and return what came out, as it is written to results/."""
    dataset = fetch(name, work / "data")
    folder = work / "run"
    options = ["--target", dataset.target, *dataset.options]
    options += ["--test", str(dataset.test)] if dataset.test else []
    done = bringup(
        "run",
        str(dataset.data),
        *options,
        "--format",
        "json",
        "--folder",
        str(folder),
        "--seed",
        str(seed),
        "--quiet",
        folder=work,
    )
    return outcome(dataset, folder, done)


def outcome(dataset: Dataset, folder: Path, done: Measured) -> dict[str, Any]:
    """What a finished run says of itself, and how it stands beside the peer."""
    result: dict[str, Any] = {
        "dataset": dataset.name,
        "source": dataset.source,
        "exit_code": done.exit_code,
        "seconds": round(done.seconds, 2),
        "peak_bytes": done.peak_bytes,
    }
    try:
        document = json.loads(done.stdout)
    except json.JSONDecodeError:
        last = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        return result | {"error": f"exit code {done.exit_code}: {last}"}
    found = {
        name for finding in document["findings"] if finding["family"] == "leakage" for name in columns_of(finding, dataset)
    }
    result |= {
        "verdict": document["verdict"],
        "codes": sorted({finding["code"] for finding in document["findings"]}),
        "metrics": document["metrics"],
        "leaks_found": sorted(found),
        "leaks_missed": sorted(set(dataset.expected_leaks) - found),
        "published": [row for row in document["known_results"] if row.get("ours") is not None],
    }
    try:
        return result | {"peer": peer_as_json(held_against(dataset, folder, document))}
    except (OSError, ValueError, KeyError) as error:
        return result | {"error": f"no comparison: {error}"}


def columns_of(finding: dict[str, Any], dataset: Dataset) -> set[str]:
    """The columns that a finding names: its place, or the expected leaks among its evidence and in its message."""
    where = (finding.get("where") or {}).get("column")
    texts = [finding["message"], *(str(part) for item in finding["evidence"] for part in (item["name"], item["value"]))]
    return {where} - {None} | {
        leak for leak in dataset.expected_leaks if any(leak in text.replace("`", " ").split() for text in texts)
    }


def peer_as_json(peer: Peer) -> dict[str, Any]:
    """The comparison in plain values."""
    return {
        "metric": peer.metric,
        "ours": peer.ours,
        "peer": peer.peer,
        "difference": [peer.difference.low, peer.difference.mean, peer.difference.high],
        "no_worse": peer.no_worse,
        "test_rows": peer.rows,
    }


def row(result: dict[str, Any]) -> tuple[str, ...]:
    """One line of the table."""
    peer = result.get("peer")
    cost = (result["dataset"], f"{result['seconds']:.0f}", f"{result['peak_bytes'] / 1e9:.2f}")
    if "verdict" not in result:
        return (*cost, result["error"], *[""] * (len(HEAD) - 4))
    low, mean, high = peer["difference"] if peer else (0.0, 0.0, 0.0)
    compared = (
        (
            peer["metric"],
            f"{peer['ours']:.4f}",
            f"{peer['peer']:.4f}",
            f"{mean:+.4f} [{low:+.4f}, {high:+.4f}]",
            yes(peer["no_worse"]),
        )
        if peer
        else ("", "", "", result.get("error", ""), "")
    )
    missed = [f"missed: {', '.join(result['leaks_missed'])}"] if result["leaks_missed"] else []
    leaks = "; ".join([*([", ".join(result["leaks_found"])] if result["leaks_found"] else []), *missed])
    return (*cost, result["verdict"]["status"], *compared, leaks, published(result["published"]), ", ".join(result["codes"]))


def published(rows: Sequence[dict[str, Any]]) -> str:
    """Our models beside the first published figure of their kind that may be compared."""
    first = {row["ours_model"]: row for row in reversed(rows) if row["comparable"]}
    return "; ".join(
        f"{kind} {row['ours']:.4f} ({row['model']} {row['value']:.4f}: {'within' if row['within_spread'] else 'below'})"
        for kind, row in first.items()
    )


def yes(value: bool) -> str:
    """The word for a truth value."""
    return "yes" if value else "NO"


def as_markdown(results: Sequence[dict[str, Any]]) -> str:
    """All results as one table."""
    lines = [HEAD, tuple("---" for _ in HEAD), *(row(result) for result in results)]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def good(result: dict[str, Any]) -> bool:
    """Whether a run ended with a verdict, found the leaks and is not behind the peer beyond noise."""
    return "error" not in result and not result["leaks_missed"] and result["peer"]["no_worse"]


def main() -> int:
    """Run the command; 1 if a data set falls short."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(NAMES)}")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", type=Path, help="keep the run folders here")
    given = parser.parse_args()
    if unknown := sorted(set(given.names) - set(NAMES)):
        parser.error(f"no data set {', '.join(unknown)}; there are {', '.join(NAMES)}")
    RESULTS.mkdir(exist_ok=True)
    results = []
    for name in given.names or NAMES:
        with TemporaryDirectory() as temporary:
            results.append(run_one(name, given.keep / name if given.keep else Path(temporary), seed=given.seed))
        (RESULTS / f"{name}.json").write_text(json.dumps(results[-1], indent=1) + "\n", encoding="utf-8")
        print(as_markdown(results[-1:]).splitlines()[-1], flush=True)
    print("\n" + as_markdown(results))
    return 0 if all(good(result) for result in results) else 1


if __name__ == "__main__":
    raise SystemExit(main())
