"""Window means of a strip of rows by running sums: background removal, and the mean contrast around a pixel.

Row 0 of what is read is the image row ``rows.source``. ``rows.height`` is the image's, so that windows stop at the
image's edge and not at the strip's. Twin: `fastdefect.reference.texture.background`.
"""

import numpy as np

from fastdefect.kernels._numba import kernel
from fastdefect.kernels.texture.running import window_sums
from fastdefect.operations.texture import PAD


@kernel
def _slide(column, leaving, entering, clip):
    """Move column sums of clipped values by one row."""
    low = np.int32(-clip)
    high = np.int32(clip)
    for x in range(np.uint64(column.shape[0])):
        new = min(max(np.int32(entering[x]), low), high)
        old = min(max(np.int32(leaving[x]), low), high)
        column[x] = np.int32(column[x] + np.int32(new - old))


@kernel
def _gather(column, row, clip):
    """Add a clipped row to column sums."""
    low = np.int32(-clip)
    high = np.int32(clip)
    for x in range(np.uint64(column.shape[0])):
        column[x] = np.int32(column[x] + min(max(np.int32(row[x]), low), high))


@kernel
def _gather_moment(moment, row, clip, ramp):
    """The same, times ``ramp``."""
    low = np.int32(-clip)
    high = np.int32(clip)
    for x in range(np.uint64(moment.shape[0])):
        moment[x] = np.int32(moment[x] + np.int32(ramp) * min(max(np.int32(row[x]), low), high))


@kernel
def _tilted(line, src, dst, tilt, size, rows):
    """Columns of one window, the first of them ``tilt`` half pixels from its middle: the value of a line, not the mean.

    ``line`` is the window, ``src`` and ``dst`` are the columns. Whole numbers of 32 bits where they suffice, also as
    factors of 64: for others there are no vectors, and both edges of a row took a quarter of its time.
    """
    total = np.int64(0)
    moment = np.int64(0)
    for i in range(np.uint64(line.shape[0])):
        ramp = np.int32(np.int32(np.int32(i) * np.int32(2)) - np.int32(size - 1))
        total += np.int64(line[i])
        moment += np.int64(ramp) * np.int64(line[i])
    factor = np.float64(size) / np.float64(size * (size * size - 1) // 3)  # by the sum of ramp**2
    scale = np.float64(1.0) / np.float64(size * rows)
    middle = np.float64(total)
    slope = np.float64(moment)
    for x in range(np.uint64(dst.shape[0])):
        place = np.int32(np.int32(tilt) + np.int32(np.int32(x) * np.int32(2)))
        value = middle + slope * (np.float64(place) * factor)
        mean = np.int32(np.int32(value * scale + np.float64(40000.5)) - np.int32(40000))
        dst[x] = np.int16(np.int32(src[x]) - mean)


@kernel
def _take_off(line, row, out, cols, size, scale, sums):
    """One row less its background, whose sums over ``size`` rows are ``line``."""
    width = row.shape[0]
    half_x = cols // 2
    if cols % 2 == 0:
        _tilted(line, row, out, 1 - cols, cols, size)
        return
    window_sums(line, cols, sums)
    middle = row[half_x : width - half_x]
    inner = out[half_x : width - half_x]
    for x in range(np.uint64(inner.shape[0])):
        # lifted above 0, so that cutting off the fraction rounds
        lifted = np.int32(np.float32(sums[x]) * scale + np.float32(40000.5))
        inner[x] = np.int16(np.int32(middle[x]) - np.int32(lifted - np.int32(40000)))
    _tilted(line[:cols], row[:half_x], out[:half_x], 1 - cols, cols, size)
    right = width - half_x
    _tilted(line[width - cols :], row[right:], out[right:], cols + 1 - 2 * half_x, cols, size)


@kernel
def remove_background(src, dst, pad, rows, window, clip, scratch):
    """Rows minus the background of the clipped ``src``, to int16 rows of ``dst`` that start at column ``pad``.

    ``src`` is int16, every row of the windows of the first and last row is there. Scratch: ``sums``. About 1.3
    nanoseconds per pixel for any window.
    """
    column, moment, line, sums = scratch[0], scratch[1], scratch[2], scratch[3]
    height, src_y, y0, y1 = rows.height, rows.source, rows.first, rows.last
    width = column.shape[0]
    size = min(window, height)
    cols = min(window, width)
    half_y = size // 2
    factor = np.float64(size) / np.float64(size * (size * size - 1) // 3)  # by the sum of ramp**2
    scale = np.float32(np.float64(1.0) / np.float64(cols * size))
    start = min(max(y0 - half_y, 0), height - size)
    column[:] = np.int32(0)
    for y in range(start, start + size):
        _gather(column, src[y - src_y], clip)
    moment_of = np.int64(-1)
    for y in range(y0, y1):
        wanted = min(max(y - half_y, 0), height - size)
        while start < wanted:
            _slide(column, src[start - src_y], src[start + size - src_y], clip)
            start += 1
        tilt = 2 * (y - start) - (size - 1)
        row = src[y - src_y]
        out = dst[y - y0][pad : pad + width]
        if tilt == 0:
            _take_off(column, row, out, cols, size, scale, sums)
        else:
            if moment_of != start:
                moment[:] = np.int32(0)
                for i in range(size):
                    _gather_moment(moment, src[start + i - src_y], clip, 2 * i - (size - 1))
                moment_of = start
            slope = np.float64(tilt) * factor
            for x in range(np.uint64(width)):
                step = np.floor(np.float64(moment[x]) * slope + np.float64(0.5))
                line[x] = np.int32(column[x] + np.int32(step))
            _take_off(line, row, out, cols, size, scale, sums)


@kernel
def window_mean(src, rows, window, start_of, y, column, sums, dst):
    """Mean of row ``y``'s windows, kept inside the image, plain at the edges, to float32 (W,).

    ``src`` is int16 with PAD columns in front. ``column`` int32 (W,) carries the sums of the window that
    starts at row ``start_of`` (-1: none yet) from call to call; returns where it starts now.
    """
    height, src_y, pad = rows.height, rows.source, PAD
    width = column.shape[0]
    size = min(window, height)
    cols = min(window, width)
    half_x = cols // 2
    wanted = min(max(y - size // 2, 0), height - size)
    if start_of < 0:
        column[:] = np.int32(0)
        for i in range(wanted, wanted + size):
            _gather(column, src[i - src_y][pad : pad + width], 32767)
        start_of = wanted
    while start_of < wanted:
        leaving = src[start_of - src_y][pad : pad + width]
        _slide(column, leaving, src[start_of + size - src_y][pad : pad + width], 32767)
        start_of += 1
    window_sums(column, cols, sums)
    scale = np.float32(np.float64(1.0) / np.float64(cols * size))
    count = width - cols + 1
    inner = dst[half_x : half_x + count]
    for x in range(np.uint64(count)):
        inner[x] = np.float32(sums[x]) * scale
    dst[:half_x] = inner[0]
    dst[half_x + count :] = inner[count - 1]
    return start_of
