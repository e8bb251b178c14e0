/* Digests of everything that the engine makes of images of many sizes: on every processor the same lines.

       digests

   Each set of NL-means, windows of all three kinds of blur and of every block of rows, grey and colour, one thread and three. */
#include <fastdefect_engine.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { ROOM = 60000 };
static const int shapes[][2] = {{1, 1}, {90, 1}, {1, 90}, {7, 5}, {80, 40}, {131, 97}, {300, 33}};
static const int windows[][2] = {{1, 1}, {3, 1}, {2, 7}, {5, 5}, {8, 8}, {16, 16}, {17, 15}, {31, 31}, {5, 51}};
static uint64_t digest;

static void add(const void *data, size_t size) { /* FNV-1a */
    for (const uint8_t *byte = data; size--; byte++) digest = (digest ^ *byte) * 1099511628211u;
}

static uint8_t *image_of(int width, int height, int seed) {
    uint8_t *image = malloc((size_t)width * (size_t)height * 3);
    uint32_t state = 12345u + (uint32_t)seed;
    for (int y = 0; y < height; y++)
        for (int i = 0; i < 3 * width; i++) {
            state = state * 1664525u + 1013904223u;
            const int spot = y % 37 > 28 && (i / 3) % 41 > 30;
            image[(size_t)y * (size_t)width * 3 + (size_t)i] = (uint8_t)(spot ? 20 + (state >> 28) : 110 + (state >> 26));
        }
    return image;
}

/* Inspect, and add all stages, numbers and defects to the digest. */
static void inspect(int width, int height, const fd_params *params, int threads, int channels) {
    const size_t size = (size_t)width * (size_t)height;
    uint8_t *image = image_of(width, height, channels), *room = calloc(10, size);
    fd_defect *defects = calloc(ROOM, sizeof *defects);
    fd_run *runs = calloc(ROOM, sizeof *runs);
    fd_engine *engine = fd_engine_create(width, height, params, threads);
    fd_outputs outputs = {0};
    fd_image *single[] = {&outputs.value, &outputs.blurred, &outputs.filtered, &outputs.binary,
                          &outputs.erosion, &outputs.dilation, &outputs.mask};
    for (int i = 0; i < 7; i++) *single[i] = (fd_image){room + (size_t)i * size, width};
    if (channels == 3) outputs.hsv = (fd_image){room + 7 * size, (ptrdiff_t)width * 3};
    fd_verdict verdict;
    int64_t count = ROOM, run_count = ROOM;
    if (engine == NULL || fd_engine_run(engine, image, (ptrdiff_t)width * channels, channels, &outputs, &verdict) != FD_OK ||
        fd_engine_defects(engine, defects, &count, runs, &run_count) != FD_OK) {
        fprintf(stderr, "digests: %s\n", fd_last_error());
        exit(1);
    }
    add(room, 10 * size);
    add(&verdict.otsu_threshold, sizeof verdict.otsu_threshold);
    add(&verdict.dark_pixels, sizeof verdict.dark_pixels);
    add(defects, (size_t)count * sizeof *defects);
    add(runs, (size_t)run_count * sizeof *runs);
    fd_engine_destroy(engine);
    free(runs);
    free(defects);
    free(room);
    free(image);
}

static void line(const char *what, int width, int height, const fd_params *params) {
    digest = 14695981039346656037u;
    for (int threads = 1; threads <= 3; threads += 2)
        for (int channels = 1; channels <= 3; channels += 2) inspect(width, height, params, threads, channels);
    printf("%s, %d x %d: %016" PRIx64 "\n", what, width, height, digest);
}

int main(void) {
    fd_params params;
    fd_params_default(&params, sizeof params);
    params.most_runs = ROOM;
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) line("article", shapes[i][0], shapes[i][1], &params);
    for (size_t i = 0; i < sizeof windows / sizeof *windows; i++) {
        fd_params each = params;
        each.blur_width = each.structuring_width = windows[i][0];
        each.blur_height = each.structuring_height = windows[i][1];
        char name[40];
        snprintf(name, sizeof name, "windows of %d x %d", windows[i][0], windows[i][1]);
        line(name, 131, 97, &each);
    }
    double h;
    int32_t template_window, search_window;
    for (int number = 0; fd_nl_means_set(0, number, &h, &template_window, &search_window) == FD_OK; number++) {
        fd_params each = params;
        each.h = h, each.template_window = template_window, each.search_window = search_window;
        char name[60];
        snprintf(name, sizeof name, "NL-means %g, %d, %d", h, template_window, search_window);
        line(name, 80, 40, &each);
    }
    return 0;
}
