"""Model-agnostic meta-learning on sine waves (second order, one inner step)."""
import math

import torch
from torch import nn
from torch.func import functional_call


class SineTasks:
    def __init__(self, shots=10, seed=0):
        self.g = torch.Generator().manual_seed(seed)
        self.shots = shots

    def rand(self, lo, hi, *shape):
        return lo + (hi - lo) * torch.rand(*shape, generator=self.g)

    def draw(self):
        amp, phase = self.rand(0.5, 3.0, 1), self.rand(0, math.pi, 1)
        x = self.rand(-4, 4, 2 * self.shots, 1)
        y = amp * torch.sin(x - phase)
        k = self.shots
        return x[:k], y[:k], x[k:], y[k:]


net = nn.Sequential(nn.Linear(1, 40), nn.Tanh(), nn.Linear(40, 40), nn.Tanh(), nn.Linear(40, 1))
mse = nn.functional.mse_loss


def adapt(params, x, y, inner_lr, steps, create_graph):
    for _ in range(steps):
        loss = mse(functional_call(net, params, (x,)), y)
        grads = torch.autograd.grad(loss, list(params.values()), create_graph=create_graph)
        params = {k: p - inner_lr * g for (k, p), g in zip(params.items(), grads)}
    return params


def meta_test(tasks, n, inner_lr, steps):
    before = after = 0.0
    for _ in range(n):
        xs, ys, xq, yq = tasks.draw()
        params = dict(net.named_parameters())
        tuned = adapt(params, xs, ys, inner_lr, steps, create_graph=False)
        with torch.no_grad():
            before += mse(functional_call(net, params, (xq,)), yq).item()
            after += mse(functional_call(net, tuned, (xq,)), yq).item()
    return before / n, after / n


def main(iterations=1000, meta_batch=4, inner_lr=0.05):
    torch.manual_seed(2)
    for m in net:
        if isinstance(m, nn.Linear):
            m.reset_parameters()
    train_tasks = SineTasks(seed=1)
    opt = torch.optim.Adam(net.parameters(), lr=4e-3)
    running = 0.0
    for it in range(1, iterations + 1):
        opt.zero_grad()
        for _ in range(meta_batch):
            xs, ys, xq, yq = train_tasks.draw()
            tuned = adapt(dict(net.named_parameters()), xs, ys, inner_lr, 1, create_graph=True)
            outer = mse(functional_call(net, tuned, (xq,)), yq) / meta_batch
            outer.backward()
            running += outer.item()
        nn.utils.clip_grad_norm_(net.parameters(), 10.0)
        opt.step()
        if it % 100 == 0:
            print(f"iter {it:5d} query loss after adaptation {running / 100:.4f}")
            running = 0.0
    before, after = meta_test(SineTasks(seed=99), 200, inner_lr, steps=5)
    print(f"unseen waves: mse before adaptation {before:.3f}, after five steps {after:.4f}")


if __name__ == "__main__":
    main()
