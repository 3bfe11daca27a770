"""An optimizer is made anew over the copies of its parameters."""

import copy

import pytest
import torch
from torch import nn

from bringup.diagnosis.parts.untouched import remade

MAKERS = {
    "sgd": lambda groups: torch.optim.SGD(groups, lr=0.1, momentum=0.9, nesterov=True),
    "adamw": lambda groups: torch.optim.AdamW(groups, lr=1e-2, weight_decay=0.1, amsgrad=True),
    "lbfgs": lambda groups: torch.optim.LBFGS(groups[0]["params"], lr=0.5),
}


def train(model: nn.Module, optimizer: torch.optim.Optimizer, steps: int) -> None:
    for _ in range(steps):

        def closure():
            optimizer.zero_grad()
            loss = model(torch.ones(2, 4)).pow(2).mean()
            loss.backward()
            return loss

        optimizer.step(closure)


@pytest.mark.parametrize("name", MAKERS)
def test_it_goes_on_as_the_original_would(name):
    torch.manual_seed(0)
    model = nn.Linear(4, 2)
    groups = (
        [{"params": [model.weight, model.bias]}]
        if name == "lbfgs"
        else [{"params": [model.weight]}, {"params": [model.bias], "lr": 0.01}]
    )
    optimizer = MAKERS[name](groups)
    if name != "lbfgs":
        torch.optim.lr_scheduler.StepLR(optimizer, 10)  # puts a method of its own on the optimizer
    train(model, optimizer, 3)
    memo: dict = {}
    twin = copy.deepcopy(model, memo)
    made = remade(optimizer, memo)
    assert type(made) is type(optimizer)
    assert [id(p) for group in made.param_groups for p in group["params"]] == [id(twin.weight), id(twin.bias)]
    before = model.weight.clone()
    train(twin, made, 3)
    assert torch.equal(model.weight, before)
    train(model, optimizer, 3)
    assert torch.equal(model.weight, twin.weight)
