import torch
import torch.nn as nn
from sklearn.datasets import make_multilabel_classification
from sklearn.metrics import f1_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from torch.utils.data import DataLoader, TensorDataset

SEED = 13
torch.manual_seed(SEED)

counts, tags = make_multilabel_classification(
    n_samples=3000, n_features=40, n_classes=6, n_labels=2, length=60, random_state=SEED
)
c_train, c_test, t_train, t_test = train_test_split(counts, tags, test_size=500, random_state=SEED)
scaler = StandardScaler().fit(c_train)
c_train = torch.tensor(scaler.transform(c_train), dtype=torch.float32)
c_test = torch.tensor(scaler.transform(c_test), dtype=torch.float32)
t_train = torch.tensor(t_train, dtype=torch.float32)


def init_weights(m):
    if isinstance(m, nn.Linear):
        nn.init.xavier_normal_(m.weight)
        nn.init.zeros_(m.bias)


class Tagger(nn.Module):
    def __init__(self, n_in, n_tags, width=128):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(n_in, width),
            nn.Tanh(),
            nn.Linear(width, width),
            nn.Tanh(),
            nn.Linear(width, width),
            nn.Tanh(),
            nn.Linear(width, n_tags),
        )
        self.apply(init_weights)

    def forward(self, x):
        return self.layers(x)


net = Tagger(c_train.shape[1], t_train.shape[1])
loader = DataLoader(TensorDataset(c_train, t_train), batch_size=50, shuffle=True)
loss_fn = nn.BCEWithLogitsLoss()
sgd = torch.optim.SGD(net.parameters(), lr=0.02, momentum=0.9)

for epoch in range(15):
    net.train()
    running = 0.0
    for c, t in loader:
        sgd.zero_grad()
        loss = loss_fn(net(c), t)
        loss.backward()
        sgd.step()
        running += loss.item()
    print("epoch", epoch + 1, "loss", round(running / len(loader), 4))

net.eval()
with torch.no_grad():
    guess = (net(c_test).sigmoid() > 0.5).int().numpy()
print(f"final macro f1: {f1_score(t_test, guess, average='macro'):.4f}")
