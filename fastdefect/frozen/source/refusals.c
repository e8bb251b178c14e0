/* What callers give: checked, made plain; what is wrong with it in words, the last ones of each thread. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "refusals.h"

extern int fd_level(void);

static _Thread_local char text[256];
static _Thread_local fd_status last;

fd_status fdi_fail(fd_status status, const char *format, ...) {
    va_list parts;
    va_start(parts, format);
    vsnprintf(text, sizeof text, format, parts);
    va_end(parts);
    return last = status;
}

fd_status fd_last_status(void) { return last; }

const char *fd_last_error(void) { return text; }

static fd_status between(const char *name, int64_t value, int64_t least, int64_t most) {
    if (value >= least && value <= most) return FD_OK;
    return fdi_fail(FD_ARGUMENT, "%s: expected %lld ... %lld, received %lld", name, (long long)least, (long long)most,
                    (long long)value);
}

fd_status fdi_check_size(int32_t width, int32_t height, int32_t threads) {
    const int64_t most = 1 << 20, pixels = (int64_t)width * height;
    if (between("width", width, 1, most) || between("height", height, 1, most)) return FD_ARGUMENT;
    if (pixels > 1 << 30)
        return fdi_fail(FD_ARGUMENT, "width, height: expected at most 2^30 pixels, received %lld", (long long)pixels);
    return between("threads", threads, 1, FD_MOST_THREADS);
}

fd_status fdi_check_params(const fd_params *params) {
    if (params->size != sizeof *params)
        return fdi_fail(FD_ARGUMENT, "params: expected a structure of %zu bytes from fd_params_default, received size %u",
                        sizeof *params, params->size);
    if (params->level != 0 && between("params.level", params->level, 2, 4)) return FD_ARGUMENT;
    const struct {
        const char *name;
        int64_t value, least, most;
    } ranges[] = {
        {"params.blur_width", params->blur_width, 1, FD_BLUR_MOST},
        {"params.blur_height", params->blur_height, 1, FD_BLUR_MOST},
        {"params.template_window", params->template_window, 1, 99},
        {"params.search_window", params->search_window, 1, 99},
        {"params.structuring_width", params->structuring_width, 1, FD_EXTREME_MOST},
        {"params.structuring_height", params->structuring_height, 1, FD_EXTREME_MOST},
        {"params.max_dark_pixels", params->max_dark_pixels, 0, INT64_MAX},
        {"params.most_runs", params->most_runs, 0, 1 << 30},
        {"params.min_area", params->min_area, 1, INT64_MAX},
        {"params.merge_distance", params->merge_distance, 0, 255},
        {"params.surroundings", params->surroundings, 1, 255},
    };
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++)
        if (between(ranges[i].name, ranges[i].value, ranges[i].least, ranges[i].most)) return FD_ARGUMENT;
    if (!isfinite(params->h) || params->h < 0)
        return fdi_fail(FD_ARGUMENT, "params.h: expected a finite number of at least 0, received %g", params->h);
    const int area = params->blur_width * params->blur_height;
    if (!(fd_independent[area / 8] >> area % 8 & 1))
        return fdi_fail(FD_UNSUPPORTED,
                        "params.blur_width, blur_height: OpenCV's mean of %d pixels depends on the column, which only the "
                        "Python package has; take another size",
                        area);
    return FD_OK;
}

/* The bytes that an image takes, 0 where its last address would not exist. */
static uintptr_t extent(const picture *image, word height) {
    const uintptr_t first = (uintptr_t)image->data, row = (uintptr_t)image->row, pitch = (uintptr_t)image->pitch;
    if ((uintptr_t)(height - 1) > (UINTPTR_MAX / 2 - row) / pitch) return 0;
    const uintptr_t size = (uintptr_t)(height - 1) * pitch + row;
    return size <= UINTPTR_MAX - first ? size : 0;
}

/* Whether two images share a byte; those beside each other in rows of one memory do not. */
static int overlap(const picture *a, const picture *b, word height) {
    const uintptr_t first = (uintptr_t)a->data, second = (uintptr_t)b->data;
    if (first + extent(a, height) <= second || second + extent(b, height) <= first) return 0;
    if (a->pitch != b->pitch) return 1;
    const uintptr_t pitch = (uintptr_t)a->pitch;
    const uintptr_t behind = second >= first ? (second - first) % pitch : (pitch - (first - second) % pitch) % pitch;
    return behind < (uintptr_t)a->row || behind + (uintptr_t)b->row > pitch;
}

fd_status fdi_check_pictures(const picture *pictures, word count, word height) {
    for (word i = 0; i < count; i++) {
        const picture *image = &pictures[i];
        if (image->data == NULL) continue;
        if (image->pitch < image->row)
            return fdi_fail(FD_ARGUMENT, "%s: expected a pitch of at least a row's %lld bytes, received %lld", image->name,
                            (long long)image->row, (long long)image->pitch);
        if (extent(image, height) == 0)
            return fdi_fail(FD_ARGUMENT, "%s: expected rows that lie in memory, received a pitch of %lld", image->name,
                            (long long)image->pitch);
        for (word j = 0; j < i; j++)
            if (pictures[j].data != NULL && overlap(&pictures[j], image, height))
                return fdi_fail(FD_ARGUMENT, "%s: expected memory of its own, received some of %s", image->name,
                                pictures[j].name);
    }
    return FD_OK;
}

const uint8_t *fdi_flat(const picture *image, word channels, word width, word height, uint8_t *room) {
    const word kept = channels == 1 ? 1 : 3;
    if (channels < 4 && image->pitch == image->row) return image->data;
    for (word y = 0; y < height; y++) {
        const uint8_t *from = image->data + y * image->pitch;
        uint8_t *to = room + y * width * kept;
        if (channels < 4)
            memcpy(to, from, (size_t)image->row);
        else
            for (word x = 0; x < width; x++, from += 4, to += 3) memcpy(to, from, 3);
    }
    return room;
}

const level *fdi_level_for(int32_t most) {
    const int there = fd_level();
    for (const level *const *at = fd_levels; *at != NULL; at++)
        if ((*at)->number <= there && (most == 0 || (*at)->number <= most)) return *at;
    fdi_fail(FD_UNSUPPORTED,
             "level: expected a processor that this library has machine code for, up to level %d, received one of level %d",
             most, there);
    return NULL;
}
