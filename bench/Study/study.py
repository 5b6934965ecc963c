"""The peer: the study as a straightforward PyTorch program writes it, one training after the other on all cores.

Usage: study.py FOLDER EPOCHS CELLS, with adrenalmnist3d.npz and vesselmnist3d.npz in FOLDER; prints a line per cell.
"""
import itertools
import os
import pathlib
import sys

import numpy as np
import torch
import torch.nn.functional as F

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
from peer import Model

BATCH, CLASSES = 32, 2


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
    model = Model(CLASSES, tubelets=tokenizer == "tubelet")
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
