"""Save and load a model without pickle: weights as safetensors, estimators through skops, all else as JSON."""

import json
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load, save

from bringup.data.prepare import Preparer
from bringup.data.schema import Schema
from bringup.errors import BringupError
from bringup.record import write_bytes, write_text
from bringup.training.fit import Fitted, Goal, ModelPlan, build_network

TRUSTED = ("sklearn.", "numpy.", "scipy.")


def save_model(folder: Path, fitted: Fitted, preparer: Preparer, schema: Schema) -> Path:
    """Write a model and all that is needed to apply it to new raw data.

    Raises:
        BringupError: if the disk is full or the folder cannot be written.
    """
    goal = fitted.goal
    description = {
        "plan": fitted.plan.model_dump(mode="json"),
        "goal": {"task": goal.task, "classes": goal.classes, "center": goal.center, "scale": goal.scale},
        "inputs": len(preparer.names),
    }
    if fitted.plan.kind == "mlp":
        write_bytes(
            folder / "network.safetensors",
            save({name: value.cpu().contiguous() for name, value in fitted.model.state_dict().items()}),
        )
    else:
        import skops.io

        write_bytes(folder / "estimator.skops", skops.io.dumps(fitted.model))
    write_text(folder / "preparer.json", preparer.model_dump_json(indent=1))
    write_text(folder / "schema.json", schema.model_dump_json(indent=1))
    return write_text(folder / "model.json", json.dumps(description, indent=1))


def load_model(folder: Path) -> tuple[Fitted, Preparer, Schema]:
    """Read a model back.

    Raises:
        BringupError: if the folder holds no model, or an estimator of a type that scikit-learn does not have.
    """
    try:
        description: dict[str, Any] = json.loads((folder / "model.json").read_text())
        preparer = Preparer.model_validate_json((folder / "preparer.json").read_text())
        schema = Schema.model_validate_json((folder / "schema.json").read_text())
    except FileNotFoundError as error:
        raise BringupError(
            f"no model in {folder.parent}",
            there=f"{Path(error.filename).name} is missing",
            do="name the folder of a finished run",
        ) from None
    except ValueError as error:
        raise BringupError(f"the model in {folder.parent} cannot be read", there=str(error).splitlines()[0]) from None
    plan = ModelPlan.model_validate(description["plan"])
    goal = Goal(**{**description["goal"], "classes": tuple(description["goal"]["classes"])})
    model = load_network(folder, plan, goal, description["inputs"]) if plan.kind == "mlp" else load_estimator(folder)
    return Fitted(plan=plan, goal=goal, model=model), preparer, schema


def load_network(folder: Path, plan: ModelPlan, goal: Goal, inputs: int) -> torch.nn.Module:
    """A network with its saved weights."""
    network = build_network(plan, inputs, goal, seed=0)
    network.load_state_dict(load((folder / "network.safetensors").read_bytes()))
    return network


def load_estimator(folder: Path) -> Any:
    """An estimator; only types of scikit-learn, numpy and scipy are accepted."""
    import skops.io

    content = (folder / "estimator.skops").read_bytes()
    types = skops.io.get_untrusted_types(data=content)
    strange = [name for name in types if not name.startswith(TRUSTED)]
    if strange:
        raise BringupError(
            f"the model in {folder.parent} holds types that are not scikit-learn's",
            there=", ".join(strange),
            do="do not load it",
        )
    return skops.io.loads(content, trusted=types)
