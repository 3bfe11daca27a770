"""Fit a sum of two damped oscillations with L-BFGS."""

import torch

torch.manual_seed(1)
t = torch.linspace(0, 6, 240, dtype=torch.float64)
clean = 1.5 * torch.exp(-0.3 * t) * torch.cos(4.0 * t) + 0.8 * torch.exp(-0.7 * t) * torch.cos(9.0 * t)
signal = clean + 0.03 * torch.randn_like(t)
train, held_out = torch.arange(0, 240, 2), torch.arange(1, 240, 2)


class Oscillations(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.amplitude = torch.nn.Parameter(torch.tensor([1.0, 1.0], dtype=torch.float64))
        self.decay = torch.nn.Parameter(torch.tensor([0.5, 0.5], dtype=torch.float64))
        self.omega = torch.nn.Parameter(torch.tensor([3.7, 9.4], dtype=torch.float64))

    def forward(self, t):
        waves = self.amplitude * torch.exp(-self.decay * t[:, None]) * torch.cos(self.omega * t[:, None])
        return waves.sum(1)


model = Oscillations()
optimizer = torch.optim.LBFGS(model.parameters(), lr=1.0, max_iter=10, line_search_fn="strong_wolfe")
calls = 0


def closure():
    global calls
    calls += 1
    optimizer.zero_grad()
    loss = (model(t[train]) - signal[train]).square().mean()
    loss.backward()
    return loss


for it in range(12):
    loss = optimizer.step(closure)
    print(f"step {it + 1}: loss before the step {loss.item():.6f}, closure calls {calls}")

with torch.no_grad():
    residual = (model(t[held_out]) - clean[held_out]).square().mean()
print({name: [round(v, 3) for v in p.tolist()] for name, p in model.named_parameters()})
print(f"final r2: {1 - (residual / clean[held_out].var()).item():.5f}")
