"""The peer: one training step of the reference recipe as a straightforward PyTorch program writes it.

Reads lines from stdin: "step <threads> <precision> <n>" is answered with the times of n steps in milliseconds, "mm <threads> <precision> <n>"
with the rates of n products of 1024-cubes in GFLOP/s.
"""
import pathlib
import sys
import time

import torch
import torch.nn.functional as F

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
from peer import SIZE, Model

BATCH, CLASSES = 32, 11

torch.manual_seed(0)
model = Model(CLASSES).train()
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
