"""The peer of the benches: a ViViT as a straightforward PyTorch program writes it."""
import torch
import torch.nn.functional as F
from torch import nn

SIZE, PATCH, WIDTH, HEADS, LAYERS, DROPOUT = 28, 8, 128, 8, 8, 0.1
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
    """Tubelets of 8, or 8 x 8 patches of every 8th frame; volumes in [0, 1]."""

    def __init__(self, classes, tubelets=True):
        super().__init__()
        self.embedding = nn.Conv3d(1, WIDTH, PATCH, PATCH) if tubelets else nn.Conv2d(1, WIDTH, PATCH, PATCH)
        self.tubelets = tubelets
        self.positions = nn.Parameter(torch.empty((SIZE // PATCH) ** 3, WIDTH).uniform_(-0.05, 0.05))
        self.blocks = nn.Sequential(*(Block() for _ in range(LAYERS)))
        self.norm, self.head = nn.LayerNorm(WIDTH, eps=1e-6), nn.Linear(WIDTH, classes)

    def forward(self, x):
        if self.tubelets:
            tokens = self.embedding(x.unsqueeze(1)).flatten(2).transpose(1, 2)
        else:
            tokens = torch.cat([self.embedding(x[:, f].unsqueeze(1)).flatten(2).transpose(1, 2) for f in FRAMES], dim=1)
        return self.head(self.norm(self.blocks(tokens + self.positions)).mean(dim=1))
