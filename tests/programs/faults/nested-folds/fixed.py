import torch
import torch.nn as nn
from sklearn.datasets import load_wine
from sklearn.model_selection import StratifiedKFold
from sklearn.preprocessing import StandardScaler

data = load_wine()
models, scores = [], []
for k, (fit_rows, out_rows) in enumerate(StratifiedKFold(5, shuffle=True, random_state=19).split(data.data, data.target)):
    torch.manual_seed(19 + k)
    scaler = StandardScaler().fit(data.data[fit_rows])
    x = torch.tensor(scaler.transform(data.data), dtype=torch.float32)
    y = torch.tensor(data.target)
    fit_rows, out_rows = torch.from_numpy(fit_rows), torch.from_numpy(out_rows)

    # the width is chosen on an inner hold-out, then the net is trained again from scratch
    inner = fit_rows[torch.randperm(len(fit_rows))]
    best_width, best_loss = None, float("inf")
    for width, rows, check in [(4, inner[30:], inner[:30]), (16, inner[30:], inner[:30]), (None, fit_rows, None)]:
        net = nn.Sequential(nn.Linear(13, width or best_width), nn.Tanh(), nn.Linear(width or best_width, 3))
        optimizer = torch.optim.Adam(net.parameters(), lr=0.01, weight_decay=1e-3)
        for _ in range(40):
            for batch in rows[torch.randperm(len(rows))].split(24):
                optimizer.zero_grad(set_to_none=False)
                loss = nn.functional.cross_entropy(net(x[batch]), y[batch])
                loss.backward()
                optimizer.step()
        if check is not None:
            with torch.no_grad():
                value = nn.functional.cross_entropy(net(x[check]), y[check]).item()
            if value < best_loss:
                best_width, best_loss = width, value
    models.append(net)
    with torch.no_grad():
        scores.append((net(x[out_rows]).argmax(1) == y[out_rows]).float().mean().item())
    print(f"fold {k + 1}: width {best_width}, loss {loss.item():.4f}, accuracy {scores[-1]:.4f}")

print(f"final accuracy: {sum(scores) / len(scores):.4f}")
