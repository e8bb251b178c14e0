/* The file of a texture model, believed only as far as its sizes, its checksum and the ranges of its numbers say. */
#include <string.h>

#include "texture.h"

enum { HEAD = 24 };

static uint32_t little(const uint8_t *at) {
    return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static uint32_t checksum(const uint8_t *at, size_t bytes) {
    uint32_t sum = 0xFFFFFFFFu;
    while (bytes-- > 0) {
        sum ^= *at++;
        for (int bit = 0; bit < 8; bit++) sum = sum >> 1 ^ (sum & 1 ? 0xEDB88320u : 0);
    }
    return ~sum;
}

static const uint8_t *take(const uint8_t *at, void *numbers, int count) {
    uint32_t *to = numbers;
    for (int i = 0; i < count; i++, at += 4) to[i] = little(at);
    return at;
}

static int within(const float *values, int count, float least, float most) {
    for (int i = 0; i < count; i++)
        if (!(values[i] >= least && values[i] <= most)) return 0;
    return 1;
}

static int whole(const int32_t *values, int count, int32_t least, int32_t most) {
    for (int i = 0; i < count; i++)
        if (values[i] < least || values[i] > most) return 0;
    return 1;
}

/* The ranges that the Python package believes too. */
static int plausible(const texture_numbers *n) {
    for (int i = 0; i < 4; i++)
        if (n->scales[i] % 2 == 0 || (i > 0 && n->scales[i] <= n->scales[i - 1])) return 0;
    return whole(&n->colour, 2, 0, 1) && whole(&n->window, 1, 31, FD_TEXTURE_WINDOW_MOST) && n->window % 2 == 1 &&
           whole(n->scales, 4, 1, 31) && (n->channels == 1 || n->channels == 3) && whole(n->clips, 3, 1, 5000) &&
           whole(&n->line_clip, 1, 1, 2700) && whole(&n->bar_clip, 1, 1, 1350) && whole(&n->energy_clip, 2, 1, 32767) &&
           within(n->grey_weights, 4, 0, 1e6f) && within(n->chroma_weights, 4, 0, 1e6f) &&
           within(&n->line_weight, 1, 0, 1e6f) && within(n->bar_weights, 2, 0, 1e6f) && within(n->bar_gains, 2, 0, 100) &&
           within(n->bar_offsets, 2, 0, 100) && within(&n->energy_floor, 1, 1e-3f, 1e6f) &&
           within(n->energy_gains, 2, 0, 1e6f) && within(n->energy_weights, 2, 0, 1e6f) && within(&n->side_gain, 2, 0, 100) &&
           n->threshold >= 0 && n->threshold <= 1e305 && n->mask_threshold >= 0;
}

fd_status fdi_texture_read(const void *file, size_t bytes, int32_t width, texture_numbers *numbers, const uint8_t **profile) {
    static const char magic[] = "fastdefect.fdm.1";
    const int wholes = 16, floats = 22, size = 4 * (wholes + floats) + 12;
    const uint8_t *at = file;
    if (bytes < HEAD || memcmp(at, magic, 16) != 0)
        return fdi_fail(FD_ARGUMENT, "file: expected a texture model that freezer.texture_file wrote, received another file");
    if (little(at + 16) != bytes - HEAD || bytes - HEAD < (size_t)size)
        return fdi_fail(FD_ARGUMENT, "file: expected %u bytes behind its head, received %zu", little(at + 16), bytes - HEAD);
    if (little(at + 20) != checksum(at + HEAD, bytes - HEAD))
        return fdi_fail(FD_ARGUMENT, "file: expected bytes that fit its checksum, received damaged ones");
    at = take(at + HEAD, &numbers->colour, wholes);
    at = take(at, numbers->grey_weights, floats);
    uint64_t bits = little(at) | (uint64_t)little(at + 4) << 32;
    memcpy(&numbers->threshold, &bits, sizeof bits);
    at = take(at + 8, &numbers->mask_threshold, 1);
    if (!plausible(numbers)) return fdi_fail(FD_ARGUMENT, "file: expected numbers in their ranges, received others");
    const int32_t columns = numbers->profile_width;
    if (columns < 0 || bytes - HEAD - (size_t)size != 2 * (size_t)columns)
        return fdi_fail(FD_ARGUMENT, "file: expected a column profile of %d columns, received %zu bytes", columns,
                        bytes - HEAD - (size_t)size);
    if (columns > 0 && columns != width)
        return fdi_fail(FD_ARGUMENT, "width: expected %d as the model's column profile has, received %d", columns, width);
    *profile = columns > 0 ? at : NULL;
    return FD_OK;
}
