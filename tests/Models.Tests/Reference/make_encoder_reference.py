"""Writes encoder_reference.json: plain PyTorch ViViTs with every encoder, pooling and way of cutting, as make_reference.py has one.

Run with any PyTorch from 1.13 on:  python3 make_encoder_reference.py > encoder_reference.json
The encoders follow Arnab et al. 2021, section 3.3, on tensors (batch, time, place, width); patches are cut with slices.
"""
import json
import math

import torch
import torch.nn.functional as F
from torch import nn

from make_reference import CLASSES, HEADS, LABELS, LAYERS, MLP_RATIO, SIZE, WIDTH, dense, formula, vectors, volumes

HEADS_HERE = 4   # halves between space and time
CASES = {
    "class token": dict(pooling="class_token"),
    "factorised encoder": dict(encoder="factorised_encoder"),
    "factorised encoder, class token": dict(encoder="factorised_encoder", pooling="class_token"),
    "factorised self-attention": dict(encoder="factorised_self_attention"),
    "factorised dot-product": dict(encoder="factorised_dot_product"),
    "factorised encoder on frames": dict(encoder="factorised_encoder", tokenizer="uniform_frame_sampling", patch=(3, 4, 4), frame_offset="zero"),
    "factorised self-attention, uneven": dict(encoder="factorised_self_attention", patch=(3, 6, 4)),
    "factorised dot-product, uneven": dict(encoder="factorised_dot_product", patch=(4, 6, 3)),
    "GELU twice": dict(mlp="gelu_twice"),
    "overlap": dict(patch=(4, 6, 6), stride=(4, 3, 3)),
    "overlap in time": dict(patch=(6, 6, 6), stride=(3, 6, 6), encoder="factorised_encoder"),
    "cropped": dict(patch=(5, 5, 7)),
    "padded": dict(patch=(5, 5, 7), fit="pad"),
    "padded overlap": dict(patch=(5, 8, 8), stride=(5, 3, 4), fit="pad"),
    "padded frames": dict(patch=(5, 5, 7), fit="pad", tokenizer="uniform_frame_sampling", frame_offset="centre"),
}


def axis(patch, stride, fit):
    """First voxel of each patch along an axis of the volume, which starts at 0 and may be padded."""
    if fit == "crop":
        return list(range(0, SIZE - patch + 1, stride))
    count = math.ceil((SIZE - patch) / stride) + 1
    padding = (count - 1) * stride + patch - SIZE
    return [i * stride - padding // 2 for i in range(count)]


def cut(x, patch, stride, fit, frames):
    """(batch, time, place, voxels) of volumes (batch, t, h, w); outside are zeros."""
    far = F.pad(x, (SIZE,) * 6)
    take = lambda t, t_len, h, w: far[:, SIZE + t:SIZE + t + t_len, SIZE + h:SIZE + h + patch[1], SIZE + w:SIZE + w + patch[2]].flatten(1)
    starts = [(t, 1) for t in frames] if frames else [(t, patch[0]) for t in axis(patch[0], stride[0], fit)]
    places = [(h, w) for h in axis(patch[1], stride[1], fit) for w in axis(patch[2], stride[2], fit)]
    return torch.stack([torch.stack([take(t, length, h, w) for h, w in places], 1) for t, length in starts], 1)


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.q, self.k, self.v, self.o = (nn.Linear(WIDTH, WIDTH) for _ in range(4))

    def heads(self, x):
        return [layer(x).unflatten(-1, (HEADS_HERE, WIDTH // HEADS_HERE)) for layer in (self.q, self.k, self.v)]

    @staticmethod
    def mix(q, k, v):
        """(…, tokens, heads, d)."""
        scores = torch.einsum("...ihd,...jhd->...hij", q, k) / math.sqrt(WIDTH // HEADS_HERE)
        return torch.einsum("...hij,...jhd->...ihd", scores.softmax(-1), v)

    def forward(self, x):
        """Over the second last axis but one: tokens (…, tokens, width)."""
        return self.o(self.mix(*self.heads(x)).flatten(-2))

    def dot_product(self, x):
        """Model 4: x (batch, time, place, width); the first heads over space, the others over time."""
        half = HEADS_HERE // 2
        space = self.mix(*(part[..., :half, :] for part in self.heads(x)))
        time = self.mix(*(part[..., half:, :].transpose(1, 2) for part in self.heads(x))).transpose(1, 2)
        return self.o(torch.cat([space, time], dim=-2).flatten(-2))

    def layout(self, name):
        head = WIDTH // HEADS_HERE
        parts = list(enumerate((self.q, self.k, self.v)))
        yield (f"{name}.qkv.weight", (WIDTH, 3 * WIDTH),
               [(layer.weight, lambda p, part=part: p.view(WIDTH, HEADS_HERE, 3, head)[:, :, part].reshape(WIDTH, WIDTH).T) for part, layer in parts])
        yield (f"{name}.qkv.bias", (3 * WIDTH,),
               [(layer.bias, lambda p, part=part: p.view(HEADS_HERE, 3, head)[:, part].reshape(WIDTH)) for part, layer in parts])
        yield from dense(f"{name}.output", self.o)


class Block(nn.Module):
    def __init__(self, attentions, mlp):
        super().__init__()
        self.names, self.twice = attentions, mlp == "gelu_twice"
        self.norms = nn.ModuleList(nn.LayerNorm(WIDTH, eps=1e-6) for _ in attentions)
        self.attentions = nn.ModuleList(Attention() for _ in attentions)
        self.mlp_norm = nn.LayerNorm(WIDTH, eps=1e-6)
        self.up, self.down = nn.Linear(WIDTH, MLP_RATIO * WIDTH), nn.Linear(MLP_RATIO * WIDTH, WIDTH)

    def forward(self, x, *ways):
        for norm, attention, way in zip(self.norms, self.attentions, ways):
            x = x + way(attention, norm(x))
        y = self.down(F.gelu(self.up(self.mlp_norm(x))))
        return x + (F.gelu(y) if self.twice else y)

    def layout(self, name):
        for attention_name, norm, attention in zip(self.names, self.norms, self.attentions):
            yield from vectors(f"{name}.{attention_name}_norm", norm)
            yield from attention.layout(f"{name}.{attention_name}")
        yield from vectors(f"{name}.mlp_norm", self.mlp_norm)
        yield from dense(f"{name}.mlp.up", self.up)
        yield from dense(f"{name}.mlp.down", self.down)


joint = lambda attention, x: attention(x)
over_time = lambda attention, x: attention(x.transpose(1, 2)).transpose(1, 2)
over_both = lambda attention, x: attention.dot_product(x)


class Stage(nn.Module):
    """Blocks and a norm over tokens (…, tokens, width), then one vector of them."""

    def __init__(self, name, layers, pooling, mlp):
        super().__init__()
        self.name = name
        self.token = nn.Parameter(torch.zeros(WIDTH)) if pooling == "class_token" else None
        self.blocks = nn.ModuleList(Block(["attention"], mlp) for _ in range(layers))
        self.norm = nn.LayerNorm(WIDTH, eps=1e-6)

    def forward(self, x):
        if self.token is not None:
            x = torch.cat([self.token.expand(*x.shape[:-2], 1, WIDTH), x], dim=-2)
        for block in self.blocks:
            x = block(x, joint)
        x = self.norm(x)
        return x.mean(-2) if self.token is None else x[..., 0, :]

    def layout(self):
        if self.token is not None:
            yield f"{self.name}class_token", (WIDTH,), [(self.token, lambda p: p)]
        for i, block in enumerate(self.blocks):
            yield from block.layout(f"{self.name}blocks.{i}")
        yield from vectors(f"{self.name}norm", self.norm)


class Model(nn.Module):
    def __init__(self, encoder="spatio_temporal", pooling="mean", tokenizer="tubelet", patch=(4, 4, 4), stride=None, fit="crop", frame_offset="patch", mlp="standard"):
        super().__init__()
        self.patch, self.stride, self.fit, self.encoder = patch, stride or patch, fit, encoder
        times = axis(patch[0], self.stride[0], fit)
        offset = {"patch": patch[0], "zero": 0, "centre": patch[0] // 2}[frame_offset]
        self.frames = [min(max(t + offset, 0), SIZE - 1) for t in times] if tokenizer == "uniform_frame_sampling" else None
        self.times, self.places = len(times), len(axis(patch[1], self.stride[1], fit)) * len(axis(patch[2], self.stride[2], fit))
        self.embedding = nn.Linear(math.prod(patch[1:]) * (1 if self.frames else patch[0]), WIDTH)
        self.positions = nn.Parameter(torch.zeros(self.times * self.places, WIDTH))
        if encoder in ("spatio_temporal", "factorised_encoder"):
            self.first = Stage("spatial." if encoder == "factorised_encoder" else "", LAYERS, pooling, mlp)
        else:
            names = ["space", "time"] if encoder == "factorised_self_attention" else ["attention"]
            self.blocks = nn.ModuleList(Block(names, mlp) for _ in range(LAYERS))
            self.norm = nn.LayerNorm(WIDTH, eps=1e-6)
        if encoder == "factorised_encoder":
            self.temporal_positions = nn.Parameter(torch.zeros(self.times, WIDTH))
            self.second = Stage("temporal.", 1, pooling, mlp)
        self.head = nn.Linear(WIDTH, CLASSES)

    def forward(self, x):
        x = self.embedding(cut(x.to(torch.float32) / 255, self.patch, self.stride, self.fit, self.frames))
        x = x + self.positions.view(self.times, self.places, WIDTH)
        if self.encoder == "spatio_temporal":
            x = self.first(x.flatten(1, 2))
        elif self.encoder == "factorised_encoder":
            x = self.second(self.first(x) + self.temporal_positions)
        else:
            for block in self.blocks:
                x = block(x, *([joint, over_time] if self.encoder == "factorised_self_attention" else [over_both]))
            x = self.norm(x).mean((1, 2))
        return self.head(x)

    def layout(self):
        yield from dense("embedding", self.embedding)
        yield "positions", tuple(self.positions.shape), [(self.positions, lambda p: p)]
        if self.encoder in ("spatio_temporal", "factorised_encoder"):
            yield from self.first.layout()
        else:
            for i, block in enumerate(self.blocks):
                yield from block.layout(f"blocks.{i}")
            yield from vectors("norm", self.norm)
        if self.encoder == "factorised_encoder":
            yield "temporal.positions", (self.times, WIDTH), [(self.temporal_positions, lambda p: p)]
            yield from self.second.layout()
        yield from dense("head", self.head)


def run(case):
    model = Model(**case)
    with torch.no_grad():
        for slot, (name, shape, targets) in enumerate(model.layout()):
            for target, take in targets:
                target.copy_(take(formula(slot, name, shape)))
    logits = model(volumes())
    loss = F.cross_entropy(logits, LABELS)
    loss.backward()
    norms = {name: math.sqrt(sum(float(target.grad.double().pow(2).sum()) for target, _ in targets)) for name, _, targets in model.layout()}
    return dict(model=dict(width=WIDTH, heads=HEADS_HERE, layers=LAYERS, temporal_layers=1, mlp_ratio=MLP_RATIO, dropout=0, patch=case.get("patch", (4, 4, 4)))
                | {key: value for key, value in case.items() if key != "patch"}, logits=logits.tolist(), loss=float(loss), gradient_norms=norms)


assert HEADS != HEADS_HERE and WIDTH % HEADS_HERE == 0
torch.manual_seed(0)
torch.set_num_threads(1)
print(json.dumps({name: run(case) for name, case in CASES.items()}, indent=1))
