"""Programs that leave the loop to a framework which is torch underneath."""

import pytest

from bringup.capture.running import watch_source

LIGHTNING = """
import logging, warnings
import torch
from torch import nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, TensorDataset
import lightning as L
for name in ("lightning.pytorch", "lightning.fabric", "lightning"):
    logging.getLogger(name).setLevel(logging.ERROR)
warnings.simplefilter("ignore")
torch.manual_seed(0)
x = torch.randn(256, 6)
y = (x[:, 0] > 0).long()

class Net(L.LightningModule):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 2))
    def forward(self, x):
        return self.body(x)
    def training_step(self, batch, index):
        return F.cross_entropy(self(batch[0]), batch[1])
    def validation_step(self, batch, index):
        self.log("loss", F.cross_entropy(self(batch[0]), batch[1]))
    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters(), lr=1e-2)

trainer = L.Trainer(max_epochs=3, accelerator="cpu", logger=False, enable_checkpointing=False, enable_progress_bar=False,
                    enable_model_summary=False, num_sanity_val_steps=0)
train = DataLoader(TensorDataset(x[:192], y[:192]), batch_size=32, shuffle=True)
trainer.fit(Net(), train, DataLoader(TensorDataset(x[192:], y[192:]), batch_size=32))
"""

SKORCH = """
import warnings
import torch
from torch import nn
from skorch import NeuralNetClassifier
warnings.simplefilter("ignore")
torch.manual_seed(0)
x = torch.randn(256, 6)
y = (x[:, 0] > 0).long()

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 2))
    def forward(self, x):
        return self.body(x)

model = NeuralNetClassifier(Net, criterion=nn.CrossEntropyLoss, max_epochs=3, lr=0.1, batch_size=32, verbose=0)
model.fit(x, y)
"""


@pytest.mark.filterwarnings("ignore")
def test_lightning():
    pytest.importorskip("lightning")
    record = watch_source(LIGHTNING)
    assert record.program.steps == 18
    train = [call for call in record.calls if call.use == "train"]
    assert [call.where.line for call in train] == [21]
    assert train[0].rows == 3 * 192
    assert [call.where.line for call in record.calls if call.use == "evaluate"] == [23]
    assert {(loss.function, loss.where.line) for loss in record.losses} == {("cross_entropy", 21), ("cross_entropy", 23)}
    assert len(record.need_series("step/loss")) == 18


@pytest.mark.filterwarnings("ignore")
def test_skorch():
    pytest.importorskip("skorch")
    record = watch_source(SKORCH)
    assert record.program.steps > 10
    train = [call for call in record.calls if call.use == "train"]
    assert len(train) == 1
    assert any(loss.training and loss.function == "cross_entropy" for loss in record.losses)
