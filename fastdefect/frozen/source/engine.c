/* The engine: its memory, made once, and the stages of the article's detector in order. */
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "refusals.h"

enum { GIVEN, IMAGES = 8 }; /* the image, then fd_outputs in its order */
enum { AT_HSV, AT_VALUE, AT_BLURRED, AT_FILTERED, AT_BINARY, AT_EROSION, AT_DILATION, AT_MASK };
static const char *const NAMES[IMAGES] = {"outputs.hsv",    "outputs.value",   "outputs.blurred",  "outputs.filtered",
                                          "outputs.binary", "outputs.erosion", "outputs.dilation", "outputs.mask"};

struct fd_engine {
    memory memory;
    pool *pool;
    const level *level;
    shape shape;
    fd_params params;
    atomic_flag inside;
    int has_run;
    word found; /* runs of the last image, -1 before they are counted */
    array source[2], images[IMAGES]; /* grey and colour; the caller's image, or a copy without gaps */
    uint8_t *copy;
    blur blur;
    nl_means nl_means;
    otsu otsu;
    extreme mask, erosion, dilation;
    points value, hsv, binary;
    regions regions;
};

fd_status fd_params_default(fd_params *params, uint32_t size) {
    if (params == NULL || size != sizeof *params)
        return fdi_fail(FD_ARGUMENT, "params, size: expected a structure of %zu bytes, received %u%s", sizeof *params, size,
                        params == NULL ? " at NULL" : "");
    *params = (fd_params){.size = size,
                          .blur_width = 16,
                          .blur_height = 16,
                          .h = 10.0,
                          .template_window = 7,
                          .search_window = 22,
                          .structuring_width = 5,
                          .structuring_height = 5,
                          .max_dark_pixels = 1,
                          .most_runs = 0,
                          .min_area = 1,
                          .surroundings = 8};
    return FD_OK;
}

fd_status fd_nl_means_set(int32_t most, int32_t number, double *h, int32_t *template_window, int32_t *search_window) {
    const level *level = fdi_level_for(most);
    if (level == NULL) return FD_UNSUPPORTED;
    if (h == NULL || template_window == NULL || search_window == NULL || number < 0 || number >= level->set_count)
        return fdi_fail(FD_ARGUMENT, "number: expected 0 ... %d and three places to write to, received %d",
                        (int)level->set_count - 1, number);
    *h = level->sets[number].h;
    *template_window = (int32_t)level->sets[number].template_window;
    *search_window = (int32_t)level->sets[number].search_window;
    return FD_OK;
}

static int take_images(fd_engine *engine) {
    const word width = engine->shape.width, height = engine->shape.height;
    engine->copy = fdi_room(&engine->memory, (size_t)(3 * width * height));
    for (int i = 0; i < IMAGES; i++) {
        const word deep = i == AT_HSV ? 3 : 0;
        uint8_t *data = fdi_room(&engine->memory, (size_t)((deep ? deep : 1) * width * height));
        engine->images[i] = fdi_array(data, 1, height, width, deep);
        fdi_place(&engine->images[i]);
    }
    for (int i = 0; i < 2; i++) {
        engine->source[i] = fdi_array(engine->copy, 1, height, width, i ? 3 : 0);
        fdi_place(&engine->source[i]);
    }
    return !engine->memory.failed;
}

static int plan(fd_engine *engine, const nl_means_set *set) {
    memory *memory = &engine->memory;
    const level *level = engine->level;
    const fd_params *params = &engine->params;
    const shape shape = engine->shape;
    fdi_points_plan(&engine->value, level, VALUE, shape);
    fdi_points_plan(&engine->hsv, level, HSV, shape);
    fdi_points_plan(&engine->binary, level, BINARIZE, shape);
    return take_images(engine) && fdi_blur_plan(&engine->blur, level, shape, params, memory) &&
           fdi_nl_means_plan(&engine->nl_means, level, set, shape, memory) &&
           fdi_otsu_plan(&engine->otsu, level, shape, memory) &&
           fdi_extreme_plan(&engine->mask, level, MASK, shape, params, memory) &&
           fdi_extreme_plan(&engine->erosion, level, ERODE, shape, params, memory) &&
           fdi_extreme_plan(&engine->dilation, level, DILATE, shape, params, memory) &&
           fdi_regions_plan(&engine->regions, level, shape, params, memory);
}

fd_engine *fd_engine_create(int32_t width, int32_t height, const fd_params *params, int32_t threads) {
    fd_params used;
    fd_params_default(&used, sizeof used);
    if (params != NULL) used = *params;
    if (fdi_check_size(width, height, threads) || fdi_check_params(&used)) return NULL;
    const level *level = fdi_level_for(used.level);
    if (level == NULL) return NULL;
    const nl_means_set *set = fdi_nl_means_find(level, &used);
    if (set == NULL) {
        fdi_fail(FD_UNSUPPORTED, "params.h, template_window, search_window: expected one of this library's %d sets (fd_nl_means_set "
                                 "names them), received %g, %d, %d; the Python package takes any",
                 (int)level->set_count, used.h, used.template_window, used.search_window);
        return NULL;
    }
    fd_engine *engine = calloc(1, sizeof *engine);
    if (engine != NULL) {
        engine->level = level;
        engine->shape = (shape){width, height, threads};
        engine->params = used;
        atomic_flag_clear(&engine->inside);
        engine->pool = fdi_pool_create(threads);
        if (engine->pool != NULL && plan(engine, set)) return engine;
    }
    fd_engine_destroy(engine);
    fdi_fail(FD_MEMORY, "fd_engine_create: expected memory for %d x %d pixels and %d threads, received none", width, height,
             threads);
    return NULL;
}

void fd_engine_destroy(fd_engine *engine) {
    if (engine == NULL) return;
    fdi_pool_destroy(engine->pool);
    fdi_give_back(&engine->memory);
    free(engine);
}

/* The caller's image as kernels take it. */
static const array *source_of(fd_engine *engine, const picture *image, word channels) {
    array *source = &engine->source[channels > 1];
    source->data = (void *)fdi_flat(image, channels, engine->shape.width, engine->shape.height, engine->copy);
    return source;
}

static void inspect(fd_engine *engine, const array *source, fd_verdict *verdict) {
    const array *images = engine->images;
    pool *pool = engine->pool;
    int32_t is_doubtful = 0;
    fdi_blur_run(&engine->blur, pool, source, &images[AT_BLURRED]);
    fdi_nl_means_run(&engine->nl_means, pool, &images[AT_BLURRED], &images[AT_FILTERED]);
    const word threshold = fdi_otsu_run(&engine->otsu, pool, &images[AT_FILTERED], &is_doubtful);
    const word dark = fdi_extreme_run(&engine->mask, pool, &images[AT_FILTERED], &images[AT_MASK], threshold);
    *verdict = (fd_verdict){.is_defective = dark > engine->params.max_dark_pixels,
                            .otsu_threshold = (int32_t)threshold,
                            .is_doubtful = is_doubtful,
                            .level = (int32_t)engine->level->number,
                            .dark_pixels = dark};
}

/* What is only shown: made where it is wanted. */
static void show(fd_engine *engine, const picture *wanted, const array *source, word threshold) {
    const array *images = engine->images;
    pool *pool = engine->pool;
    if (wanted[AT_HSV].data != NULL) fdi_points_run(&engine->hsv, pool, source, &images[AT_HSV], 0);
    if (wanted[AT_VALUE].data != NULL && source->axes == 3)
        fdi_points_run(&engine->value, pool, source, &images[AT_VALUE], 0);
    else if (wanted[AT_VALUE].data != NULL)
        memcpy(images[AT_VALUE].data, source->data, (size_t)(engine->shape.width * engine->shape.height));
    if (wanted[AT_BINARY].data == NULL && wanted[AT_EROSION].data == NULL && wanted[AT_DILATION].data == NULL) return;
    fdi_points_run(&engine->binary, pool, &images[AT_FILTERED], &images[AT_BINARY], threshold);
    if (wanted[AT_EROSION].data != NULL)
        fdi_extreme_run(&engine->erosion, pool, &images[AT_BINARY], &images[AT_EROSION], 0);
    if (wanted[AT_DILATION].data != NULL)
        fdi_extreme_run(&engine->dilation, pool, &images[AT_BINARY], &images[AT_DILATION], 0);
}

static void hand_over(const fd_engine *engine, const picture *wanted, const fd_image *outputs) {
    for (int i = 0; i < IMAGES; i++)
        for (word y = 0; wanted[i].data != NULL && y < engine->shape.height; y++)
            memcpy(outputs[i].data + y * wanted[i].pitch, (const uint8_t *)engine->images[i].data + y * wanted[i].row,
                   (size_t)wanted[i].row);
}

fd_status fd_engine_run(fd_engine *engine, const uint8_t *image, ptrdiff_t pitch, int32_t channels,
                        const fd_outputs *outputs, fd_verdict *verdict) {
    if (engine == NULL || image == NULL || verdict == NULL)
        return fdi_fail(FD_ARGUMENT, "engine, image, verdict: expected addresses, received NULL for %s",
                        engine == NULL ? "engine" : image == NULL ? "image" : "verdict");
    if (channels != 1 && channels != 3 && channels != 4)
        return fdi_fail(FD_ARGUMENT, "channels: expected 1, 3 or 4, received %d", channels);
    const word width = engine->shape.width;
    static const fd_outputs none;
    if (outputs == NULL) outputs = &none;
    const fd_image given[IMAGES] = {outputs->hsv,    outputs->value,   outputs->blurred,  outputs->filtered,
                                    outputs->binary, outputs->erosion, outputs->dilation, outputs->mask};
    picture pictures[1 + IMAGES] = {{"image", image, pitch, channels * width}};
    for (int i = 0; i < IMAGES; i++)
        pictures[1 + i] = (picture){NAMES[i], given[i].data, given[i].pitch, i == AT_HSV ? 3 * width : width};
    if (given[AT_HSV].data != NULL && channels == 1)
        return fdi_fail(FD_ARGUMENT, "outputs.hsv: expected NULL, for a grey image has no hue");
    if (fdi_check_pictures(pictures, 1 + IMAGES, engine->shape.height)) return FD_ARGUMENT;
    if (atomic_flag_test_and_set(&engine->inside))
        return fdi_fail(FD_BUSY, "engine: expected one call at a time, received a second one; make an engine for each thread");
    const array *source = source_of(engine, &pictures[0], channels);
    inspect(engine, source, verdict);
    show(engine, pictures + 1, source, verdict->otsu_threshold);
    hand_over(engine, pictures + 1, given);
    engine->has_run = 1;
    engine->found = -1;
    atomic_flag_clear(&engine->inside);
    return FD_OK;
}

static fd_status find(fd_engine *engine, fd_defect *defects, int64_t *count, fd_run *runs, int64_t *run_count) {
    regions *regions = &engine->regions;
    if (!engine->has_run) return fdi_fail(FD_ORDER, "engine: expected an inspected image, received no call of fd_engine_run");
    if (regions->most == 0)
        return fdi_fail(FD_ORDER, "engine: expected one that was made with params.most_runs, received one without");
    if (engine->found < 0)
        engine->found = fdi_regions_find(regions, engine->pool, &engine->images[AT_MASK], &engine->images[AT_FILTERED]);
    if (engine->found > regions->most)
        return fdi_fail(FD_ROOM, "params.most_runs: expected at least %lld for this image, received %lld",
                        (long long)engine->found, (long long)regions->most);
    const int64_t room = *count, run_room = *run_count;
    *count = regions->count;
    *run_count = regions->run_count;
    if (room < regions->count || run_room < regions->run_count)
        return fdi_fail(FD_ROOM, "count, run_count: expected room for %lld defects and %lld runs, received %lld and %lld",
                        (long long)*count, (long long)*run_count, (long long)room, (long long)run_room);
    fdi_regions_write(regions, defects, runs);
    return FD_OK;
}

fd_status fd_engine_defects(fd_engine *engine, fd_defect *defects, int64_t *count, fd_run *runs, int64_t *run_count) {
    if (engine == NULL || count == NULL || run_count == NULL || *count < 0 || *run_count < 0 ||
        (defects == NULL && *count > 0) || (runs == NULL && *run_count > 0))
        return fdi_fail(FD_ARGUMENT, "engine, defects, count, runs, run_count: expected addresses, and arrays with their room");
    if (atomic_flag_test_and_set(&engine->inside))
        return fdi_fail(FD_BUSY, "engine: expected one call at a time, received a second one; make an engine for each thread");
    const fd_status status = find(engine, defects, count, runs, run_count);
    atomic_flag_clear(&engine->inside);
    return status;
}
