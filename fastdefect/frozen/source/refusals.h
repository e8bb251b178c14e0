/* Checks of what callers give. */
#ifndef FASTDEFECT_REFUSALS_H
#define FASTDEFECT_REFUSALS_H
#include "parts.h"

#pragma GCC visibility push(hidden)

/* An image of the caller's with its name for messages; data NULL where it is not wanted. */
typedef struct picture {
    const char *name;
    const uint8_t *data;
    ptrdiff_t pitch;
    word row;
} picture;

fd_status fdi_check_size(int32_t width, int32_t height, int32_t threads);
fd_status fdi_check_params(const fd_params *params);
fd_status fdi_check_pictures(const picture *pictures, word count, word height);

/* The image's bytes without gaps between rows and without a fourth channel: its own, or a copy in `room`. */
const uint8_t *fdi_flat(const picture *image, word channels, word width, word height, uint8_t *room);

#pragma GCC visibility pop
#endif
