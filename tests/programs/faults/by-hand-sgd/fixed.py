# softmax regression and one hidden layer without autograd, optimizer or nn.Module
import torch
from sklearn.datasets import load_iris
from sklearn.model_selection import train_test_split

torch.manual_seed(27)
torch.set_grad_enabled(False)

iris = load_iris()
x_tr, x_te, y_tr, y_te = train_test_split(iris.data, iris.target, test_size=0.3, stratify=iris.target, random_state=27)
mu, sd = x_tr.mean(0), x_tr.std(0)
x_tr, x_te = torch.tensor((x_tr - mu) / sd).float(), torch.tensor((x_te - mu) / sd).float()
y_tr, y_te = torch.tensor(y_tr), torch.tensor(y_te)

W1, b1 = torch.randn(4, 12) * 0.5, torch.zeros(12)
W2, b2 = torch.randn(12, 3) * 0.3, torch.zeros(3)
eta, batch = 0.1, 15

for epoch in range(60):
    nll = 0.0
    for rows in torch.randperm(len(x_tr)).split(batch):
        x, y = x_tr[rows], y_tr[rows]
        # forward
        h = torch.tanh(x @ W1 + b1)
        p = torch.softmax(h @ W2 + b2, dim=1)
        nll -= p[torch.arange(len(y)), y].log().sum().item()
        # backward
        d_out = p.clone()
        d_out[torch.arange(len(y)), y] -= 1
        d_out /= len(y)
        d_hid = (d_out @ W2.T) * (1 - h * h)
        # update
        W2 -= eta * h.T @ d_out
        b2 -= eta * d_out.sum(0)
        W1 -= eta * x.T @ d_hid
        b1 -= eta * d_hid.sum(0)
    if epoch % 10 == 9:
        print(f"epoch {epoch + 1}: nll {nll / len(x_tr):.4f}")

predicted = (torch.tanh(x_te @ W1 + b1) @ W2 + b2).argmax(1)
print(f"final accuracy: {(predicted == y_te).double().mean().item():.4f}")
