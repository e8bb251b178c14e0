/* Several threads with engines of their own at once, and two in one engine: the same bytes each time, or FD_BUSY.

       hosts THREADS FRAMES [SIDE] */
#include <fastdefect_engine.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int side = 200, frames = 5;
static uint8_t *image, *wanted;
static fd_verdict first;
static fd_engine *shared;
static atomic_int wrong, busy;

static void inspect(fd_engine *engine, uint8_t *mask, fd_defect *defects, fd_run *runs) {
    fd_verdict found;
    fd_outputs outputs = {0};
    outputs.mask = (fd_image){mask, side + 3};
    const fd_status status = fd_engine_run(engine, image, (ptrdiff_t)side * 3, 3, &outputs, &found);
    if (status == FD_BUSY && engine == shared) {
        busy++;
        return;
    }
    int64_t count = 20000, run_count = 20000;
    if (status != FD_OK || found.dark_pixels != first.dark_pixels) wrong++;
    for (int y = 0; y < side; y++)
        if (memcmp(mask + (size_t)y * (size_t)(side + 3), wanted + (size_t)y * (size_t)side, (size_t)side)) wrong++;
    if (engine != shared && fd_engine_defects(engine, defects, &count, runs, &run_count) != FD_OK) wrong++;
}

static void *host(void *given) {
    (void)given;
    fd_params params;
    fd_params_default(&params, sizeof params);
    params.most_runs = 20000;
    fd_engine *engine = fd_engine_create(side, side, &params, 3);
    uint8_t *mask = malloc((size_t)side * (size_t)(side + 3));
    fd_defect *defects = malloc(20000 * sizeof *defects);
    fd_run *runs = malloc(20000 * sizeof *runs);
    for (int frame = 0; engine != NULL && frame < frames; frame++) {
        inspect(engine, mask, defects, runs);
        inspect(shared, mask, defects, runs);
    }
    wrong += engine == NULL;
    free(runs);
    free(defects);
    free(mask);
    fd_engine_destroy(engine);
    return NULL;
}

int main(int argc, char **argv) {
    pthread_t threads[64];
    const int count = argc > 1 ? atoi(argv[1]) : 4;
    if (argc > 2) frames = atoi(argv[2]);
    if (argc > 3) side = atoi(argv[3]);
    const size_t size = (size_t)side * (size_t)side;
    image = malloc(3 * size);
    wanted = malloc(size);
    for (size_t i = 0; i < 3 * size; i++) image[i] = (uint8_t)(i * 2654435761u >> 13);
    shared = fd_engine_create(side, side, NULL, 2);
    fd_outputs outputs = {0};
    outputs.mask = (fd_image){wanted, side};
    if (shared == NULL || fd_engine_run(shared, image, (ptrdiff_t)side * 3, 3, &outputs, &first) != FD_OK) {
        fprintf(stderr, "hosts: %s\n", fd_last_error());
        return 1;
    }
    for (int i = 0; i < count; i++)
        if (pthread_create(&threads[i], NULL, host, NULL) != 0) return 1;
    for (int i = 0; i < count; i++) pthread_join(threads[i], NULL);
    fd_engine_destroy(shared);
    free(wanted);
    free(image);
    printf("%d threads, %d frames: %d wrong, %s refused as busy\n", count, frames, (int)wrong, busy ? "some" : "none");
    return wrong != 0;
}
