"""Writes token_learner_reference.json: a plain PyTorch ViViT with TokenLearner, as make_reference.py has one without.

Run with any PyTorch from 1.13 on:  python3 make_token_learner_reference.py > token_learner_reference.json
TokenLearner and TokenFuser follow Ryoo et al. 2021 and the authors' code; here the first form is made of real 3-D convolutions.
"""
import json
import math

import torch
import torch.nn.functional as F
from torch import nn

from make_reference import LABELS, LAYERS, WIDTH, Model, dense, vectors, volumes

CASES = {
    "v1": dict(form="v1", tokens=5, fuser=False),
    "v1.1": dict(form="v1.1", tokens=5, fuser=False),
    "v1 fused": dict(form="v1", tokens=3, fuser=True),
    "v1.1 fused": dict(form="v1.1", tokens=3, fuser=True),
    "v1.1 at the start, uneven": dict(form="v1.1", tokens=2, fuser=False, after=0, patch=(3, 4, 5)),
    "v1 fused from the start, uneven": dict(form="v1", tokens=2, fuser=True, after=0, patch=(3, 4, 5)),
}
BOTTLENECK = 64


class Mlp(nn.Module):
    def __init__(self, outputs):
        super().__init__()
        self.up, self.down = nn.Linear(WIDTH, BOTTLENECK), nn.Linear(BOTTLENECK, outputs)

    def forward(self, x):
        return self.down(F.gelu(self.up(x)))

    def layout(self, name):
        yield from dense(f"{name}.up", self.up)
        yield from dense(f"{name}.down", self.down)


class TokenLearner(nn.Module):
    def __init__(self, form, tokens, grid):
        super().__init__()
        self.form, self.grid = form, grid
        self.norm = nn.LayerNorm(WIDTH, eps=1e-6)
        if form == "v1":
            self.convolutions = nn.ModuleList(nn.Conv3d(tokens if i else WIDTH, tokens, 3, padding=1, bias=False) for i in range(4))
        else:
            self.mlp = Mlp(tokens)

    def forward(self, x):
        b, n, d = x.shape
        y = self.norm(x)
        if self.form == "v1":
            y = y.transpose(1, 2).reshape(b, d, *self.grid)
            for i, convolution in enumerate(self.convolutions):
                y = convolution(F.gelu(y) if i else y)
            maps = torch.sigmoid(y).flatten(2)
            return torch.stack([(maps[:, s, :, None] * x).mean(dim=1) for s in range(maps.shape[1])], dim=1)
        maps = torch.softmax(self.mlp(y), dim=1)
        return torch.einsum("bns,bnd->bsd", maps, x)

    def layout(self, name):
        yield from vectors(f"{name}.norm", self.norm)
        if self.form == "v1":
            for i, layer in enumerate(self.convolutions):
                outputs, inputs = layer.weight.shape[:2]
                yield (f"{name}.convolutions.{i}.weight", (27 * inputs, outputs),
                       [(layer.weight, lambda p, o=outputs, c=inputs: p.view(3, 3, 3, c, o).permute(4, 3, 0, 1, 2))])
        else:
            yield from self.mlp.layout(f"{name}.mlp")


class TokenFuser(nn.Module):
    def __init__(self, tokens):
        super().__init__()
        self.learned_norm, self.mixed_norm, self.place_norm = (nn.LayerNorm(WIDTH, eps=1e-6) for _ in range(3))
        self.mixing, self.mlp = nn.Linear(tokens, tokens), Mlp(tokens)

    def forward(self, learned, original):
        mixed = self.mixed_norm(self.mixing(self.learned_norm(learned).transpose(1, 2)).transpose(1, 2))
        return torch.sigmoid(self.mlp(self.place_norm(original))) @ mixed

    def layout(self, name):
        yield from vectors(f"{name}.learned_norm", self.learned_norm)
        yield from dense(f"{name}.mixing", self.mixing)
        yield from vectors(f"{name}.mixed_norm", self.mixed_norm)
        yield from vectors(f"{name}.place_norm", self.place_norm)
        yield from self.mlp.layout(f"{name}.mlp")


class LearnedTokensModel(Model):
    def __init__(self, form, tokens, fuser, after=LAYERS // 2, patch=(4, 4, 4)):
        super().__init__("tubelet", patch, None)
        grid = tuple(12 // extent for extent in patch)
        self.after = after
        self.learners = nn.ModuleList(TokenLearner(form, tokens, grid) for _ in range(LAYERS - after if fuser else 1))
        self.fusers = nn.ModuleList(TokenFuser(tokens) for _ in range(LAYERS - after if fuser else 0))

    def forward(self, x):
        x = self.embedding((x.to(torch.float32) / 255).unsqueeze(1)).flatten(2).transpose(1, 2) + self.positions
        for i, block in enumerate(self.blocks):
            if i < self.after:
                x = block(x)
            elif self.fusers:
                x = x + self.fusers[i - self.after](block(self.learners[i - self.after](x)), x)
            else:
                x = block(self.learners[0](x) if i == self.after else x)
        return self.head(self.norm(x).mean(dim=1))

    def layout(self):
        for entry in super().layout():
            if entry[0] == "norm.weight":
                for i, learner in enumerate(self.learners):
                    yield from learner.layout(f"token_learners.{self.after + i}")
                for i, fuser in enumerate(self.fusers):
                    yield from fuser.layout(f"token_fusers.{self.after + i}")
            yield entry


def run(case):
    model = LearnedTokensModel(**case)
    model.load()
    logits = model(volumes())
    loss = F.cross_entropy(logits, LABELS)
    loss.backward()
    norms = {name: math.sqrt(sum(float(target.grad.double().pow(2).sum()) for target, _ in targets)) for name, _, targets in model.layout()}
    return dict(token_learner=dict(form=case["form"], tokens=case["tokens"], fuser=case["fuser"], after_layer=case.get("after")), patch=case.get("patch", 4),
                logits=logits.tolist(), loss=float(loss), gradient_norms=norms)


torch.manual_seed(0)
torch.set_num_threads(1)
print(json.dumps({name: run(case) for name, case in CASES.items()}, indent=1))
