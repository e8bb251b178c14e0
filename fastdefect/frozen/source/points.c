/* Stages that look at one pixel at a time, and Otsu's threshold. */
#include "parts.h"

void fdi_points_plan(points *plan, const level *level, word operation, shape shape) {
    const word least[] = {FD_STRIP_VALUE_CHANNEL, FD_STRIP_BGR_TO_HSV, FD_STRIP_BINARIZE};
    *plan = (points){.level = level, .shape = shape, .operation = operation};
    plan->strips = fdi_cut(least[operation], shape.width, shape.height, shape.threads, 1);
    const word last = plan->strips.count - 1;
    const word rows = fdi_to(&plan->strips, last) - fdi_from(&plan->strips, last);
    plan->is_plain = rows * shape.width < level->vector; /* the last strip is the smallest */
}

static void point(void *context, word index, word slot) {
    const points *plan = context;
    const level *level = plan->level;
    const word y0 = fdi_from(&plan->strips, index), y1 = fdi_to(&plan->strips, index);
    (void)slot;
    if (plan->operation == BINARIZE) {
        if (plan->is_plain)
            level->plain_binarize(plan->source, plan->threshold, plan->target, y0, y1);
        else
            level->binarize(NULL, plan->source, plan->threshold, plan->target, y0, y1);
    } else if (plan->is_plain) {
        (plan->operation == HSV ? level->plain_hsv : level->plain_value)(plan->source, plan->target, y0, y1);
    } else {
        (plan->operation == HSV ? level->hsv : level->value)(NULL, plan->source, plan->target, y0, y1);
    }
}

void fdi_points_run(points *plan, pool *pool, const array *source, const array *target, word threshold) {
    plan->source = source;
    plan->target = target;
    plan->threshold = threshold;
    fdi_pool_run(pool, point, plan, plan->strips.count);
}

int fdi_otsu_plan(otsu *plan, const level *level, shape shape, memory *memory) {
    const word tables = shape.threads * FD_OTSU_TABLES;
    plan->level = level;
    plan->strips = fdi_cut(FD_STRIP_OTSU_THRESHOLD, shape.width, shape.height, shape.threads, 1);
    uint32_t *counts = fdi_take(memory, (size_t)tables * 256 * sizeof *counts);
    plan->slots = fdi_take(memory, (size_t)shape.threads * sizeof *plan->slots);
    if (memory->failed) return 0;
    for (word slot = 0; slot < shape.threads; slot++) {
        plan->slots[slot] = fdi_array(counts + slot * FD_OTSU_TABLES * 256, sizeof *counts, FD_OTSU_TABLES, 256, 0);
        fdi_place(&plan->slots[slot]);
    }
    plan->tables = fdi_array(counts, sizeof *counts, tables, 256, 0);
    fdi_place(&plan->tables);
    return 1;
}

static void count(void *context, word index, word slot) {
    const otsu *plan = context;
    plan->level->histogram(plan->source, fdi_from(&plan->strips, index), fdi_to(&plan->strips, index), &plan->slots[slot]);
}

word fdi_otsu_run(otsu *plan, pool *pool, const array *source, int32_t *is_doubtful) {
    word found[2];
    plan->source = source;
    fdi_pool_run(pool, count, plan, plan->strips.count);
    plan->level->otsu(&plan->tables, found); /* which sets the counts back to 0 */
    *is_doubtful = found[1] == 0;
    return found[0];
}
