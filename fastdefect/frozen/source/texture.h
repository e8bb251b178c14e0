/* The texture model in C: what its file holds, and the rows of its strips. */
#ifndef FASTDEFECT_TEXTURE_H
#define FASTDEFECT_TEXTURE_H
#include "refusals.h"

#pragma GCC visibility push(hidden)

/* The numbers of a file in its order, see fastdefect/freezer/texture_file.py. */
typedef struct texture_numbers {
    int32_t colour, geometric, window, scales[4], channels, clips[3], line_clip, bar_clip, energy_clip, energy_neutral,
        profile_width;
    float grey_weights[4], chroma_weights[4], line_weight, bar_weights[2], bar_gains[2], bar_offsets[2], energy_floor,
        energy_gains[2], energy_weights[2], side_gain, side_offset;
    double threshold;
    float mask_threshold;
} texture_numbers;

/* Read and check a file; `profile` is where its column profile begins, or NULL. */
fd_status fdi_texture_read(const void *file, size_t bytes, int32_t width, texture_numbers *numbers, const uint8_t **profile);

typedef word span[4]; /* `Rows` in Python: rows of the image, row that lies first, first and last row that are made */
typedef struct residual {
    span log, first, second;
} residual;
typedef struct strip_rows {
    span own, boxes, lines, bars, ratios, chroma_boxes, line_clip, bar_clip, contrast;
    residual grey, chroma;
} strip_rows;

void fdi_texture_rows(const texture_numbers *numbers, word height, word y0, word y1, strip_rows *rows);

/* Rows of memory that strips need: of log images, of these less their background, of residuals, of what is made of them. */
typedef struct strip_sizes {
    word log, first, residual, second;
} strip_sizes;
strip_sizes fdi_texture_sizes(const texture_numbers *numbers, const strip_rows *rows, word count);

#pragma GCC visibility pop
#endif
