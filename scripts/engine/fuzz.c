/* Arguments of the engine by chance, good ones and bad ones: an error or a result, never a crash, never a byte beside an image.

       fuzz SETS [SEED]        prints how many were taken and refused; 0 if nothing was wrong */
#include <fastdefect_engine.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ARENA = 1 << 19, MARK = 0xA5 };

static uint64_t state;
static uint8_t arena[ARENA], before[ARENA];

static uint32_t draw(uint32_t below) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(state >> 33) % below;
}

static int rarely(void) { return draw(12) == 0; }

static int32_t odd(void) {
    const int32_t all[] = {INT32_MIN, -1, 0, 1, 1 << 20, (1 << 20) + 1, INT32_MAX};
    return all[draw(7)];
}

static void some_params(fd_params *params) {
    const double strengths[] = {-1.0, NAN, INFINITY, 0.0, 1e300, 7.5};
    fd_params_default(params, sizeof *params);
    int32_t *whole[] = {&params->level, &params->blur_width, &params->blur_height, &params->template_window,
                        &params->search_window, &params->structuring_width, &params->structuring_height,
                        &params->merge_distance, &params->surroundings};
    params->blur_width = 1 + (int32_t)draw(31);
    params->blur_height = 1 + (int32_t)draw(31);
    params->structuring_width = 1 + (int32_t)draw(63);
    params->structuring_height = 1 + (int32_t)draw(63);
    params->most_runs = draw(2) ? draw(4000) : 0;
    if (draw(3) == 0) fd_nl_means_set(0, (int32_t)draw(8), &params->h, &params->template_window, &params->search_window);
    if (rarely()) *whole[draw(9)] = odd();
    if (rarely()) params->h = strengths[draw(6)];
    if (rarely()) params->max_dark_pixels = odd();
    if (rarely()) params->min_area = odd();
    if (rarely()) params->most_runs = odd();
    if (rarely()) params->size = draw(200);
}

/* A place in the arena for rows of so many bytes, or something that has to be refused. */
static fd_image some_place(size_t row, size_t height) {
    const ptrdiff_t wrong[] = {PTRDIFF_MIN, -1, 0, (ptrdiff_t)row - 1, PTRDIFF_MAX, PTRDIFF_MAX / 2};
    const size_t pitch = row + draw(9), size = pitch * (height - 1) + row;
    if (size > ARENA) return (fd_image){NULL, 0};
    fd_image made = {arena + draw((uint32_t)(ARENA - size) + 1), (ptrdiff_t)pitch};
    if (rarely()) made.pitch = wrong[draw(height > 2 ? 6 : 4)];
    return made;
}

static int failed(const char *what, uint64_t set) {
    fprintf(stderr, "fuzz: set %llu: %s (%s)\n", (unsigned long long)set, what, fd_last_error());
    return 1;
}

/* Nothing but the rows of outputs may have been written. */
static int beside(const fd_image *outputs, size_t width, size_t height, int taken) {
    for (int i = 0; taken && i < 8; i++)
        for (size_t y = 0; outputs[i].data != NULL && y < height; y++) {
            const size_t at = (size_t)(outputs[i].data - arena) + y * (size_t)outputs[i].pitch;
            memcpy(before + at, arena + at, i == 0 ? 3 * width : width);
        }
    return memcmp(before, arena, ARENA);
}

static int use(fd_engine *engine, int32_t width, int32_t height, uint64_t set, uint64_t *taken) {
    static fd_defect defects[4000];
    static fd_run runs[4000];
    const int32_t counts[] = {1, 3, 4, 3};
    const size_t w = (size_t)width, h = (size_t)height;
    for (int call = 0; call < 2; call++) {
        const int32_t channels = rarely() ? odd() : counts[draw(4)];
        const size_t deep = channels >= 1 && channels <= 4 ? (size_t)channels : 1;
        fd_image source = some_place(w * deep, h), outputs[8];
        for (int i = 0; i < 8; i++)
            outputs[i] = draw(3) == 0 && (i > 0 || channels > 1) ? some_place(i ? w : 3 * w, h) : (fd_image){NULL, 0};
        fd_outputs places;
        memcpy(&places, outputs, sizeof places);
        fd_verdict verdict;
        for (size_t i = 0; i < ARENA; i += 1 + draw(64)) arena[i] = (uint8_t)draw(256);
        memcpy(before, arena, ARENA);
        const int wants = !rarely();
        const fd_status status = fd_engine_run(rarely() ? NULL : engine, rarely() ? NULL : source.data, source.pitch, channels,
                                               wants ? &places : NULL, rarely() ? NULL : &verdict);
        if (!wants) memset(outputs, 0, sizeof outputs);
        if (beside(outputs, w, h, status == FD_OK)) return failed("bytes beside the outputs were written", set);
        if (status != FD_OK && (fd_last_status() != status || fd_last_error()[0] == 0)) return failed("no words", set);
        *taken += status == FD_OK;
        int64_t room = draw(2) ? 4000 : draw(10), run_room = draw(2) ? 4000 : draw(10);
        if (rarely()) room = -1;
        fd_engine_defects(rarely() ? NULL : engine, rarely() ? NULL : defects, rarely() ? NULL : &room, rarely() ? NULL : runs,
                          rarely() ? NULL : &run_room);
    }
    return 0;
}

int main(int argc, char **argv) {
    const uint64_t sets = argc > 1 ? strtoull(argv[1], NULL, 10) : 1000;
    state = argc > 2 ? strtoull(argv[2], NULL, 10) : 0;
    memset(arena, MARK, ARENA);
    uint64_t engines = 0, taken = 0;
    for (uint64_t set = 0; set < sets; set++) {
        fd_params params;
        some_params(&params);
        int32_t width = 1 + (int32_t)draw(70), height = 1 + (int32_t)draw(70), threads = 1 + (int32_t)draw(3);
        if (rarely()) width = odd();
        if (rarely()) height = odd();
        if (rarely()) threads = odd();
        if (width > 70) height = 1, params.most_runs = 0; /* a line of 2^20 pixels is good */
        if (height > 70) width = 1, params.most_runs = 0;
        fd_engine *engine = fd_engine_create(width, height, rarely() ? NULL : &params, threads);
        if (engine == NULL && (fd_last_status() == FD_OK || fd_last_error()[0] == 0)) return failed("refused without words", set);
        if (engine != NULL && width <= 70 && height <= 70 && use(engine, width, height, set, &taken)) return 1;
        engines += engine != NULL;
        fd_engine_destroy(engine);
    }
    printf("%llu sets: %llu engines, %llu images taken\n", (unsigned long long)sets, (unsigned long long)engines,
           (unsigned long long)taken);
    return 0;
}
