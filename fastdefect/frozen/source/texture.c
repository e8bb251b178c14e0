/* The texture model: its map over strips, the image's score, the verdict; as fastdefect/backends/numba_texture.py runs it. */
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "texture.h"

enum { WORDS = 30, ARRAYS = 11, SCRATCH = 7 };
enum { LOG, FIRST, RESIDUAL, SECOND, COLUMNS }; /* then `Scratch` */

struct fd_texture {
    memory memory;
    pool *pool;
    const level *level;
    shape shape;
    texture_numbers numbers;
    atomic_flag inside;
    word count, words[WORDS], scales[4], directions[8][2];
    strip_rows *rows;
    array lists[9], grey_table, channel_table, profile, flat, map, bits, *arrays, *top, *top_bits;
    word (*scratch)[SCRATCH];
    uint8_t *copy;
};

static word bits_of(double value) {
    word bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

/* `bar_size` of fastdefect/kernels/texture/tables.py. */
static word *bars(word *at, word length) {
    const word half = (length - 1) / 2 < FD_TEXTURE_HALF_BAR ? (length - 1) / 2 : FD_TEXTURE_HALF_BAR;
    const word longest = length < FD_TEXTURE_LONG_BAR ? length : FD_TEXTURE_LONG_BAR;
    *at++ = half;
    *at++ = longest;
    *at++ = bits_of((float)(1.0 / (double)(half * FD_TEXTURE_BAR_UNIT)));
    *at++ = bits_of((float)(FD_TEXTURE_YARN_SHARE / (double)(longest * FD_TEXTURE_BAR_UNIT)));
    return at;
}

static word list(fd_texture *plan, int number, void *data, size_t item, word rows, word columns) {
    plan->lists[number] = fdi_array(data, item, rows, columns, 0);
    fdi_place(&plan->lists[number]);
    return FDI_WORD(&plan->lists[number]);
}

/* `Numbers` of fastdefect/kernels/texture/numbers.py as words. */
static void plan_numbers(fd_texture *plan) {
    static const word directions[8][2] = FD_TEXTURE_DIRECTIONS;
    texture_numbers *n = &plan->numbers;
    memcpy(plan->directions, directions, sizeof directions);
    for (int i = 0; i < 4; i++) plan->scales[i] = n->scales[i];
    word *at = plan->words;
    *at++ = n->window;
    *at++ = n->geometric;
    *at++ = list(plan, 0, plan->scales, sizeof(word), 4, 0);
    *at++ = list(plan, 1, plan->directions, sizeof(word), 8, 2);
    at = bars(bars(at, plan->shape.width), plan->shape.height);
    for (int i = 0; i < 3; i++) *at++ = n->clips[i];
    *at++ = list(plan, 2, n->grey_weights, sizeof(float), 4, 0);
    *at++ = list(plan, 3, n->chroma_weights, sizeof(float), 4, 0);
    *at++ = n->line_clip;
    *at++ = bits_of(n->line_weight);
    *at++ = n->bar_clip;
    *at++ = list(plan, 4, n->bar_weights, sizeof(float), 2, 0);
    *at++ = list(plan, 5, n->bar_gains, sizeof(float), 2, 0);
    *at++ = list(plan, 6, n->bar_offsets, sizeof(float), 2, 0);
    *at++ = n->energy_clip;
    *at++ = n->energy_neutral;
    *at++ = bits_of(n->energy_floor);
    *at++ = list(plan, 7, n->energy_gains, sizeof(float), 2, 0);
    *at++ = list(plan, 8, n->energy_weights, sizeof(float), 2, 0);
    *at++ = bits_of(n->side_gain);
    *at++ = bits_of(n->side_offset);
}

static int plan_strips(fd_texture *plan) {
    const word width = plan->shape.width, height = plan->shape.height, threads = plan->shape.threads;
    const word pixels = FD_TEXTURE_PIXELS / width, rows = pixels > FD_TEXTURE_ROWS ? pixels : FD_TEXTURE_ROWS;
    word count = (height + rows - 1) / rows, most = (height + 63) / 64;
    if (most > threads) most = threads;
    if (count < most) count = most;
    const word each = (height + count - 1) / count;
    plan->count = (height + each - 1) / each;
    plan->rows = fdi_take(&plan->memory, (size_t)plan->count * sizeof *plan->rows);
    float *top = fdi_take(&plan->memory, (size_t)plan->count * FD_TEXTURE_TOP * sizeof *top);
    plan->top = fdi_take(&plan->memory, (size_t)plan->count * sizeof *plan->top);
    plan->top_bits = fdi_take(&plan->memory, (size_t)plan->count * sizeof *plan->top_bits);
    for (word i = 0; !plan->memory.failed && i < plan->count; i++) {
        fdi_texture_rows(&plan->numbers, height, i * each, i + 1 < plan->count ? (i + 1) * each : height, &plan->rows[i]);
        plan->top[i] = plan->top_bits[i] = fdi_array(top + i * FD_TEXTURE_TOP, sizeof *top, FD_TEXTURE_TOP, 0, 0);
        fdi_place(&plan->top[i]);
        fdi_place(&plan->top_bits[i]);
    }
    return !plan->memory.failed;
}

static int plan_memory(fd_texture *plan) {
    const word width = plan->shape.width, wide = width + 2 * FD_TEXTURE_PAD, colour = plan->numbers.colour;
    const word slots = plan->shape.threads < plan->count ? plan->shape.threads : plan->count;
    const strip_sizes sizes = fdi_texture_sizes(&plan->numbers, plan->rows, plan->count);
    const struct {
        size_t item;
        word rows, columns, deep;
    } parts[ARRAYS] = {
        {2, sizes.log, width, 0},
        {2, sizes.first, width, 0},
        {2, sizes.residual, wide, 0},
        {2, sizes.second, wide, 0},
        {4, colour ? 6 : 3, wide, 0},
        {4, 4, width, 0},
        {4, 3, width, 0},
        {4, 3, width, 0}, /* the same memory as integers */
        {2, 1, width, 0},
        {2, colour ? 8 : 0, FD_TEXTURE_HALF_LINE, wide},
        {4, colour ? 4 : 0, wide, 0},
    };
    plan->arrays = fdi_take(&plan->memory, (size_t)(slots * ARRAYS) * sizeof *plan->arrays);
    plan->scratch = fdi_take(&plan->memory, (size_t)slots * sizeof *plan->scratch);
    for (word slot = 0; slot < slots; slot++)
        for (int i = 0; i < ARRAYS; i++) {
            const word count = parts[i].rows * parts[i].columns * (parts[i].deep ? parts[i].deep : 1);
            void *data = fdi_take(&plan->memory, (size_t)count * parts[i].item);
            if (plan->memory.failed) return 0;
            array *made = &plan->arrays[slot * ARRAYS + i];
            if (i == 7) data = made[-1].data;
            *made = fdi_array(data, parts[i].item, parts[i].rows, parts[i].columns, parts[i].deep);
            fdi_place(made);
            if (i >= COLUMNS) plan->scratch[slot][i - COLUMNS] = FDI_WORD(made);
        }
    return 1;
}

static int plan(fd_texture *plan, const uint8_t *profile) {
    const word width = plan->shape.width, height = plan->shape.height, channels = plan->numbers.channels;
    int16_t *columns = fdi_take(&plan->memory, (size_t)width * sizeof *columns);
    float *map = fdi_room(&plan->memory, (size_t)(width * height) * sizeof *map);
    plan->copy = fdi_room(&plan->memory, (size_t)(channels * width * height));
    if (plan->memory.failed) return 0;
    for (word x = 0; profile != NULL && x < width; x++) columns[x] = (int16_t)(profile[2 * x] | profile[2 * x + 1] << 8);
    plan->profile = fdi_array(columns, sizeof *columns, width, 0, 0);
    plan->map = plan->bits = fdi_array(map, sizeof *map, height, width, 0);
    plan->flat = fdi_array(plan->copy, 1, channels * width * height, 0, 0);
    plan->grey_table = fdi_array((void *)fd_grey_table, sizeof *fd_grey_table, 1024, 0, 0);
    plan->channel_table = fdi_array((void *)fd_channel_table, sizeof *fd_channel_table, 256, 0, 0);
    array *placed[] = {&plan->profile, &plan->map, &plan->bits, &plan->flat, &plan->grey_table, &plan->channel_table};
    for (int i = 0; i < 6; i++) fdi_place(placed[i]);
    plan_numbers(plan);
    return plan_strips(plan) && plan_memory(plan);
}

/* Residual of a plane, to a padded strip. */
static void residual_of(const fd_texture *plan, int plane, const residual *rows, const array *memory, const array *out) {
    static const word ratios[3] = FD_TEXTURE_RATIOS;
    const level *level = plan->level;
    const array *sums = &memory[COLUMNS + 1];
    const word window = plan->numbers.window, channels = plan->numbers.channels;
    if (plane == 0)
        level->log_grey(&plan->flat, channels, &plan->grey_table, &plan->profile, rows->log, &memory[LOG]);
    else
        level->log_ratio(&plan->flat, ratios[plane], &plan->channel_table, rows->log, &memory[LOG]);
    level->remove_background(&memory[LOG], &memory[FIRST], 0, rows->first, window, FD_TEXTURE_NO_CLIP, sums);
    level->remove_background(&memory[FIRST], out, FD_TEXTURE_PAD, rows->second, window, plan->numbers.clips[plane], sums);
    level->reflect_columns(out, rows->second[3] - rows->second[2]);
}

static void strip(void *context, word index, word slot) {
    const fd_texture *plan = context;
    const level *level = plan->level;
    const texture_numbers *n = &plan->numbers;
    const strip_rows *rows = &plan->rows[index];
    const array *memory = &plan->arrays[slot * ARRAYS], *residual = &memory[RESIDUAL], *second = &memory[SECOND];
    const array *map = &plan->map;
    const word *words = plan->words, *scratch = plan->scratch[slot];
    residual_of(plan, 0, &rows->grey, memory, residual);
    level->grey_score(residual, map, rows->boxes, words, scratch);
    if (n->colour) {
        const word limits[2] = {n->energy_clip, n->energy_neutral};
        level->clip_rows(residual, second, rows->line_clip, n->line_clip);
        level->line_score(second, map, rows->lines, words, scratch);
        level->clip_rows(residual, second, rows->bar_clip, n->bar_clip);
        level->bar_score(second, map, rows->bars, words, scratch);
        level->fine_contrast(residual, &plan->flat, n->channels, second, rows->contrast, limits, scratch);
        level->reflect_columns(second, rows->contrast[3] - rows->contrast[2]);
        level->energy_score(second, map, rows->ratios, words, scratch);
        if (n->channels == 3) {
            residual_of(plan, 1, &rows->chroma, memory, residual);
            residual_of(plan, 2, &rows->chroma, memory, second);
            level->chroma_score(residual, second, map, rows->chroma_boxes, words, scratch);
        }
    }
    level->top_values(map, &plan->bits, rows->own, &plan->top[index], &plan->top_bits[index]);
}

/* Mean of the highest values of all strips, summed in NumPy's order. */
static double score_of(const fd_texture *plan) {
    float best[FD_TEXTURE_TOP];
    for (int i = 0; i < FD_TEXTURE_TOP; i++) best[i] = -1.0f;
    const float *values = plan->top[0].data;
    for (word j = 0; j < plan->count * FD_TEXTURE_TOP; j++) {
        if (!(values[j] > best[0])) continue;
        int i = 1;
        for (; i < FD_TEXTURE_TOP && best[i] < values[j]; i++) best[i - 1] = best[i];
        best[i - 1] = values[j];
    }
    double sums[8], total;
    for (int i = 0; i < 8; i++) sums[i] = best[i];
    for (int i = 8; i < FD_TEXTURE_TOP / 8 * 8; i++) sums[i % 8] += best[i];
    total = ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]));
    for (int i = FD_TEXTURE_TOP / 8 * 8; i < FD_TEXTURE_TOP; i++) total += best[i];
    return total / FD_TEXTURE_TOP;
}

fd_texture *fd_texture_create(const void *file, size_t bytes, int32_t width, int32_t height, int32_t level, int32_t threads) {
    texture_numbers numbers;
    const uint8_t *profile;
    if (file == NULL) return fdi_fail(FD_ARGUMENT, "file: expected an address, received NULL"), NULL;
    if (fdi_check_size(width, height, threads)) return NULL;
    if (width < FD_TEXTURE_SIDE_MIN || height < FD_TEXTURE_SIDE_MIN || (level != 0 && (level < 2 || level > 4)))
        return fdi_fail(FD_ARGUMENT, "width, height, level: expected at least %d, and 0 or 2 ... 4, received %d, %d, %d",
                        FD_TEXTURE_SIDE_MIN, width, height, level),
               NULL;
    if (fdi_texture_read(file, bytes, width, &numbers, &profile)) return NULL;
    fd_texture *made = calloc(1, sizeof *made);
    if (made != NULL) {
        made->shape = (shape){width, height, threads};
        made->numbers = numbers;
        atomic_flag_clear(&made->inside);
        made->level = fdi_level_for(level);
        if (made->level == NULL) return free(made), NULL;
        made->pool = fdi_pool_create(threads);
        if (made->pool != NULL && plan(made, profile)) return made;
    }
    fd_texture_destroy(made);
    fdi_fail(FD_MEMORY, "fd_texture_create: expected memory for %d x %d pixels and %d threads, received none", width, height,
             threads);
    return NULL;
}

void fd_texture_destroy(fd_texture *texture) {
    if (texture == NULL) return;
    fdi_pool_destroy(texture->pool);
    fdi_give_back(&texture->memory);
    free(texture);
}

static void hand_over(const fd_texture *plan, float *map, ptrdiff_t pitch, const fd_image *mask, int is_defective) {
    const word width = plan->shape.width;
    const float *row = plan->map.data;
    for (word y = 0; y < plan->shape.height; y++, row += width) {
        if (map != NULL) memcpy((char *)map + y * pitch, row, (size_t)width * sizeof *row);
        for (word x = 0; mask != NULL && mask->data != NULL && x < width; x++)
            mask->data[y * mask->pitch + x] = is_defective && row[x] > plan->numbers.mask_threshold;
    }
}

fd_status fd_texture_run(fd_texture *texture, const uint8_t *image, ptrdiff_t pitch, int32_t channels, float *map,
                         ptrdiff_t map_pitch, const fd_image *mask, fd_texture_verdict *verdict) {
    if (texture == NULL || image == NULL || verdict == NULL)
        return fdi_fail(FD_ARGUMENT, "texture, image, verdict: expected addresses, received NULL");
    const word width = texture->shape.width, height = texture->shape.height, wanted = texture->numbers.channels;
    if (channels != wanted && !(channels == 4 && wanted == 3))
        return fdi_fail(FD_ARGUMENT, "channels: expected %d as the model was trained on, received %d", (int)wanted, channels);
    const picture pictures[3] = {{"image", image, pitch, channels * width},
                                 {"map", (const uint8_t *)map, map_pitch, 4 * width},
                                 {"mask", mask == NULL ? NULL : mask->data, mask == NULL ? 0 : mask->pitch, width}};
    if (map != NULL && ((uintptr_t)map % 4 || map_pitch % 4))
        return fdi_fail(FD_ARGUMENT, "map, map_pitch: expected multiples of 4, received others");
    if (fdi_check_pictures(pictures, 3, height)) return FD_ARGUMENT;
    if (atomic_flag_test_and_set(&texture->inside))
        return fdi_fail(FD_BUSY, "texture: expected one call at a time, received a second one; make one for each thread");
    texture->flat.data = (void *)fdi_flat(&pictures[0], channels, width, height, texture->copy);
    fdi_pool_run(texture->pool, strip, texture, texture->count);
    const double score = score_of(texture), threshold = texture->numbers.threshold;
    *verdict = (fd_texture_verdict){score > threshold, (int32_t)texture->level->number, score, threshold};
    hand_over(texture, map, map_pitch, mask, verdict->is_defective);
    atomic_flag_clear(&texture->inside);
    return FD_OK;
}
