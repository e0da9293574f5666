"""Peers on the same exported people: numpy scoring, scipy, OR-Tools. Driven line by line by benches/matching.rs.

    python peers.py DIR            then, on standard input: score, best50, dense, flow, sparse50, stable, quit

Each command answers one line of JSON: seconds, a value to compare, peak memory of this process in MiB (so ask one
process one thing). Solving includes scoring, but for `stable`, whose peer is slow enough without. `score` also
checks that every one of its scores equals the engine's (scores.npy). The score is written here a second time, from
the columns and docs/matching.md, not translated from the engine.
"""

import json
import math
import os
import resource
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np

THREADS = int(os.environ.get("THREADS", "2"))
CHUNK = 64


def load(folder):
    names = [name[:-4] for name in os.listdir(folder) if name.endswith(".npy")]
    data = {name: np.load(os.path.join(folder, name + ".npy"), mmap_mode="r" if name == "scores" else None) for name in names}
    with open(os.path.join(folder, "header.json")) as file:
        data["settings"] = json.load(file)["settings"]
    return data


def padded(table, people, width, fill):
    """Rows (person, fields...) as people × slots × fields."""
    counts = np.bincount(table[:, 0], minlength=people) if len(table) else np.zeros(people, int)
    slots = int(counts.max()) if len(table) else 0
    result = np.full((people, slots, width), fill, np.int32)
    position = np.zeros(people, int)
    for row in table:
        result[row[0], position[row[0]]] = row[1:]
        position[row[0]] += 1
    return result


def flags(rows, keys, people, values):
    """people × len(values), true where a row (person, value) is there."""
    index = {value: at for at, value in enumerate(values)}
    result = np.zeros((len(values), people), bool)
    for person, value in zip(rows, keys):
        if value in index:
            result[index[value], person] = True
    return result


class People:
    """The columns, prepared as a good numpy programme would: gathers and bit counts over whole rows."""

    def __init__(self, data):
        self.data = data
        settings = data["settings"]
        self.mentees, self.mentors = len(data["mentee_facts"]), len(data["mentor_facts"])
        weights = [settings["weights"][k] for k in ("profession", "language", "availability", "topics", "licensing", "place", "wishes")]
        self.points = [w * 10000 // sum(weights) for w in weights]
        assert sum(self.points) == 10000, "the benchmark uses weights that divide evenly"
        self.least_level = settings["least_level"]
        self.least_slots = -(-settings["least_overlap_minutes"] // 30)
        assert settings["meeting_minutes"] == 60
        self.prepare_profession()
        self.prepare_languages()
        self.prepare_time(settings)
        self.prepare_rest()

    def prepare_profession(self):
        data = self.data
        self.similarity = data["similarity"].astype(np.int32)
        self.targets = padded(data["mentee_targets"], self.mentees, 1, -1)[:, :, 0]
        occupations = padded(data["mentor_occupations"], self.mentors, 2, 0)
        self.occupations, self.discounts = occupations[:, :, 0], occupations[:, :, 1]
        # Likeness of each target to each mentor, for the targets in use.
        used = np.unique(self.targets[self.targets >= 0])
        table = np.zeros((len(used) + 1, self.mentors), np.int16)
        for at, target in enumerate(used):
            table[at] = (self.similarity[target][self.occupations] * self.discounts // 1000).max(axis=1)
        index = np.full(self.similarity.shape[0] + 1, len(used))
        index[used] = np.arange(len(used))
        self.target_rows, self.likeness = index[self.targets], table

    def prepare_languages(self):
        data = self.data
        worth = [0, 60, 120, 200, 300, 450, 580, 700, 800, 900, 950, 980, 1000]
        of_level = lambda asked: [0] + [self.points[1] * w * (1000 if asked else 600) // 1_000_000 if l >= self.least_level else 0 for l, w in enumerate(worth)]
        self.language_tables = np.array(of_level(False), np.int16), np.array(of_level(True), np.int16)
        self.languages = padded(data["mentee_languages"], self.mentees, 3, -1)
        self.languages[self.languages[:, :, 0] < 0] = 0
        asks = self.languages[:, :, 2].any(axis=1)
        self.asked = (self.languages[:, :, 2] > 0) | ~asks[:, None]
        self.level = self.languages[:, :, 1] + 1
        real = padded(data["mentee_languages"], self.mentees, 3, -1)[:, :, 0] >= 0
        self.level[~real] = 0
        count = int(max(data["mentee_languages"][:, 1].max(), data["mentor_languages"][:, 1].max())) + 1
        self.levels = np.zeros((count, self.mentors), np.uint8)
        rows = data["mentor_languages"]
        self.levels[rows[:, 1], rows[:, 0]] = rows[:, 2] + 1

    def prepare_time(self, settings):
        self.weeks = settings["regime_weeks"]
        assert len(self.weeks) == 1, "the benchmark uses one clock regime"
        bits = lambda name: np.unpackbits(self.data[name].view(np.uint8), axis=1, bitorder="little")[:, :336].astype(bool)
        mine, theirs = bits("mentee_week"), bits("mentor_week")
        # A meeting lasts two half-hours: covered = 2 × (starts of two) − (starts of three).
        starts = lambda free, length: np.logical_and.reduce([np.roll(free, -k, axis=1) for k in range(length)])
        self.words = []
        for length in (2, 3):
            a, b = starts(mine, length), starts(theirs, length)
            used = a.any(axis=0) & b.any(axis=0)
            self.words.append((pack(a[:, used]), pack(b[:, used])))
        most = self.weeks[0] * 8
        shift = int(math.log2(65535 // most))
        factor = -(-self.points[2] * 65536 // (most << shift))
        self.time_points = np.array([((units * self.weeks[0] << shift) * factor) >> 16 for units in range(9)], np.int16)

    def prepare_rest(self):
        data, n, m = self.data, self.mentees, self.mentors
        topics = padded(data["mentee_topics"], n, 1, -1)[:, :, 0]
        values = list(range(int(max(topics.max(initial=0), data["mentor_topics"][:, 1].max(initial=0))) + 1))
        offered = flags(data["mentor_topics"][:, 0], data["mentor_topics"][:, 1], m, values).astype(np.int16)
        self.topic_rows, self.offered = topics, offered
        self.topic_points = np.zeros(topics.shape, np.int16)
        for i, row in enumerate(topics):
            count = int((row >= 0).sum())
            if count:
                each = [self.points[3] * (count - k) // (count * (count + 1) // 2) for k in range(count)]
                each[0] += self.points[3] - sum(each)
                self.topic_points[i, :count] = each
        self.facts_a, self.facts_b = data["mentee_facts"], data["mentor_facts"]
        reach = {(int(a), int(b)) for a, b in data["reach"]}
        cities = int(max(self.facts_a[:, 1].max(initial=0), self.facts_b[:, 1].max(initial=0))) + 1
        near = np.zeros((cities, cities), bool)
        for a, b in reach:
            if max(a, b) < cities:
                near[a, b] = near[b, a] = True
        self.near_mentor = near[:, self.facts_b[:, 1]]
        self.remote_b, self.in_person_b = self.facts_b[:, 3] != 1, self.facts_b[:, 3] != 0
        self.place_points = [self.points[5] * k // 1000 for k in (1000, 800, 500, 250)]
        self.licences = {}
        for at, (person, profession, jurisdiction) in enumerate(data["mentor_licences"]):
            self.licences.setdefault(int(profession), []).append((int(person), int(jurisdiction)))
        self.sought = [[] for _ in range(n)]
        for person, profession, jurisdiction in data["mentee_licences"]:
            self.sought[person].append((int(profession), int(jurisdiction)))
        self.tags_a, self.tags_b = tags(data["mentee_tags"], n), tags(data["mentor_tags"], m)
        self.agree_a, self.agree_b = self.facts_a[:, 4] > 0, self.facts_b[:, 4] > 0

    def rows(self, rows):
        """Scores of some mentees against all mentors."""
        likeness = self.likeness[self.target_rows[rows, 0]].astype(np.int32)
        for k in range(1, self.target_rows.shape[1]):
            likeness = np.maximum(likeness, self.likeness[self.target_rows[rows, k]])
        score = (likeness * self.points[0] // 1000).astype(np.int16)
        language, best = np.zeros_like(score), np.zeros(score.shape, np.uint8)
        for k in range(self.languages.shape[1]):
            shared = np.minimum(self.levels[self.languages[rows, k, 0]], self.level[rows, k, None].astype(np.uint8))
            asked = self.asked[rows, k, None]
            language = np.maximum(language, np.where(asked, self.language_tables[1][shared], self.language_tables[0][shared]))
            best = np.maximum(best, shared)
        score += language
        ok = best > self.least_level
        counts = []
        for a, b in self.words:
            count = np.zeros(score.shape, np.uint8)
            for word in range(a.shape[1]):
                count += np.bitwise_count(a[rows, word, None] & b[None, :, word])
            counts.append(count)
        slots = 2 * counts[0].astype(np.int16) - counts[1]
        ok &= slots >= self.least_slots
        score += self.time_points[np.minimum(slots, 8)]
        for k in range(self.topic_rows.shape[1]):
            score += self.offered[self.topic_rows[rows, k]] * self.topic_points[rows, k, None]
        ok &= self.place(rows, score)
        self.sparse_parts(rows, score, ok)
        return np.where(ok, score, np.int16(-1))

    def place(self, rows, score):
        a, b = self.facts_a[rows], self.facts_b
        in_person = (a[:, 3] != 0)[:, None] & self.in_person_b
        remote = (a[:, 3] != 1)[:, None] & self.remote_b
        same = a[:, 1, None] == b[None, :, 1]
        province = a[:, 2, None] == b[None, :, 2]
        near = self.near_mentor[a[:, 1]]
        p = self.place_points
        score += np.where(in_person & same, p[0], np.where(in_person & near, p[1], np.where(remote & (same | province), p[2], np.where(remote, p[3], 0)))).astype(np.int16)
        return remote | (in_person & (same | near))

    def sparse_parts(self, rows, score, ok):
        half, other = -(-self.points[6] // 2), self.points[6] // 2
        for at, row in enumerate(rows):
            if self.sought[row]:
                best = np.zeros(self.mentors, np.int16)
                for profession, jurisdiction in self.sought[row]:
                    for person, passed in self.licences.get(profession, ()):
                        best[person] = max(best[person], self.points[4] * (1000 if passed == jurisdiction else 400) // 1000)
                score[at] += best
            missing = [t for t in range(self.tags_b.shape[1]) if not (self.agree_a[row] and self.tags_a[0, t, row])]
            for tag in missing:
                ok[at] &= ~(self.tags_b[2, tag] & self.agree_b)
            if self.agree_a[row]:
                wants = [t for t in range(self.tags_a.shape[1]) if self.tags_a[1, t, row]]
                each = [half // len(wants)] * len(wants) if wants else []
                if each:
                    each[0] += half - sum(each)
                for tag, points in zip(wants, each):
                    score[at] += (self.tags_b[0, tag] & self.agree_b) * np.int16(points)
                has = [t for t in range(self.tags_a.shape[1]) if self.tags_a[0, t, row]]
                if has:
                    score[at] += (self.tags_b[1, has].any(axis=0) & self.agree_b) * np.int16(other)
                for tag in (t for t in range(self.tags_a.shape[1]) if self.tags_a[2, t, row]):
                    ok[at] &= self.tags_b[0, tag] & self.agree_b

    def all(self, each=lambda scores: scores, out=None):
        chunks = [np.arange(at, min(at + CHUNK, self.mentees)) for at in range(0, self.mentees, CHUNK)]

        def one(rows):
            out[rows] = each(self.rows(rows))

        with ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(one, chunks))
        return out


def pack(bits):
    width = -(-bits.shape[1] // 64) * 64
    full = np.zeros((bits.shape[0], width), bool)
    full[:, : bits.shape[1]] = bits
    return np.packbits(full, axis=1, bitorder="little").view(np.uint64)


def tags(table, people):
    count = int(table[:, 2].max(initial=-1)) + 1
    result = np.zeros((3, max(count, 3), people), bool)
    result[table[:, 1], table[:, 2], table[:, 0]] = True
    return result


def credits(data):
    scale = data["settings"]["waiting_scale"]
    return np.array([scale * (math.isqrt((7 + int(d)) * 7_000_000) - 7000) // 7000 for d in data["mentee_facts"][:, 5]], np.int64)


def profits(data, scores):
    """Score, credit and a bonus for coverage; 0 where not admissible."""
    credit = credits(data)
    bonus = (len(scores) + 1) * (10_000 + int(credit.max(initial=0)) + 1)
    return np.where(scores >= 0, scores + credit[:, None] + bonus, 0), bonus


def value(data, scores, assigned):
    rows = np.flatnonzero(assigned >= 0)
    kept = rows[scores[rows, assigned[rows]] >= 0]
    return {"matched": len(kept), "total": int(scores[kept, assigned[kept]].sum() + credits(data)[kept].sum())}


def dense(data, scores):
    from scipy.optimize import linear_sum_assignment

    capacity = np.minimum(data["capacity"], len(scores))
    columns = np.repeat(np.arange(len(capacity)), capacity)
    profit, _ = profits(data, scores)
    rows, chosen = linear_sum_assignment(profit[:, columns], maximize=True)
    assigned = np.full(len(scores), -1)
    assigned[rows] = columns[chosen]
    return value(data, scores, assigned)


def sparse50(data, scores):
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import min_weight_full_bipartite_matching

    capacity = np.minimum(data["capacity"], len(scores))
    first = np.concatenate([[0], np.cumsum(capacity)])
    best = np.argpartition(-scores, 50, axis=1)[:, :50]
    profit, bonus = profits(data, scores)
    rows, cols, weights = [], [], []
    for copy in range(int(capacity.max(initial=0))):
        i, k = np.nonzero((scores[np.arange(len(scores))[:, None], best] >= 0) & (capacity[best] > copy))
        rows.append(i), cols.append(first[best[i, k]] + copy), weights.append(profit[i, best[i, k]])
    n, total = len(scores), int(first[-1])
    rows.append(np.arange(n)), cols.append(total + np.arange(n)), weights.append(np.ones(n, np.int64))
    graph = csr_matrix((np.concatenate(weights).astype(float), (np.concatenate(rows), np.concatenate(cols))), shape=(n, total + n))
    i, j = min_weight_full_bipartite_matching(graph, maximize=True)
    owner = np.repeat(np.arange(len(capacity)), capacity)
    assigned = np.full(n, -1)
    real = j < total
    assigned[i[real]] = owner[j[real]]
    return value(data, scores, assigned)


def flow(data, scores):
    from ortools.graph.python import min_cost_flow

    n, m = scores.shape
    profit, bonus = profits(data, scores)
    i, j = np.nonzero(scores >= 0)
    solver = min_cost_flow.SimpleMinCostFlow()
    arcs = solver.add_arcs_with_capacity_and_unit_cost(i, n + j, np.ones(len(i), np.int64), -profit[i, j])
    solver.add_arcs_with_capacity_and_unit_cost(n + np.arange(m), np.full(m, n + m), data["capacity"].astype(np.int64), np.zeros(m, np.int64))
    solver.add_arcs_with_capacity_and_unit_cost(np.arange(n), np.full(n, n + m), np.ones(n, np.int64), np.zeros(n, np.int64))
    solver.set_nodes_supplies(np.arange(n), np.ones(n, np.int64))
    solver.set_node_supply(n + m, -n)
    assert solver.solve() == solver.OPTIMAL
    flows = solver.flows(arcs)
    assigned = np.full(n, -1)
    assigned[i[flows > 0]] = j[flows > 0]
    return value(data, scores, assigned)


def stable(data, scores):
    """PyPI `matching`: hospitals and residents, each with all admissible others in order of preference."""
    from matching.games import HospitalResident

    credit = credits(data)
    worth = scores + credit[:, None]
    mentees = {}
    for i in range(len(scores)):
        order = np.argsort(-scores[i], kind="stable")
        mentees[f"e{i}"] = [f"o{j}" for j in order if scores[i, j] >= 0]
    mentors = {}
    for j in range(scores.shape[1]):
        order = np.argsort(-worth[:, j], kind="stable")
        mentors[f"o{j}"] = [f"e{i}" for i in order if scores[i, j] >= 0]
    capacity = {f"o{j}": int(c) for j, c in enumerate(data["capacity"])}
    mentees = {name: list for name, list in mentees.items() if list}
    mentors = {name: list for name, list in mentors.items() if list}
    begin = time.process_time()
    game = HospitalResident.create_from_dictionaries(mentees, mentors, {name: capacity[name] for name in mentors})
    found = game.solve(optimal="resident")
    seconds = time.process_time() - begin
    return {"seconds": seconds, "matched": sum(len(held) for held in found.values())}


def answered(command, data, people):
    """Everything that the contender needs for its answer, scoring included, and the time of all of it."""
    begin = time.perf_counter()
    if command == "best50":
        out = np.empty((people.mentees, 50), np.int64)
        people.all(lambda rows: np.argpartition(-rows, 50, axis=1)[:, :50], out)
        return {"seconds": time.perf_counter() - begin}
    scores = people.all(out=np.empty((people.mentees, people.mentors), np.int16))
    seconds = time.perf_counter() - begin
    if command == "score":
        return {"seconds": seconds, "wrong": int((scores != data["scores"]).sum()) if "scores" in data else None}
    scores = scores.astype(np.int64)
    begin = time.perf_counter()
    answer = {"dense": dense, "flow": flow, "sparse50": sparse50, "stable": stable}[command](data, scores)
    answer.setdefault("seconds", seconds + time.perf_counter() - begin)
    return answer


def main():
    data = load(sys.argv[1])
    people = People(data)
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        command = line.strip()
        if command == "quit":
            return
        answer = answered(command, data, people)
        answer["peak_mib"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps(answer), flush=True)


# `matching` copies its players recursively, each through all the others: deep, on a stack of its own.
sys.setrecursionlimit(10**7)
threading.stack_size(1 << 30)
thread = threading.Thread(target=main)
thread.start()
thread.join()
