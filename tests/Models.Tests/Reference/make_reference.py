"""Writes reference.json: what a plain PyTorch ViViT computes for weights and volumes that a formula gives.

Run with any PyTorch from 1.13 on:  python3 make_reference.py > reference.json
The model below shares nothing with the product but the parameter names, through which `load` hands each its weights.
"""
import json
import math

import torch
import torch.nn.functional as F
from torch import nn

SIZE, CLASSES, BATCH, WIDTH, HEADS, LAYERS, MLP_RATIO = 12, 5, 4, 24, 3, 2, 2
LEARNING_RATE, ADAM_EPSILON, ADAM_STEPS = 1e-3, 1e-7, 5

CASES = {
    "tubelet": dict(tokenizer="tubelet", patch=(4, 4, 4), frames=None),
    "tubelet of uneven extents": dict(tokenizer="tubelet", patch=(3, 4, 5), frames=None),
    "frames, patch": dict(tokenizer="uniform_frame_sampling", patch=(4, 4, 4), frames=[4, 8, 11], offset="patch"),
    "frames, zero": dict(tokenizer="uniform_frame_sampling", patch=(4, 4, 4), frames=[0, 4, 8], offset="zero"),
    "frames, centre": dict(tokenizer="uniform_frame_sampling", patch=(4, 4, 4), frames=[2, 6, 10], offset="centre"),
}


def formula(slot, name, shape):
    """Element j of the parameter at place `slot` of the layout."""
    count = math.prod(shape)
    wave = torch.sin(12.9898 * torch.arange(1, count + 1, dtype=torch.float64) + 78.233 * (slot + 1))
    base = 1.0 if name.endswith("norm.weight") else 0.0
    return (base + 0.3 * wave).to(torch.float32).reshape(shape)


def volumes():
    s, t, h, w = torch.meshgrid(torch.arange(BATCH), *[torch.arange(SIZE)] * 3, indexing="ij")
    return ((31 * s + 7 * t * t + 5 * h * w + 11 * w + 3 * s * t) % 256).to(torch.uint8)


LABELS = torch.tensor([0, 3, 1, 4])


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.q, self.k, self.v, self.o = (nn.Linear(WIDTH, WIDTH) for _ in range(4))

    def forward(self, x):
        b, n, _ = x.shape
        q, k, v = (layer(x).view(b, n, HEADS, -1).transpose(1, 2) for layer in (self.q, self.k, self.v))
        weights = torch.softmax(q @ k.transpose(-2, -1) / math.sqrt(WIDTH // HEADS), dim=-1)
        return self.o((weights @ v).transpose(1, 2).reshape(b, n, WIDTH))


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.attention_norm, self.mlp_norm = nn.LayerNorm(WIDTH, eps=1e-6), nn.LayerNorm(WIDTH, eps=1e-6)
        self.attention = Attention()
        self.up, self.down = nn.Linear(WIDTH, MLP_RATIO * WIDTH), nn.Linear(MLP_RATIO * WIDTH, WIDTH)

    def forward(self, x):
        x = x + self.attention(self.attention_norm(x))
        return x + self.down(F.gelu(self.up(self.mlp_norm(x))))


class Model(nn.Module):
    def __init__(self, tokenizer, patch, frames, offset=None):
        super().__init__()
        t, h, w = patch
        self.frames = frames
        self.embedding = nn.Conv2d(1, WIDTH, (h, w), (h, w)) if frames else nn.Conv3d(1, WIDTH, patch, patch)
        self.tokens = (SIZE // t) * (SIZE // h) * (SIZE // w)
        self.positions = nn.Parameter(torch.zeros(self.tokens, WIDTH))
        self.blocks = nn.ModuleList(Block() for _ in range(LAYERS))
        self.norm = nn.LayerNorm(WIDTH, eps=1e-6)
        self.head = nn.Linear(WIDTH, CLASSES)

    def forward(self, x):
        x = x.to(torch.float32) / 255
        if self.frames:
            maps = [self.embedding(x[:, frame].unsqueeze(1)).flatten(2) for frame in self.frames]
            x = torch.cat(maps, dim=2).transpose(1, 2)
        else:
            x = self.embedding(x.unsqueeze(1)).flatten(2).transpose(1, 2)
        x = x + self.positions
        for block in self.blocks:
            x = block(x)
        return self.head(self.norm(x).mean(dim=1))

    def layout(self):
        """Name, shape, and the modules' tensors, in the product's order and orientation ([in, out])."""
        voxels = self.embedding.weight[0].numel()
        yield "embedding.weight", (voxels, WIDTH), [(self.embedding.weight, lambda p: p.T.reshape(self.embedding.weight.shape))]
        yield "embedding.bias", (WIDTH,), [(self.embedding.bias, lambda p: p)]
        yield "positions", (self.tokens, WIDTH), [(self.positions, lambda p: p)]
        for i, block in enumerate(self.blocks):
            a = block.attention
            yield from vectors(f"blocks.{i}.attention_norm", block.attention_norm)
            yield (f"blocks.{i}.attention.qkv.weight", (WIDTH, 3 * WIDTH),
                   [(layer.weight, lambda p, part=part: p.view(WIDTH, HEADS, 3, -1)[:, :, part].reshape(WIDTH, WIDTH).T) for part, layer in enumerate((a.q, a.k, a.v))])
            yield (f"blocks.{i}.attention.qkv.bias", (3 * WIDTH,),
                   [(layer.bias, lambda p, part=part: p.view(HEADS, 3, -1)[:, part].reshape(WIDTH)) for part, layer in enumerate((a.q, a.k, a.v))])
            yield from dense(f"blocks.{i}.attention.output", a.o)
            yield from vectors(f"blocks.{i}.mlp_norm", block.mlp_norm)
            yield from dense(f"blocks.{i}.mlp.up", block.up)
            yield from dense(f"blocks.{i}.mlp.down", block.down)
        yield from vectors("norm", self.norm)
        yield from dense("head", self.head)

    def load(self):
        with torch.no_grad():
            for slot, (name, shape, targets) in enumerate(self.layout()):
                values = formula(slot, name, shape)
                for target, take in targets:
                    target.copy_(take(values))


def dense(name, layer):
    yield f"{name}.weight", tuple(layer.weight.T.shape), [(layer.weight, lambda p: p.T)]
    yield f"{name}.bias", tuple(layer.bias.shape), [(layer.bias, lambda p: p)]


def vectors(name, norm):
    yield f"{name}.weight", tuple(norm.weight.shape), [(norm.weight, lambda p: p)]
    yield f"{name}.bias", tuple(norm.bias.shape), [(norm.bias, lambda p: p)]


def run(case):
    model = Model(**case)
    model.load()
    x = volumes()
    logits = model(x)
    loss = F.cross_entropy(logits, LABELS)
    loss.backward()
    norms = {name: math.sqrt(sum(float(target.grad.double().pow(2).sum()) for target, _ in targets)) for name, _, targets in model.layout()}

    optimiser = torch.optim.Adam(model.parameters(), lr=LEARNING_RATE, eps=ADAM_EPSILON)
    losses = []
    for _ in range(ADAM_STEPS):
        optimiser.zero_grad()
        F.cross_entropy(model(x), LABELS).backward()
        optimiser.step()
        losses.append(float(F.cross_entropy(model(x), LABELS)))
    return dict(tokenizer=case["tokenizer"], patch=case["patch"], frame_offset=case.get("offset", "patch"), logits=logits.tolist(), loss=float(loss),
                gradient_norms=norms, losses_after_adam=losses)


if __name__ == "__main__":
    torch.manual_seed(0)
    torch.set_num_threads(1)
    print(json.dumps({name: run(case) for name, case in CASES.items()}, indent=1))
