/* How often an engine asks for memory: this program's own malloc counts, which glibc lets it define.

       allocations FRAMES       prints the numbers of making an engine and of all frames together */
#include <fastdefect_engine.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

void *__libc_malloc(size_t);
void *__libc_calloc(size_t, size_t);
void *__libc_realloc(void *, size_t);
void *__libc_memalign(size_t, size_t);

static atomic_long asked;

void *malloc(size_t size) {
    asked++;
    return __libc_malloc(size);
}
void *calloc(size_t count, size_t size) {
    asked++;
    return __libc_calloc(count, size);
}
void *realloc(void *block, size_t size) {
    asked++;
    return __libc_realloc(block, size);
}
void *aligned_alloc(size_t unit, size_t size) {
    asked++;
    return __libc_memalign(unit, size);
}

int main(int argc, char **argv) {
    enum { SIDE = 300 };
    static uint8_t image[SIDE * (3 * SIDE + 5)], mask[SIDE * SIDE];
    static fd_defect defects[20000];
    static fd_run runs[20000];
    const int frames = argc > 1 ? atoi(argv[1]) : 10;
    fd_params params;
    fd_params_default(&params, sizeof params);
    params.most_runs = 20000;
    const long before = asked;
    fd_engine *engine = fd_engine_create(SIDE, SIDE, &params, 2);
    const long made = asked;
    fd_outputs outputs = {0};
    outputs.mask = (fd_image){mask, SIDE};
    fd_verdict verdict;
    int wrong = engine == NULL;
    for (int frame = 0; !wrong && frame < frames; frame++) {
        for (size_t i = 0; i < sizeof image; i++) image[i] = (uint8_t)((i + (size_t)frame) * 2654435761u >> 13);
        int64_t count = 20000, run_count = 20000;
        wrong = fd_engine_run(engine, image, 3 * SIDE + 5, 3, &outputs, &verdict) != FD_OK ||
                fd_engine_defects(engine, defects, &count, runs, &run_count) != FD_OK;
    }
    const long after = asked;
    fd_engine_destroy(engine);
    printf("%ld to make it, %ld in %d frames\n", made - before, after - made, frames);
    return wrong || after != made;
}
