#!/usr/bin/env python3
"""The benchmark's fine-tuning step as a plain PyTorch loop over the same fast algorithm: a peer to measure against.

The same catalogue, network (UniSRec's published settings), batches of whole users, packing into rows, one item tower a step, all-item
cross-entropy and Adam; nothing of this project's own (its dropout masks, its allocator, its thread settings).

    python3 plain_loop.py --dataset CATALOGUE [--batch 2048] [--steps 8]
"""
import argparse
import csv
import json
import math
import os
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

WIDTH, HEADS, LAYERS, INNER, EXPERTS, FEATURES, TEMPERATURE = 300, 2, 2, 256, 8, 768, 0.07


class Layer(nn.Module):
    def __init__(self):
        super().__init__()
        self.qkv, self.out = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH, WIDTH)
        self.inner, self.outer = nn.Linear(WIDTH, INNER), nn.Linear(INNER, WIDTH)
        self.norm1, self.norm2 = nn.LayerNorm(WIDTH, eps=1e-12), nn.LayerNorm(WIDTH, eps=1e-12)

    def forward(self, x, bias):
        rows, length, _ = x.shape
        q, k, v = self.qkv(x).view(rows, length, 3, HEADS, WIDTH // HEADS).permute(2, 0, 3, 1, 4)
        weights = F.dropout((q @ k.transpose(-1, -2) / math.sqrt(WIDTH // HEADS) + bias).softmax(-1), 0.5)
        x = self.norm1(x + F.dropout(self.out((weights @ v).transpose(1, 2).reshape(rows, length, WIDTH)), 0.5))
        return self.norm2(x + F.dropout(self.outer(F.gelu(self.inner(x))), 0.5))


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.experts = nn.Parameter(torch.randn(EXPERTS * WIDTH, FEATURES) * 0.02)
        self.centre = nn.Parameter(torch.zeros(EXPERTS, FEATURES))
        self.gate, self.noise = nn.Parameter(torch.zeros(FEATURES, EXPERTS)), nn.Parameter(torch.zeros(FEATURES, EXPERTS))
        self.positions, self.norm = nn.Parameter(torch.randn(50, WIDTH) * 0.02), nn.LayerNorm(WIDTH, eps=1e-12)
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))

    def items(self, x):
        offset = (self.experts.view(EXPERTS, WIDTH, FEATURES) * self.centre[:, None]).sum(-1).view(-1)
        projected = F.linear(F.dropout(x, 0.2), self.experts, -offset).view(-1, EXPERTS, WIDTH)
        logits = x @ self.gate
        gates = (logits + torch.randn_like(logits) * (F.softplus(x @ self.noise) + 0.01)).softmax(-1)
        return (projected * gates[:, :, None]).sum(1)

    def forward(self, features, slots, positions, bias, states, targets):
        items = self.items(features)
        x = F.dropout(self.norm(items[slots] + self.positions[positions]), 0.5)
        for layer in self.layers:
            x = layer(x, bias)
        chosen = F.normalize(x.reshape(-1, WIDTH)[states], dim=-1)
        return F.cross_entropy(chosen @ F.normalize(items, dim=-1).t() / TEMPERATURE, targets)


def histories(folder):
    """Rows of items by user, in time order, without the last two events (leave-one-out)."""
    (domain,) = json.load(open(os.path.join(folder, "dataset.json")))["domains"]
    with open(os.path.join(folder, domain, "items.csv"), newline="", encoding="utf-8-sig") as file:
        row = {item["item_id"]: i for i, item in enumerate(csv.DictReader(file))}
    users = {}
    with open(os.path.join(folder, domain, "interactions.csv"), newline="", encoding="utf-8-sig") as file:
        for event in csv.DictReader(file):
            users.setdefault(event["user_id"], []).append((float(event["timestamp"]), row[event["item_id"]]))
    kept = ([item for _, item in sorted(events, key=lambda e: e[0])][:-2][-51:] for events in users.values())
    return len(row), [events for events in kept if len(events) > 1]


def pack(batch):
    """First fit, longest first, into rows as long as the longest history."""
    length = max(32, max(len(events) - 1 for events in batch))
    rows, used = [], []
    for events in sorted(batch, key=len, reverse=True):
        need = len(events) - 1
        at = next((i for i, u in enumerate(used) if u + need <= length), None)
        if at is None:
            at = len(rows)
            rows.append([])
            used.append(0)
        rows[at].append(events)
        used[at] += need
    slots, positions = torch.zeros(len(rows), length, dtype=torch.long), torch.zeros(len(rows), length, dtype=torch.long)
    segments = torch.full((len(rows), length), -1)
    states, targets, number = [], [], 0
    for r, row in enumerate(rows):
        column = 0
        for events in row:
            n = len(events) - 1
            slots[r, column:column + n] = torch.tensor(events[:-1])
            positions[r, column:column + n] = torch.arange(n)
            segments[r, column:column + n] = number
            states += range(r * length + column, r * length + column + n)
            targets += events[1:]
            column, number = column + n, number + 1
    visible = (segments[:, :, None] == segments[:, None]) & torch.ones(length, length, dtype=torch.bool).tril()
    bias = torch.zeros(visible.shape).masked_fill_(~visible, -math.inf)[:, None]
    return slots, positions, bias, torch.tensor(states), torch.tensor(targets)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--dataset", required=True)
    parser.add_argument("--batch", type=int, default=2048)
    parser.add_argument("--steps", type=int, default=8)
    options = parser.parse_args()
    torch.set_num_threads(os.cpu_count())
    torch.manual_seed(1)
    count, users = histories(options.dataset)
    features, network = torch.randn(count, FEATURES), Network()
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-3)
    order, seconds, done = torch.randperm(len(users)).tolist(), 0.0, 0
    for step in range(options.steps + 3):
        batch, targets = [], 0
        while targets < options.batch:
            batch.append(users[order[0]])
            targets += len(batch[-1]) - 1
            order = order[1:] + order[:1]
        begin = time.perf_counter()
        loss = network(features, *pack(batch))
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        if step >= 3:
            seconds, done = seconds + time.perf_counter() - begin, done + targets
    print(f"plain PyTorch {torch.__version__}: {done / seconds:.0f} targets/s, {seconds / options.steps * 1e3:.0f} ms/step")


if __name__ == "__main__":
    main()
