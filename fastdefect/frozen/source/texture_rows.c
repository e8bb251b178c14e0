/* Which rows a strip of the texture map needs of every intermediate, as fastdefect/backends/texture_strips.py has them. */
#include <string.h>

#include "texture.h"

static word least(word a, word b) { return a < b ? a : b; }

static word most(word a, word b) { return a > b ? a : b; }

static void set(span span, word height, word source, word first, word last) {
    const word values[4] = {height, source, first, last};
    memcpy(span, values, sizeof values);
}

/* Rows that the windows of the rows y0 ... y1 - 1 cover. */
static void window_rows(word height, word window, word y0, word y1, word *low, word *high) {
    const word size = least(window, height);
    *low = least(most(y0 - size / 2, 0), height - size);
    *high = least(most(y1 - 1 - size / 2, 0), height - size) + size;
}

static void residual_rows(residual *made, word height, word window, word c0, word c1) {
    word a0, a1, b0, b1;
    window_rows(height, window, c0, c1, &b0, &b1);
    window_rows(height, window, b0, b1, &a0, &a1);
    set(made->log, height, a0, a0, a1);
    set(made->first, height, a0, b0, b1);
    set(made->second, height, b0, c0, c1);
}

void fdi_texture_rows(const texture_numbers *numbers, word height, word y0, word y1, strip_rows *rows) {
    const word window = numbers->window, reach = numbers->scales[3] / 2;
    const word low = most(0, y0 - reach), high = least(height, y1 + reach);
    const word l0 = most(0, y0 - FD_TEXTURE_HALF_LINE + 1), l1 = least(height, y1 + FD_TEXTURE_HALF_LINE - 1);
    word b0, b1, w0, w1, c0 = low, c1 = high;
    window_rows(height, FD_TEXTURE_LONG_BAR, y0, y1, &b0, &b1);
    window_rows(height, window, y0, y1, &w0, &w1);
    const word e0 = least(w0, most(0, y0 - 7)), e1 = most(w1, least(height, y1 + 7));
    if (numbers->colour) {
        /* fine contrast is compared with a window that is kept inside the image, and reaches one row further */
        c0 = most(0, least(least(low, b0), w0 - 1));
        c1 = least(height, most(most(high, b1), w1 + 1));
    }
    set(rows->own, height, y0, y0, y1);
    residual_rows(&rows->grey, height, window, c0, c1);
    residual_rows(&rows->chroma, height, window, low, high);
    set(rows->boxes, height, c0, y0, y1);
    set(rows->lines, height, l0, y0, y1);
    set(rows->bars, height, b0, y0, y1);
    set(rows->ratios, height, e0, y0, y1);
    set(rows->chroma_boxes, height, low, y0, y1);
    set(rows->line_clip, height, c0, l0, l1);
    set(rows->bar_clip, height, c0, b0, b1);
    set(rows->contrast, height, c0, e0, e1);
}

static void room(word *size, const span rows) { *size = most(*size, rows[3] - rows[2]); }

strip_sizes fdi_texture_sizes(const texture_numbers *numbers, const strip_rows *rows, word count) {
    strip_sizes sizes = {0};
    for (const strip_rows *strip = rows; strip < rows + count; strip++) {
        const residual *made[] = {&strip->grey, &strip->chroma};
        const int has_chroma = numbers->colour && numbers->channels == 3;
        for (int i = 0; i < 1 + has_chroma; i++) {
            room(&sizes.log, made[i]->log);
            room(&sizes.first, made[i]->first);
            room(&sizes.residual, made[i]->second);
        }
        if (!numbers->colour) continue;
        room(&sizes.second, strip->line_clip);
        room(&sizes.second, strip->bar_clip);
        room(&sizes.second, strip->contrast);
        if (has_chroma) room(&sizes.second, strip->chroma.second);
    }
    return sizes;
}
