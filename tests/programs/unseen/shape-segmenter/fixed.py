"""Segment discs and squares in noisy 24x24 pictures."""

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

SIZE = 24
N_CLASSES = 3  # background, disc, square


def draw(rng):
    img = rng.normal(0.2, 0.08, (SIZE, SIZE)) + np.linspace(0, 0.15, SIZE)[None, :]
    mask = np.zeros((SIZE, SIZE), dtype=np.int64)
    yy, xx = np.mgrid[:SIZE, :SIZE]
    for _ in range(rng.integers(1, 4)):
        cy, cx, r = rng.integers(4, SIZE - 4), rng.integers(4, SIZE - 4), rng.integers(2, 5)
        if rng.random() < 0.5:
            where, kind, level = (yy - cy) ** 2 + (xx - cx) ** 2 <= r * r, 1, 0.65
        else:
            where, kind, level = (abs(yy - cy) <= r) & (abs(xx - cx) <= r), 2, 0.85
        img[where] = level + rng.normal(0, 0.08, where.sum())
        mask[where] = kind
    return img.astype(np.float32), mask


class SegNet(nn.Module):
    def __init__(self, width=16):
        super().__init__()
        self.enc1 = self.block(1, width)
        self.enc2 = self.block(width, 2 * width)
        self.dec = self.block(3 * width, width)
        self.head = nn.Conv2d(width, N_CLASSES, 1)

    @staticmethod
    def block(c_in, c_out):
        return nn.Sequential(nn.Conv2d(c_in, c_out, 3, padding=1), nn.BatchNorm2d(c_out), nn.ReLU())

    def forward(self, x):
        a = self.enc1(x)
        b = self.enc2(F.max_pool2d(a, 2))
        b = F.interpolate(b, scale_factor=2, mode="bilinear", align_corners=False)
        return self.head(self.dec(torch.cat([a, b], dim=1)))


def mean_iou(pred, target):
    ious = []
    for c in range(N_CLASSES):
        inter = ((pred == c) & (target == c)).sum().item()
        union = ((pred == c) | (target == c)).sum().item()
        ious.append(inter / max(union, 1))
    return sum(ious) / len(ious)


def main():
    torch.manual_seed(1)
    rng = np.random.default_rng(1)
    pairs = [draw(rng) for _ in range(500)]
    images = torch.from_numpy(np.stack([p[0] for p in pairs])).unsqueeze(1)
    masks = torch.from_numpy(np.stack([p[1] for p in pairs]))
    images = (images - 0.35) / 0.25
    train_x, train_y, test_x, test_y = images[:400], masks[:400], images[400:], masks[400:]

    net = SegNet()
    optimizer = torch.optim.Adam(net.parameters(), lr=3e-3)
    for epoch in range(7):
        net.train()
        order = torch.randperm(len(train_x))
        total = 0.0
        for idx in order.split(20):
            logits = net(train_x[idx])
            loss = F.cross_entropy(logits.permute(0, 2, 3, 1).reshape(-1, N_CLASSES), train_y[idx].reshape(-1))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(idx)
        print(f"epoch {epoch + 1:2d}  loss {total / len(train_x):.4f}")

    net.eval()
    with torch.no_grad():
        pred = net(test_x).argmax(1)
    print(f"final mean iou: {mean_iou(pred, test_y):.4f}")


if __name__ == "__main__":
    main()
