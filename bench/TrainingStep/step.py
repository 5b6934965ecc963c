"""The peer: one training step of the reference recipe as a straightforward PyTorch program writes it.

Reads lines from stdin: "step <threads> <precision> <n>" is answered with the times of n steps in milliseconds, "mm <threads> <precision> <n>"
with the rates of n products of 1024-cubes in GFLOP/s.
"""
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn

BATCH, SIZE, PATCH, WIDTH, HEADS, LAYERS, CLASSES, DROPOUT = 32, 28, 8, 128, 8, 8, 11, 0.1


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
    def __init__(self):
        super().__init__()
        self.embedding = nn.Conv3d(1, WIDTH, PATCH, PATCH)
        self.positions = nn.Parameter(torch.empty((SIZE // PATCH) ** 3, WIDTH).uniform_(-0.05, 0.05))
        self.blocks = nn.Sequential(*(Block() for _ in range(LAYERS)))
        self.norm, self.head = nn.LayerNorm(WIDTH, eps=1e-6), nn.Linear(WIDTH, CLASSES)

    def forward(self, x):
        x = self.embedding(x.unsqueeze(1)).flatten(2).transpose(1, 2) + self.positions
        return self.head(self.norm(self.blocks(x)).mean(dim=1))


torch.manual_seed(0)
model = Model().train()
assert sum(p.numel() for p in model.parameters()) == 1_656_971
optimiser = torch.optim.Adam(model.parameters(), lr=1e-4, eps=1e-7)
data = torch.randint(0, 256, (256, SIZE, SIZE, SIZE), dtype=torch.uint8)
labels = torch.randint(0, CLASSES, (256,))


def step(precision):
    picked = torch.randint(0, 256, (BATCH,))
    x = data[picked].to(torch.float32) / 255
    optimiser.zero_grad()
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=precision == "bfloat16"):
        loss = F.cross_entropy(model(x), labels[picked])
    loss.backward()
    optimiser.step()


def product(precision):
    a, b = (torch.rand(1024, 1024).to(getattr(torch, precision)) for _ in range(2))
    start = time.perf_counter()
    torch.mm(a, b)
    return 2 * 1024**3 / (time.perf_counter() - start) / 1e9


print(f"PyTorch {torch.__version__}", flush=True)
for line in sys.stdin:
    what, threads, precision, count = line.split()
    torch.set_num_threads(int(threads))
    answers = []
    for _ in range(int(count)):
        start = time.perf_counter()
        rate = step(precision) if what == "step" else product(precision)
        answers.append(1000 * (time.perf_counter() - start) if what == "step" else rate)
    print(" ".join(f"{t:.3f}" for t in answers), flush=True)
