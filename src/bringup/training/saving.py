"""Save and load a model without pickle: weights as safetensors, estimators through skops, all else as JSON."""

import json
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save

from bringup.data.prepare import Preparer
from bringup.data.schema import Schema
from bringup.errors import BringupError
from bringup.record import write_bytes, write_text
from bringup.training.fit import Fitted, Goal, ModelPlan, build_network

# What our models are made of. No wider: a function that a model may call (`numpy.testing.runstring`) could run anything.
TRUSTED = (
    "functools.partial",
    "sklearn._loss.",
    "sklearn.compose.",
    "sklearn.dummy.",
    "sklearn.ensemble._hist_gradient_boosting.",
    "sklearn.linear_model.",
    "sklearn.preprocessing.",
    "sklearn.utils.validation.check_array",
)


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
            save({name: value.detach().cpu().contiguous() for name, value in fitted.model.state_dict().items()}),
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
        BringupError: if the folder holds no model, a damaged one, or an estimator with types that our models are not made of.
    """
    run = folder.parent
    try:
        description: dict[str, Any] = json.loads((folder / "model.json").read_text())
        preparer = Preparer.model_validate_json((folder / "preparer.json").read_text())
        schema = Schema.model_validate_json((folder / "schema.json").read_text())
        plan = ModelPlan.model_validate(description["plan"])
        goal = Goal(**{**description["goal"], "classes": tuple(description["goal"]["classes"])})
        model = load_network(folder, plan, goal, description["inputs"]) if plan.kind == "mlp" else load_estimator(folder)
    except FileNotFoundError as error:
        there = f"{Path(error.filename).name} is missing"
        raise BringupError(f"no model in {run}", there=there, do="name the folder of a finished run") from None
    except (OSError, ValueError, KeyError, TypeError, RuntimeError, SafetensorError, BadZipFile) as error:
        there = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise BringupError(f"the model in {run} cannot be read", there=there, do="run it again") from None
    return Fitted(plan=plan, goal=goal, model=model), preparer, schema


def load_network(folder: Path, plan: ModelPlan, goal: Goal, inputs: int) -> torch.nn.Module:
    """A network with its saved weights."""
    network = build_network(plan, inputs, goal, seed=0)
    network.load_state_dict(load((folder / "network.safetensors").read_bytes()))
    return network


def load_estimator(folder: Path) -> Any:
    """An estimator; only types that our models are made of are accepted."""
    import skops.io

    content = (folder / "estimator.skops").read_bytes()
    types = skops.io.get_untrusted_types(data=content)
    strange = [name for name in types if not name.startswith(TRUSTED)]
    if strange:
        raise BringupError(
            f"the model in {folder.parent} holds types that no model of ours has", there=", ".join(strange), do="do not load it"
        )
    return skops.io.loads(content, trusted=types)
