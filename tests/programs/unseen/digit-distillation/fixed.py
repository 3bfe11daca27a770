"""Distil a wide digit classifier into a small one that never sees the labels."""

import torch
import torch.nn as nn
import torch.nn.functional as F
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

TEMPERATURE = 3.0


def load():
    x, y = load_digits(return_X_y=True)
    a, b, c, d = train_test_split(x / 16.0, y, test_size=0.25, stratify=y, random_state=14)
    return torch.tensor(a, dtype=torch.float32), torch.tensor(b, dtype=torch.float32), torch.tensor(c), torch.tensor(d)


def mlp(width):
    return nn.Sequential(nn.Linear(64, width), nn.ReLU(), nn.Linear(width, 10))


@torch.no_grad()
def accuracy(model, x, y):
    model.eval()
    return (model(x).argmax(1) == y).float().mean().item()


def train_teacher(teacher, x, y):
    optimizer = torch.optim.Adam(teacher.parameters(), lr=2e-3)
    teacher.train()
    for _ in range(15):
        for idx in torch.randperm(len(x)).split(32):
            optimizer.zero_grad()
            F.cross_entropy(teacher(x[idx]), y[idx]).backward()
            optimizer.step()


def distil(teacher, student, x):
    teacher.eval()
    for p in teacher.parameters():
        p.requires_grad_(False)
    optimizer = torch.optim.Adam(student.parameters(), lr=4e-3)
    student.train()
    for epoch in range(1, 31):
        total = 0.0
        for idx in torch.randperm(len(x)).split(32):
            soft = F.softmax(teacher(x[idx]) / TEMPERATURE, dim=1)
            logp = F.log_softmax(student(x[idx]) / TEMPERATURE, dim=1)
            loss = F.kl_div(logp, soft, reduction="batchmean") * TEMPERATURE**2
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(idx)
        if epoch % 5 == 0:
            print(f"epoch {epoch} distillation loss {total / len(x):.4f}")


if __name__ == "__main__":
    torch.manual_seed(14)
    x_train, x_test, y_train, y_test = load()
    teacher, student = mlp(256), mlp(24)
    train_teacher(teacher, x_train, y_train)
    print(f"teacher accuracy {accuracy(teacher, x_test, y_test):.4f}")
    distil(teacher, student, x_train)
    print(f"final accuracy: {accuracy(student, x_test, y_test):.4f}")
