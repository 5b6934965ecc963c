"""The peer: the study as a straightforward PyTorch program writes it, one training after the other on all cores.

Usage: study.py FOLDER EPOCHS CELLS, with adrenalmnist3d.npz and vesselmnist3d.npz in FOLDER; prints a line per cell.
"""
import itertools
import os
import sys

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

BATCH, SIZE, PATCH, WIDTH, HEADS, LAYERS, CLASSES, DROPOUT = 32, 28, 8, 128, 8, 8, 2, 0.1
FRAMES = [8, 16, 24]


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(WIDTH, eps=1e-6), nn.LayerNorm(WIDTH, eps=1e-6)
        self.qkv, self.proj = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH, WIDTH)
        self.mlp = nn.Sequential(nn.Linear(WIDTH, 4 * WIDTH), nn.GELU(), nn.Linear(4 * WIDTH, WIDTH))
        self.scale = (WIDTH // HEADS) ** -0.5

    def attention(self, x):
        b, n, _ = x.shape
        q, k, v = self.qkv(x).view(b, n, 3, HEADS, -1).permute(2, 0, 3, 1, 4).unbind(0)
        weights = F.dropout((q @ k.transpose(-2, -1) * self.scale).softmax(dim=-1), DROPOUT, self.training)
        return self.proj((weights @ v).transpose(1, 2).reshape(b, n, WIDTH))

    def forward(self, x):
        x = x + self.attention(self.norm1(x))
        return x + self.mlp(self.norm2(x))


class Model(nn.Module):
    def __init__(self, tokenizer):
        super().__init__()
        self.tubelets = tokenizer == "tubelet"
        self.embedding = nn.Conv3d(1, WIDTH, PATCH, PATCH) if self.tubelets else nn.Conv2d(1, WIDTH, PATCH, PATCH)
        self.positions = nn.Parameter(torch.empty((SIZE // PATCH) ** 3, WIDTH).uniform_(-0.05, 0.05))
        self.blocks = nn.Sequential(*(Block() for _ in range(LAYERS)))
        self.norm, self.head = nn.LayerNorm(WIDTH, eps=1e-6), nn.Linear(WIDTH, CLASSES)

    def forward(self, x):
        if self.tubelets:
            tokens = self.embedding(x.unsqueeze(1)).flatten(2).transpose(1, 2)
        else:
            tokens = torch.cat([self.embedding(x[:, f].unsqueeze(1)).flatten(2).transpose(1, 2) for f in FRAMES], dim=1)
        return self.head(self.norm(self.blocks(tokens + self.positions)).mean(dim=1))


def auc(scores, labels):
    order = scores.argsort()
    ranks = torch.empty_like(scores)
    ranks[order] = torch.arange(1, len(scores) + 1, dtype=scores.dtype)
    positive = labels == 1
    p, n = int(positive.sum()), int((~positive).sum())
    return (float(ranks[positive].sum()) - p * (p + 1) / 2) / (p * n)


@torch.no_grad()
def evaluate(model, images, labels):
    model.eval()
    logits = torch.cat([model(images[i:i + 64].to(torch.float32) / 255) for i in range(0, len(images), 64)])
    model.train()
    return float(F.cross_entropy(logits, labels)), auc(logits.softmax(-1)[:, 1], labels)


def train(data, tokenizer, rate, seed, epochs):
    torch.manual_seed(seed)
    (x, y), validation, test = ((torch.from_numpy(data[f"{split}_images"]), torch.from_numpy(data[f"{split}_labels"].squeeze(1)).long()) for split in ("train", "val", "test"))
    model = Model(tokenizer)
    optimiser = torch.optim.Adam(model.parameters(), lr=rate, eps=1e-7)
    best, kept = -1.0, None
    for _ in range(epochs):
        order = torch.randperm(len(x))
        for i in range(0, len(x), BATCH):
            picked = order[i:i + BATCH]
            optimiser.zero_grad()
            F.cross_entropy(model(x[picked].to(torch.float32) / 255), y[picked]).backward()
            optimiser.step()
        _, score = evaluate(model, *validation)
        if score > best:
            best, kept = score, {name: value.clone() for name, value in model.state_dict().items()}
    model.load_state_dict(kept)
    return evaluate(model, *test)[1]


folder, epochs, cells = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
torch.set_num_threads(os.cpu_count())
grid = itertools.product(("adrenalmnist3d", "vesselmnist3d"), (1e-3, 3e-4, 1e-4), ("tubelet", "uniform_frame_sampling"), (0, 1, 2))
for name, rate, tokenizer, seed in itertools.islice(grid, cells):
    print(name, rate, tokenizer, seed, f"test auc {train(np.load(f'{folder}/{name}.npz'), tokenizer, rate, seed, epochs):.3f}", flush=True)
