"""Echo state network on the Lorenz system. Only the linear read-out is trained, in closed batch, with L-BFGS."""
import numpy as np
import torch
from torch import nn


def lorenz(n, dt=0.02, seed=0):
    rng = np.random.default_rng(seed)
    s = np.array([1.0, 1.0, 25.0]) + rng.normal(0, 1, 3)

    def rhs(v):
        x, y, z = v
        return np.array([10 * (y - x), x * (28 - z) - y, x * y - 8 / 3 * z])

    out = np.empty((n, 3))
    for i in range(n):
        k1 = rhs(s)
        k2 = rhs(s + dt / 2 * k1)
        k3 = rhs(s + dt / 2 * k2)
        k4 = rhs(s + dt * k3)
        s = s + dt / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
        out[i] = s
    return out


class Reservoir(nn.Module):
    def __init__(self, n_in=3, size=300, radius=0.9, leak=0.6, density=0.05, seed=0):
        super().__init__()
        g = torch.Generator().manual_seed(seed)
        w = torch.randn(size, size, generator=g) * (torch.rand(size, size, generator=g) < density)
        w = w * (radius / torch.linalg.eigvals(w).abs().max())
        self.register_buffer("w", w)
        self.register_buffer("w_in", (torch.rand(size, n_in, generator=g) - 0.5) * 0.4)
        self.register_buffer("bias", (torch.rand(size, generator=g) - 0.5) * 0.4)
        self.leak = leak
        self.readout = nn.Linear(size + n_in, 3)
        nn.init.zeros_(self.readout.weight)
        nn.init.zeros_(self.readout.bias)

    @torch.no_grad()
    def drive(self, u, state=None):
        state = torch.zeros(self.w.shape[0]) if state is None else state
        states = []
        for x in u:
            pre = self.w @ state + self.w_in @ x + self.bias
            state = (1 - self.leak) * state + self.leak * torch.tanh(pre)
            states.append(torch.cat([state, x]))
        return torch.stack(states), state

    def forward(self, features):
        return self.readout(features)


def main():
    torch.manual_seed(0)
    washout, n_train, n_test = 200, 4000, 1500
    series = lorenz(washout + n_train + n_test + 1)
    mu, sd = series[: washout + n_train].mean(0), series[: washout + n_train].std(0)
    u = torch.tensor((series - mu) / sd, dtype=torch.float32)

    esn = Reservoir()
    feats, _ = esn.drive(u[:-1])
    delta = (u[1:] - u[:-1]) / 0.1          # the read-out predicts the increment
    a, b = washout, washout + n_train
    x_train, y_train = feats[a:b], delta[a:b]
    x_test, y_test = feats[b:], delta[b:]

    opt = torch.optim.LBFGS(
        esn.readout.parameters(), lr=1.0, max_iter=40, history_size=20, line_search_fn="strong_wolfe"
    )
    ridge = 1e-7

    def closure():
        opt.zero_grad()
        loss = nn.functional.mse_loss(esn(x_train), y_train) + ridge * esn.readout.weight.pow(2).sum()
        loss.backward()
        return loss

    for outer in range(12):
        loss = opt.step(closure)
        with torch.no_grad():
            test = nn.functional.mse_loss(esn(x_test), y_test).item()
        print(f"round {outer:2d} objective {loss.item():.6f} test mse {test:.6f} of variance {y_test.var():.4f}")

    with torch.no_grad():
        resid = ((esn(x_test) - y_test) ** 2).sum() / ((y_test - y_test.mean(0)) ** 2).sum()
        print(f"one-step R2 of the increment {1 - resid.item():.5f}")
        x, state, run = u[b], esn.drive(u[:b])[1], []
        for _ in range(100):
            f, state = esn.drive(x.unsqueeze(0), state)
            x = x + 0.1 * esn(f)[0]
            run.append(x)
        err = (torch.stack(run) - u[b + 1 : b + 101]).norm(dim=1)
        horizon = int((err > 0.5).float().argmax()) if bool((err > 0.5).any()) else 100
    print(f"free run stays within 0.5 sd for {horizon} steps")


if __name__ == "__main__":
    main()
