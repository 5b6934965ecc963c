"""Writes recipe-reference.json: what PyTorch's optimisers, clipping and cross-entropy make of numbers that a formula gives.

Run with any PyTorch from 1.13 on:  python3 make_recipe_reference.py > recipe-reference.json
Everything is computed in float64, so that the product's float32 is compared with the rule, not with another rounding.
"""
import json
import math

import torch
import torch.nn.functional as F

EPSILON = 1e-7
COUNT, STEPS = 12, 8
FACTORS = [0.5, 1, 1, 0.5, 0.5, 0.25, 0.25, 0.1]
MEMBERS, BATCH, CLASSES = 3, 6, 5
LABELS = [[0, 3, 1, 4, 3, 3], [2, 2, 2, 1, 0, 3], [4, 0, 1, 2, 3, 4]]
PARTNERS = [[3, 1, 0, 5, 4, 2], [1, 2, 3, 4, 5, 0], [0, 1, 2, 3, 4, 5]]
SHARES = [0.75, 0.5, 0.125]
SMOOTHING = [0, 0.1, 0.3]
WEIGHTS = [0.5, 2, 1, 0.25, 3]


def formula(count, phase):
    """Element j; the product's tests have the same formula."""
    return torch.sin(12.9898 * torch.arange(1, count + 1, dtype=torch.float64) + 78.233 * phase).to(torch.float32).double()


def weights(member):
    return formula(COUNT, member)


def gradient(member, step, scale):
    g = (2 * scale * formula(COUNT, 10 * step + member)).to(torch.float32).double()
    g[step % COUNT] = 0
    return g


def adam(p, lr, wd, momentum):
    return torch.optim.Adam(p, lr=lr, eps=EPSILON, weight_decay=wd)


def adamw(p, lr, wd, momentum):
    return torch.optim.AdamW(p, lr=lr, eps=EPSILON, weight_decay=wd)


def sgd(p, lr, wd, momentum):
    return torch.optim.SGD(p, lr=lr, weight_decay=wd, momentum=momentum)


# Rule, momentum, size of the gradients: where they are small, epsilon counts.
OPTIMISERS = {
    "adam": (adam, 0, 1),
    "adam, small gradients": (adam, 0, 1e-7),
    "adamw": (adamw, 0, 1),
    "adamw, small gradients": (adamw, 0, 1e-7),
    "sgd": (sgd, 0.9, 1),
    "sgd without momentum": (sgd, 0.0, 1),
}


def trajectory(make, momentum, scale, rate, decay, member):
    p = torch.nn.Parameter(weights(member))
    optimiser = make([p], rate, decay, momentum)
    course = []
    for step in range(1, STEPS + 1):
        optimiser.param_groups[0]["lr"] = rate * FACTORS[step - 1]
        p.grad = gradient(member, step, scale)
        optimiser.step()
        course.append(p.tolist())
    return course


def optimisers():
    settings = [(0.1, 0.0), (0.003, 0.2), (0.03, 1.5)]
    for name, (make, momentum, scale) in OPTIMISERS.items():
        yield dict(
            name=name, kind=make.__name__, momentum=momentum, scale=scale,
            members=[dict(rate=rate, weight_decay=decay, weights=trajectory(make, momentum, scale, rate, decay, k))
                     for k, (rate, decay) in enumerate(settings)])


def clips():
    for bound in (0.5, 2.0, 1000.0):
        members = []
        for k in range(MEMBERS):
            g = (10.0 ** (k - 1)) * formula(COUNT, k)
            parts = [torch.nn.Parameter(torch.zeros(n, dtype=torch.float64)) for n in (2, COUNT - 2)]
            parts[0].grad, parts[1].grad = g[:2].clone(), g[2:].clone()
            torch.nn.utils.clip_grad_norm_(parts, bound)
            members.append(torch.cat([part.grad for part in parts]).tolist())
        yield dict(bound=bound, gradients=members)


def losses():
    for weighted in (False, True):
        for mixed in (False, True):
            members = []
            for k in range(MEMBERS):
                logits = (3 * formula(BATCH * CLASSES, k)).view(BATCH, CLASSES).requires_grad_()
                labels = torch.tensor(LABELS[k])
                weight = torch.tensor(WEIGHTS, dtype=torch.float64) if weighted else None
                if mixed:
                    hard = F.one_hot(labels, CLASSES).double()
                    soft = SHARES[k] * hard + (1 - SHARES[k]) * hard[PARTNERS[k]]
                    loss = F.cross_entropy(logits, soft, weight=weight, label_smoothing=SMOOTHING[k])
                    if weighted:
                        # Soft targets divide by the number of samples, hard ones by their weights: the product always by the weights.
                        loss = loss * BATCH / weight[labels].sum()
                        of = lambda y: F.cross_entropy(logits, y, weight=weight, label_smoothing=SMOOTHING[k])
                        again = SHARES[k] * of(labels) + (1 - SHARES[k]) * of(labels[PARTNERS[k]])
                        assert math.isclose(loss.item(), again.item(), rel_tol=1e-12)
                else:
                    loss = F.cross_entropy(logits, labels, weight=weight, label_smoothing=SMOOTHING[k])
                loss.backward()
                members.append(dict(loss=loss.item(), gradient=logits.grad.flatten().tolist()))
            yield dict(weighted=weighted, mixed=mixed, members=members)


def rounded(value):
    if isinstance(value, float):
        return float(f"{value:.9g}")
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    if isinstance(value, list):
        return [rounded(item) for item in value]
    return value


print(json.dumps(rounded(dict(
    factors=FACTORS, labels=LABELS, partners=PARTNERS, shares=SHARES, smoothing=SMOOTHING, class_weights=WEIGHTS,
    optimisers=list(optimisers()), clips=list(clips()), losses=list(losses()))), separators=(",", ":")))
