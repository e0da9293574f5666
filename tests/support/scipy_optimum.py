"""Says for each instance what scipy finds to be the best set, and compares.

usage: scipy_optimum.py < instances.jsonl

A line is one instance: scores (mentees x mentors, -1 not admissible), capacity, credit of each mentee, pins,
out (mentees who take no part), objective, floor; and what the engine says: matched, total (scores and credits
of all pairs that are not pinned). Prints as JSON how many were compared and which differ.
"""

import json
import sys

import numpy as np
from scipy.optimize import linear_sum_assignment


def best(instance):
    scores = np.array(instance["scores"], np.int64).reshape(len(instance["credit"]), len(instance["capacity"]))
    capacity = np.array(instance["capacity"], np.int64)
    pinned = [mentee for mentee, _ in instance["pins"]]
    for _, mentor in instance["pins"]:
        capacity[mentor] -= 1
    rows = [i for i in range(len(scores)) if i not in pinned and i not in instance["out"]]
    columns = np.repeat(np.arange(len(capacity)), np.minimum(np.maximum(capacity, 0), len(scores)))
    scores, credit = scores[rows][:, columns], np.array(instance["credit"], np.int64)[rows]
    worth = scores + credit[:, None]
    if instance["objective"] == "coverage":
        # One more matched is worth more than all scores and credits together.
        profit = worth + 1 + len(rows) * (int(np.abs(worth).max(initial=0)) + 1)
    else:
        # A pair below the floor is not admissible; what is above it counts from there.
        profit = worth - instance["floor"]
        scores = np.where(scores < instance["floor"], -1, scores)
    profit = np.where(scores >= 0, profit, 0)
    i, j = linear_sum_assignment(np.maximum(profit, 0), maximize=True)
    kept = (scores[i, j] >= 0) & (profit[i, j] > 0)
    return int(kept.sum()), int(worth[i, j][kept].sum()), int(profit[i, j][kept].sum())


differ, count = [], 0
for line in sys.stdin:
    instance = json.loads(line)
    matched, total, value = best(instance)
    if instance["objective"] == "coverage":
        same = (matched, total) == (instance["matched"], instance["total"])
    else:
        # Pairs that are worth nothing may be in the set or not.
        same = value == instance["total"] - instance["floor"] * instance["matched"]
    if not same:
        differ.append(f"{count}: scipy {matched}, {total}; the engine {instance['matched']}, {instance['total']}")
    count += 1
print(json.dumps({"compared": count, "differ": len(differ), "first": differ[:3]}))
