"""Runs of a mask, joined to regions, and every sum over the pixels of a region.

A run is (row, start, stop): the True pixels start ... stop - 1 of a row that touch no other True pixel of that row. A mask
of 10,000 regions has some 200,000 runs, and after `count_runs` and `fill_runs` nothing here reads the mask again.
"""

from __future__ import annotations

import numpy as np

from fastdefect.kernels._numba import kernel


@kernel
def count_runs(mask, y0, y1, counts):
    """Write the number of runs of each row y0 ... y1 of ``mask``, uint8 0 or 1 (H, W), to ``counts``, int64 (H,)."""
    width = mask.shape[1]
    for y in range(y0, y1):
        row = mask[y]
        found = np.int32(row[0])
        for x in range(np.uint64(1), np.uint64(width)):
            found += np.int32(row[x] > row[x - np.uint64(1)])
        counts[y] = found


@kernel
def fill_runs(mask, first, y0, y1, runs):
    """Write the runs of the rows y0 ... y1 to ``runs``, int32 (N, 3); those of row y begin at ``first[y]``."""
    width = mask.shape[1]
    for y in range(y0, y1):
        i = first[y]
        if i == first[y + 1]:
            continue
        row = mask[y]
        before = np.uint8(0)
        for x in range(width):
            if row[x] != before:
                if before == 0:
                    runs[i, 0] = y
                    runs[i, 1] = x
                else:
                    runs[i, 2] = x
                    i += 1
                before = row[x]
        if before:
            runs[i, 2] = width


@kernel
def _root(parent, i):
    """First run of the region of run ``i``; halves the way there for the next search."""
    while parent[i] != i:
        parent[i] = parent[parent[i]]
        i = parent[i]
    return i


@kernel
def join_runs(runs, first, gap, parent):
    """Join runs with at most ``gap`` other pixels between them, rows and columns alike; 0 is the 8-neighbourhood.

    ``parent``, int64 (N,), becomes a forest in which the root of a region is its first run.
    """
    for i in range(parent.shape[0]):
        parent[i] = i
    for y in range(first.shape[0] - 1):
        for above in range(max(0, y - gap - 1), y + 1):
            j, end = first[above], first[above + 1]
            for i in range(first[y], first[y + 1]):
                while j < end and runs[j, 2] + gap < runs[i, 1]:
                    j += 1
                k = j
                while k < end and runs[k, 1] <= runs[i, 2] + gap:
                    a, b = _root(parent, i), _root(parent, k)
                    parent[max(a, b)] = min(a, b)
                    k += 1


@kernel
def label_runs(runs, parent, least, labels, areas):
    """Number the regions of at least ``least`` pixels in the order of their first pixels; return how many there are.

    ``labels``, int64 (N,): number of each run's region, -1 for smaller ones. ``areas``, int64 (N,): scratch.
    """
    count = parent.shape[0]
    for i in range(count):
        areas[i] = 0
    for i in range(count):
        areas[_root(parent, i)] += np.int64(runs[i, 2] - runs[i, 1])
    regions = 0
    for i in range(count):
        root = _root(parent, i)
        if root != i:
            labels[i] = labels[root]
        elif areas[i] >= least:
            labels[i] = regions
            regions += 1
        else:
            labels[i] = -1
    return regions


@kernel
def sort_runs(runs, labels, first, sorted_runs):
    """Write the runs by region, each region's in their order; those of region r begin at ``first[r]``, int64 (R + 1,)."""
    for r in range(first.shape[0]):
        first[r] = 0
    for i in range(labels.shape[0]):
        if labels[i] >= 0:
            first[labels[i] + 1] += 1
    for r in range(first.shape[0] - 1):
        first[r + 1] += first[r]
    for i in range(labels.shape[0]):
        if labels[i] >= 0:
            place = first[labels[i]]
            # one by one: copying a row compiles Numba's message for unequal shapes too, 3 s of text functions
            for k in range(3):
                sorted_runs[place, k] = runs[i, k]
            first[labels[i]] += 1
    for r in range(first.shape[0] - 1, 0, -1):
        first[r] = first[r - 1]
    first[0] = 0


@kernel
def measure_runs(runs, first, boxes, sums):
    """Boxes and integer moments of each region.

    ``boxes``, int64 (R, 4): min_row, min_col, max_row, max_col, half-open. ``sums``, int64 (R, 6): of 1, r, c, r r, r c and
    c c, with r and c counted from the box's corner. They fit 64 bits while pixels times side squared stay below 2**63.
    """
    for region in range(boxes.shape[0]):
        begin, end = first[region], first[region + 1]
        top, bottom = np.int64(runs[begin, 0]), np.int64(runs[end - 1, 0]) + 1
        left, right = np.int64(runs[begin, 1]), np.int64(runs[begin, 2])
        for i in range(begin, end):
            left = min(left, np.int64(runs[i, 1]))
            right = max(right, np.int64(runs[i, 2]))
        boxes[region, 0] = top
        boxes[region, 1] = left
        boxes[region, 2] = bottom
        boxes[region, 3] = right
        for k in range(6):
            sums[region, k] = 0
        for i in range(begin, end):
            r = np.int64(runs[i, 0]) - top
            a, b = np.int64(runs[i, 1]) - left, np.int64(runs[i, 2]) - left
            n = b - a
            c = (a + b - 1) * n // 2
            sums[region, 0] += n
            sums[region, 1] += r * n
            sums[region, 2] += c
            sums[region, 3] += r * r * n
            sums[region, 4] += r * c
            sums[region, 5] += ((b - 1) * b * (2 * b - 1) - (a - 1) * a * (2 * a - 1)) // 6


# Scores beyond this count as this, so that the sum over 2**31 pixels fits 64 bits.
_HIGHEST_SCORE = 2.0**31
_UNIT = 2.0**40


@kernel
def score_runs(runs, first, score, sums, peaks):
    """Sums, int64 (R, 2), and highest value, float32 (R,), of ``score``, float32 (H, W), over each region.

    The sums are of the whole parts, and of the fractions in units of 2**-40: integers, so that they do not depend on the
    order of the pixels and add up over tiles. A fraction below 2**-40 is rounded.
    """
    for region in range(peaks.shape[0]):
        whole, fraction = np.int64(0), np.int64(0)
        begin, end = first[region], first[region + 1]
        peak = score[runs[begin, 0], runs[begin, 1]]
        for i in range(begin, end):
            row = score[runs[i, 0]]
            for x in range(runs[i, 1], runs[i, 2]):
                peak = max(peak, row[x])
                value = min(max(np.float64(row[x]), -_HIGHEST_SCORE), _HIGHEST_SCORE)
                floor = np.floor(value)
                whole += np.int64(floor)
                fraction += np.int64(np.rint((value - floor) * _UNIT))
        sums[region, 0] = whole
        sums[region, 1] = fraction
        peaks[region] = peak
