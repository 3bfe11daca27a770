import torch
import torch.nn as nn

torch.manual_seed(24)

# songs with hidden appeal; listeners compare two at a time and are sometimes undecided
N, D = 600, 12
features = torch.randn(N, D)
appeal = torch.tanh(features[:, 0] * 1.5) + 0.8 * features[:, 1] * features[:, 2] + 0.5 * features[:, 3]
train_songs, test_songs = torch.arange(450), torch.arange(450, N)


def comparisons(songs, n):
    a, b = songs[torch.randint(len(songs), (n,))], songs[torch.randint(len(songs), (n,))]
    a, b = a[a != b], b[a != b]
    prefer_a = torch.rand(len(a)) < torch.sigmoid(4 * (appeal[a] - appeal[b]))
    return torch.where(prefer_a, a, b), torch.where(prefer_a, b, a)


scorer = nn.Sequential(nn.Linear(D, 64), nn.ReLU(), nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 1, bias=False))
optimizer = torch.optim.AdamW(scorer.parameters(), lr=1e-3, weight_decay=0.1)
better, worse = comparisons(train_songs, 12000)
for epoch in range(12):
    total = 0.0
    for idx in torch.randperm(len(better)).split(100):
        margin = scorer(features[better[idx]]) - scorer(features[worse[idx]])
        loss = nn.functional.softplus(-margin).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item() * len(idx)
    print(f"epoch {epoch + 1}: loss {total / len(better):.4f}")

scorer.eval()
with torch.no_grad():
    score = scorer(features[test_songs]).squeeze(1)
i, j = torch.triu_indices(len(test_songs), len(test_songs), offset=1)
agree = ((score[i] > score[j]) == (appeal[test_songs][i] > appeal[test_songs][j])).float().mean().item()
print(f"final pair accuracy: {agree:.4f}")
