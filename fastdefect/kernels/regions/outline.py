"""Lengths along the edge of regions: perimeter, contrast with the ring around, outlines along pixel edges."""

from __future__ import annotations

import numpy as np

from fastdefect.kernels._numba import kernel


@kernel
def _paint(runs, begin, end, row):
    """1 where a run covers a pixel, else 0; ``row``, uint8 (W + 2,), has a margin of one."""
    for x in range(row.shape[0]):
        row[x] = 0
    for i in range(begin, end):
        for x in range(np.uint64(runs[i, 1]), np.uint64(runs[i, 2])):
            row[x + np.uint64(1)] = np.uint8(1)


@kernel
def _edge_row(above, row, below, edge):
    """1 where a pixel of ``row`` has a side to the outside, else 0; all uint8 (W + 2,)."""
    one, two = np.uint64(1), np.uint64(2)
    edge[0] = np.uint8(0)
    edge[edge.shape[0] - 1] = np.uint8(0)
    for x in range(np.uint64(row.shape[0] - 2)):
        inner = above[x + one] & below[x + one] & row[x] & row[x + two]
        edge[x + one] = np.uint8(row[x + one] & np.uint8(np.uint8(1) - inner))


@kernel
def perimeter_steps(runs, first, labels, pixels, edges, steps):
    """Add twelfths of horizontal, vertical and diagonal steps along the edge of each region to ``steps``, int64 (R, 3).

    Benkrid and Crookes' estimator, as ``skimage.measure.perimeter`` has it: an edge pixel counts by its neighbours on the
    edge, 1 where they are straight, sqrt(2) where diagonal, half of each where one is straight and one diagonal. Twelfths,
    because a straight step is shared by 2 or 3 neighbours, and integers, so that the order of summing does not matter.
    ``runs``, ``first`` and ``labels`` are by rows; ``pixels`` and ``edges``, uint8 (3, W + 2), are scratch.
    """
    height = first.shape[0] - 1
    one, two = np.uint64(1), np.uint64(2)
    for x in range(edges.shape[1]):
        for k in range(3):
            edges[k, x] = 0
            pixels[k, x] = 0
    # row y of the mask lies in pixels[y % 3]; those of the edge are known one row later
    _paint(runs, first[0], first[1], pixels[0])
    if height > 1:
        _paint(runs, first[1], first[2], pixels[1])
    _edge_row(pixels[2], pixels[0], pixels[1], edges[0])
    for y in range(height):
        above, row, below = edges[(y + 2) % 3], edges[y % 3], edges[(y + 1) % 3]
        if y + 2 < height:
            _paint(runs, first[y + 2], first[y + 3], pixels[(y + 2) % 3])
        else:
            _paint(runs, 0, 0, pixels[(y + 2) % 3])
        _edge_row(pixels[y % 3], pixels[(y + 1) % 3], pixels[(y + 2) % 3], below)
        for i in range(first[y], first[y + 1]):
            region = labels[i]
            if region < 0:
                continue
            across, down, diagonal = np.int64(0), np.int64(0), np.int64(0)
            for x in range(np.uint64(runs[i, 1]), np.uint64(runs[i, 2])):
                if row[x + one] == 0:
                    continue
                h = np.int64(row[x]) + np.int64(row[x + two])
                v = np.int64(above[x + one]) + np.int64(below[x + one])
                d = np.int64(above[x]) + np.int64(above[x + two])
                d += np.int64(below[x]) + np.int64(below[x + two])
                straight = h + v
                if (straight == 2 or straight == 3) and d <= 2:
                    across += 12 * h // straight
                    down += 12 * v // straight
                elif (straight == 0 and d == 2) or (straight == 1 and d == 3):
                    diagonal += 12
                elif straight == 1 and (d == 1 or d == 2):
                    across += 6 * h
                    down += 6 * v
                    diagonal += 6
            steps[region, 0] += across
            steps[region, 1] += down
            steps[region, 2] += diagonal


@kernel
def _cover(runs, begin, end, left, reach, amount, cover):
    """Add ``amount`` to the columns that some runs, made longer by ``reach``, cover."""
    for i in range(begin, end):
        start = max(np.int64(runs[i, 1]) - reach - left, np.int64(0))
        stop = min(np.int64(runs[i, 2]) + reach - left, np.int64(cover.shape[0]))
        for x in range(start, stop):
            cover[x] += amount


@kernel
def ring_sums(mask, inside, grey, corner, runs, first, boxes, reach, cover, sums):
    """Sum of grey levels in each region; pixels and sum of grey levels around it, int64 (R, 3).

    ``grey`` is a part of the image whose upper left pixel is ``corner`` (row, col); it holds all pixels that are looked at.
    Around are the pixels up to ``reach`` rows and columns away that lie in no region of ``mask`` and inside the inspected
    area (``inside``, uint8 (H, W); of no pixel if all are). ``cover``, int32 (W,), is scratch of zeros and left so.
    """
    height, width = mask.shape
    all_inside = inside.shape[0] == 0
    for region in range(sums.shape[0]):
        own, around, pixels = np.int64(0), np.int64(0), np.int64(0)
        begin, end = first[region], first[region + 1]
        left = max(np.int64(0), boxes[region, 1] - reach)
        right = min(np.int64(width), boxes[region, 3] + reach)
        line = cover[: right - left]
        enter = leave = begin
        bottom = min(np.int64(height), boxes[region, 2] + reach)
        for y in range(max(np.int64(0), boxes[region, 0] - reach), bottom):
            a = enter
            while enter < end and runs[enter, 0] <= y + reach:
                enter += 1
            _cover(runs, a, enter, left, reach, np.int32(1), line)
            a = leave
            while leave < end and runs[leave, 0] < y - reach:
                leave += 1
            _cover(runs, a, leave, left, reach, np.int32(-1), line)
            for x in range(left, right):
                if line[x - left] > 0 and mask[y, x] == 0 and (all_inside or inside[y, x] != 0):
                    pixels += 1
                    around += np.int64(grey[y - corner[0], x - corner[1]])
        _cover(runs, leave, enter, left, reach, np.int32(-1), line)
        for i in range(begin, end):
            for x in range(runs[i, 1], runs[i, 2]):
                own += np.int64(grey[runs[i, 0] - corner[0], x - corner[1]])
        sums[region, 0] = own
        sums[region, 1] = pixels
        sums[region, 2] = around


@kernel
def trace_outlines(crop, seen, points, ends):
    """Rings along the pixel edges of ``crop``, uint8 (h + 2, w + 2) with a margin of zeros; return how many.

    ``points``, int32 (P, 2): corners (row, col) in the crop without margin, where pixel (r, c) spans r ... r + 1 and
    c ... c + 1. ``ends``, int64 (E,): where each ring's corners end. Outer rings run clockwise as seen, holes the other
    way, with the region on the right. Pixels that touch at a corner belong together: no ring parts them there.
    ``seen``, uint8 (h + 2, w + 2) of zeros, marks the upper edges that have been walked.
    """
    rings = np.int64(0)
    count = np.int64(0)
    for y in range(1, crop.shape[0]):
        for x in range(1, crop.shape[1]):
            # A ring runs along an upper edge of a pixel of the region from left to right.
            if crop[y, x] == 0 or crop[y - 1, x] != 0 or seen[y, x] != 0:
                continue
            begin = count
            r, c = np.int64(y), np.int64(x)  # corner: the upper left one of pixel (r, c)
            dr, dc = np.int64(0), np.int64(1)
            while True:
                if dc == 1:
                    if seen[r, c] != 0:
                        break
                    seen[r, c] = 1
                r += dr
                c += dc
                # ahead to the left and to the right of the way
                if dc == 1:
                    ahead_left, ahead_right = crop[r - 1, c], crop[r, c]
                elif dr == 1:
                    ahead_left, ahead_right = crop[r, c], crop[r, c - 1]
                elif dc == -1:
                    ahead_left, ahead_right = crop[r, c - 1], crop[r - 1, c - 1]
                else:
                    ahead_left, ahead_right = crop[r - 1, c - 1], crop[r - 1, c]
                if ahead_left != 0:
                    dr, dc = -dc, dr
                elif ahead_right != 0:
                    continue
                else:
                    dr, dc = dc, -dr
                points[count, 0] = r - 1
                points[count, 1] = c - 1
                count += 1
            if count > begin:
                ends[rings] = count
                rings += 1
    return rings
