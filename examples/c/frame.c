/* The verdict on one raw frame: bytes in the order blue, green, red, rows from top to bottom, without a header.

       cc frame.c $(pkg-config --cflags --libs fastdefect) -o frame
       ./frame FRAME WIDTH HEIGHT [THREADS]

   Prints the article's words, Otsu's threshold, the number of dark pixels, the defects and the milliseconds that the
   inspection took. Exit status: 0 without a defect, 1 with one, 2 for an error, as `fastdefect detect`. */
#define _POSIX_C_SOURCE 199309L
#include <fastdefect_engine.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static int failed(const char *what) {
    fprintf(stderr, "frame: %s\n", what);
    return 2;
}

static double milliseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return 1e3 * (double)now.tv_sec + 1e-6 * (double)now.tv_nsec;
}

static void list(fd_engine *engine) {
    int64_t count = 0, runs = 0, none = 0;
    if (fd_engine_defects(engine, NULL, &count, NULL, &runs) != FD_ROOM) return; /* none, or not to be had */
    fd_defect *defects = calloc((size_t)count, sizeof *defects);
    fd_run *places = calloc((size_t)runs, sizeof *places);
    if (defects != NULL && places != NULL && fd_engine_defects(engine, defects, &count, places, &runs) == FD_OK)
        for (; none < count; none++) {
            const fd_defect *one = &defects[none];
            printf("defect %" PRId64 ": rows %" PRId64 "-%" PRId64 ", columns %" PRId64 "-%" PRId64 ", %" PRId64 " pixels\n",
                   one->label, one->box[0], one->box[2], one->box[1], one->box[3], one->sums[0]);
        }
    free(places);
    free(defects);
}

int main(int argc, char **argv) {
    if (argc < 4) return failed("expected FRAME WIDTH HEIGHT [THREADS]");
    const int width = atoi(argv[2]), height = atoi(argv[3]), threads = argc > 4 ? atoi(argv[4]) : 1;
    fd_params params;
    fd_params_default(&params, sizeof params);
    params.most_runs = 100000;
    fd_engine *engine = fd_engine_create(width, height, &params, threads);
    if (engine == NULL) return failed(fd_last_error());
    const size_t size = (size_t)width * (size_t)height * 3;
    uint8_t *frame = malloc(size);
    FILE *file = fopen(argv[1], "rb");
    int result = 2;
    if (frame == NULL || file == NULL || fread(frame, 1, size, file) != size) {
        failed("expected a readable frame of width x height x 3 bytes");
    } else {
        fd_verdict verdict;
        const double start = milliseconds();
        if (fd_engine_run(engine, frame, (ptrdiff_t)width * 3, 3, NULL, &verdict) != FD_OK) {
            failed(fd_last_error());
        } else {
            const double stop = milliseconds();
            puts(verdict.is_defective ? "Fabric has a defect" : "There is No Defect in Fabric");
            printf("threshold %d, dark pixels %" PRId64 ", %.2f ms\n", verdict.otsu_threshold, verdict.dark_pixels, stop - start);
            list(engine);
            result = verdict.is_defective;
        }
    }
    if (file != NULL) fclose(file);
    free(frame);
    fd_engine_destroy(engine);
    return result;
}
