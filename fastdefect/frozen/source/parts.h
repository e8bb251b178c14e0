/* What the engine's files share. Tables and kernels of each level are written by `fastdefect freeze` (freezer/engine_data.py),
   as are the numbers in constants.h; here is the arithmetic on sizes. */
#ifndef FASTDEFECT_PARTS_H
#define FASTDEFECT_PARTS_H
#include "constants.h"
#include "fastdefect_engine.h"

#pragma GCC visibility push(hidden)

typedef int64_t word;

/* fd_array of fastdefect.h, with room for its own lengths and strides. */
typedef struct array {
    void *unused[2];
    void *data;
    int32_t axes;
    int32_t unused_too;
    const intptr_t *lengths;
    const intptr_t *strides;
    intptr_t own[6];
} array;

/* Kernels by what they take; a specialization is passed as NULL. */
typedef void rows_kernel(const void *, const array *, const array *, word, word);
typedef void plain_rows_kernel(const array *, const array *, word, word);
typedef void level_kernel(const void *, const array *, word, const array *, word, word);
typedef void plain_level_kernel(const array *, word, const array *, word, word);
typedef void count_kernel(const array *, word, word, const array *);
typedef void blur_kernel(const void *, const array *, const array *, word, word, const word *, const word *);
typedef void plain_blur_kernel(const array *, const array *, const word *, const word *, const word *, const array *);
typedef word extreme_kernel(const void *, const array *, const array *, word, word, word, word, word, const array *);
typedef void plain_extreme_kernel(const array *, const array *, const word *, const word *, word, const array *);
typedef word plain_mask_kernel(const array *, const array *, const word *, const word *, word, const array *);
typedef void otsu_kernel(const array *, word *);
typedef void fill_kernel(const word *, const word *, const word *, const array *, const array *, const array *);
typedef void finish_kernel(const word *, const word *, const word *, const array *);
typedef void sum_kernel(const word *, const word *, const word *, const array *, const array *, word, const array *);
typedef word span_kernel(const array *, const array *);
typedef void mean_kernel(const array *, const array *, const array *, const word *, word, const array *, const array *);
typedef void runs_kernel(const array *, const array *, word, word, const array *);
typedef void join_kernel(const array *, const array *, word, const array *);
typedef word label_kernel(const array *, const array *, word, const array *, const array *);
typedef void four_kernel(const array *, const array *, const array *, const array *);
typedef void steps_kernel(const array *, const array *, const array *, const array *, const array *, const array *);
typedef void score_kernel(const array *, const array *, const array *, const array *, const array *);
typedef void ring_kernel(const array *, const array *, const array *, const word *, const array *, const array *, const array *,
                         word, const array *, const array *);
typedef void log_grey_kernel(const array *, word, const array *, const array *, const word *, const array *);
typedef void log_ratio_kernel(const array *, word, const array *, const word *, const array *);
typedef void background_kernel(const array *, const array *, word, const word *, word, word, const array *);
typedef void reflect_kernel(const array *, word);
typedef void contrast_kernel(const array *, const array *, word, const array *, const word *, const word *, const word *);
typedef void clip_kernel(const array *, const array *, const word *, word);
typedef void score_map_kernel(const array *, const array *, const word *, const word *, const word *);
typedef void chroma_kernel(const array *, const array *, const array *, const word *, const word *, const word *);
typedef void top_kernel(const array *, const array *, const word *, const array *, const array *);

/* What planning found for a parameter set of NL-means; see fastdefect/kernels/nl_means/methods.py. */
typedef struct nl_means_set {
    double h;
    word template_window, search_window, lanes, parts, weight_parts;
    word plain_bias, other_bias, limit, most, rough, largest;
    const int16_t *plain, *general;
    word plain_size, general_size;
    fill_kernel *fill;
    finish_kernel *finish;
    sum_kernel *sum;
} nl_means_set;

enum { ERODE, DILATE, MASK, KINDS };

/* A level: its kernels, from its own code. */
typedef struct level {
    word number, vector;  /* of x86-64; bytes of a vector */
    const nl_means_set *sets;
    word set_count;
    rows_kernel *value, *hsv;
    plain_rows_kernel *plain_value, *plain_hsv;
    level_kernel *binarize;
    plain_level_kernel *plain_binarize;
    count_kernel *histogram;
    otsu_kernel *otsu;
    blur_kernel *blur[2][3];  /* grey, colour; narrow, up to 256 pixels, beyond */
    plain_blur_kernel *plain_blur;
    extreme_kernel *extreme[KINDS][6];  /* by FD_BLOCKS */
    plain_extreme_kernel *plain_extreme;
    plain_mask_kernel *plain_mask;
    span_kernel *span;
    mean_kernel *mean;
    count_kernel *count_runs;
    runs_kernel *fill_runs;
    join_kernel *join_runs;
    label_kernel *label_runs;
    four_kernel *sort_runs, *measure_runs;
    score_kernel *score_runs;
    steps_kernel *steps;
    ring_kernel *rings;
    log_grey_kernel *log_grey;
    log_ratio_kernel *log_ratio;
    background_kernel *remove_background;
    reflect_kernel *reflect_columns;
    contrast_kernel *fine_contrast;
    clip_kernel *clip_rows;
    score_map_kernel *grey_score, *line_score, *bar_score, *energy_score;
    chroma_kernel *chroma_score;
    top_kernel *top_values;
} level;

extern const level *const fd_levels[];            /* the best first, behind the last NULL */
extern const uint16_t fd_divisors[257][3];        /* of blurs up to 256 pixels: added, factor, shift */
extern const uint8_t fd_independent[255 * 255 / 8 + 1]; /* a bit for each area: the mean is a function of the sum alone */

extern const int16_t fd_grey_table[1024], fd_channel_table[256]; /* logarithms of levels */

const level *fdi_level_for(int32_t most); /* the processor's best up to `most`, 0 for any; NULL after fdi_fail */

/* Memory of an engine: blocks that are given back together. */
typedef struct memory {
    void *blocks[4096];
    int32_t count, failed;
} memory;

void *fdi_take(memory *memory, size_t bytes); /* zeros, from a cache line on; NULL and `failed` set if there is none */
void *fdi_room(memory *memory, size_t bytes); /* the same untouched, for what may never be used or is written first */
void fdi_give_back(memory *memory);

/* Threads that share indices 0 ... count - 1 with the caller. */
typedef struct pool pool;
typedef void work(void *context, word index, word slot);
pool *fdi_pool_create(int32_t threads);
void fdi_pool_run(pool *pool, work *work, void *context, word count);
void fdi_pool_destroy(pool *pool);

/* Arrays; the second and third axis of length 0 do not exist. */
array fdi_array(void *data, size_t item, word rows, word columns, word deep);
void fdi_place(array *array); /* once it lies where it stays */
#define FDI_WORD(array) ((word)(intptr_t)(array))

/* Strips of a stage. */
typedef struct strips {
    word rows, count, height;
} strips;
strips fdi_cut(word least_pixels, word width, word height, word threads, word minimum);
word fdi_from(const strips *strips, word index);
word fdi_to(const strips *strips, word index);

typedef struct shape {
    word width, height, threads;
} shape;

/* Stages: made once, run over and over. Images are of the shape and without gaps between rows. */
typedef struct blur {
    const level *level;
    shape shape;
    strips strips;
    word window[6], ksize[2], divisor[2], (*scratch)[5], rows;
    array *arrays, *columns, values;
    int is_plain, kind;
    const array *source, *target;
} blur;
int fdi_blur_plan(blur *blur, const level *level, shape shape, const fd_params *params, memory *memory);
void fdi_blur_run(blur *blur, pool *pool, const array *source, const array *target);

typedef struct nl_means {
    const nl_means_set *set;
    const level *level;
    shape shape;
    word numbers[14], border, columns, count, skip[2], (*areas)[4], (*scratch)[15];
    array *arrays, *maps, *tallies, plain, general;
    const array *source, *target;
} nl_means;
const nl_means_set *fdi_nl_means_find(const level *level, const fd_params *params);
int fdi_nl_means_plan(nl_means *plan, const level *level, const nl_means_set *set, shape shape, memory *memory);
void fdi_nl_means_run(nl_means *plan, pool *pool, const array *source, const array *target);

typedef struct extreme {
    const level *level;
    shape shape;
    strips strips;
    word kind, ksize[2], threshold, dark[2 * FD_MOST_THREADS + 1];
    array *scratch;
    extreme_kernel *kernel; /* NULL: plain loops */
    const array *source, *target;
} extreme;
int fdi_extreme_plan(extreme *plan, const level *level, word kind, shape shape, const fd_params *params, memory *memory);
word fdi_extreme_run(extreme *plan, pool *pool, const array *source, const array *target, word threshold);

enum { VALUE, HSV, BINARIZE };
typedef struct points {
    const level *level;
    shape shape;
    strips strips;
    word operation, threshold;
    int is_plain;
    const array *source, *target;
} points;
void fdi_points_plan(points *plan, const level *level, word operation, shape shape);
void fdi_points_run(points *plan, pool *pool, const array *source, const array *target, word threshold);

typedef struct otsu {
    const level *level;
    strips strips;
    array *slots, tables;
    const array *source;
} otsu;
int fdi_otsu_plan(otsu *plan, const level *level, shape shape, memory *memory);
word fdi_otsu_run(otsu *plan, pool *pool, const array *source, int32_t *is_doubtful);

typedef struct regions {
    const level *level;
    shape shape;
    extreme dilation;
    word most, count, run_count, reach, gap, least;
    array row_counts, rows, runs, parent, labels, areas, first, sorted, boxes, sums, edges, scores, peaks, greys;
    array paint, marks, cover, nowhere, spread, score;
} regions;
int fdi_regions_plan(regions *plan, const level *level, shape shape, const fd_params *params, memory *memory);
word fdi_regions_find(regions *plan, pool *pool, const array *mask, const array *filtered); /* runs of the mask */
void fdi_regions_write(const regions *plan, fd_defect *defects, fd_run *runs);

fd_status fdi_fail(fd_status status, const char *format, ...) __attribute__((format(printf, 2, 3)));

#pragma GCC visibility pop
#endif
